package import Deadlines

/// One request as nginx hands it over: only what may have an influence on the answer.
package struct DeliveryRequest: Sendable {
    package var method: String
    /// As received: percent-encoded, with its leading slash, without the query.
    package var path: String
    /// As received, without `?`; empty if there is none.
    package var query: String
    /// As in `Host`.
    package var host: String
    /// The client's address as text.
    package var remoteAddress: String
    /// Reduced by nginx to a few buckets.
    package var accept: String?
    /// `Sec-CH-Width` and `Sec-CH-DPR`, or what older clients call them; only where nginx' key tells them apart.
    package var widthHint: String?
    package var pixelRatioHint: String?
    package var ifNoneMatch: String?
    package var ifModifiedSince: String?
    /// The client's own; those above may be nginx' about its copy.
    package var clientIfNoneMatch: String?
    package var clientIfModifiedSince: String?
    package var range: String?
    package var ifRange: String?
    package var via: String?
    /// The key of a call of the HTTP API.
    package var authorization: String?
    /// Of a request of another region: the value of `x-apus-signature`.
    package var signature: String?
    /// Of a call of the HTTP API or of another region; empty elsewhere.
    package var body: [UInt8] = []
    package var bodyIsTooLong = false
    /// Whether another region asks for a client of its own: no third one is asked then.
    package var isFromRegion = false
    /// When the client asked that region, in Unix seconds by its clock: a URL does not expire on the way.
    package var askedAt: Int64?
    /// Goes out again as `x-request-id` and into the log.
    package var id: String
    /// When the request was accepted.
    package var arrival: Deadline

    package init(
        method: String = "GET", path: String, query: String = "", host: String = "", remoteAddress: String = "",
        accept: String? = nil, ifNoneMatch: String? = nil, ifModifiedSince: String? = nil, via: String? = nil,
        id: String = "", arrival: Deadline = .now
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.host = host
        self.remoteAddress = remoteAddress
        self.accept = accept
        self.ifNoneMatch = ifNoneMatch
        self.ifModifiedSince = ifModifiedSince
        self.via = via
        self.id = id
        self.arrival = arrival
    }
}
