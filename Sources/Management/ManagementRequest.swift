package import Deadlines

/// One call of the HTTP API as nginx hands it over (`nginx/api-call.conf`).
package struct ManagementRequest: Sendable {
    package var method: String
    /// As received: percent-encoded, with its leading slash, without the query.
    package var path: String
    /// The header with the key; `nil` or empty if there is none.
    package var authorization: String?
    package var body: [UInt8]
    /// There was more than is read; `body` is then of no meaning.
    package var bodyIsTooLong: Bool
    /// Goes out again as `x-request-id` and into the log.
    package var id: String
    /// When the answer has to be there.
    package var deadline: Deadline

    package init(
        method: String, path: String, authorization: String? = nil, body: [UInt8] = [], bodyIsTooLong: Bool = false,
        id: String = "", deadline: Deadline
    ) {
        self.method = method
        self.path = path
        self.authorization = authorization
        self.body = body
        self.bodyIsTooLong = bodyIsTooLong
        self.id = id
        self.deadline = deadline
    }
}
