package import Memory

/// What is asked of a URL, with the body that goes with it.
package enum TransferMethod: Sendable {
    case get, head, delete
    /// The parts of the body are sent one after the other, without being joined.
    case put([any Blob])
    case post([any Blob])
    /// Any other by its name, a token of capital letters, or one of these with a body that it seldom has; `nil`: none.
    case named(String, [any Blob]?)

    /// As the request line has it.
    package var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .delete: "DELETE"
        case .put: "PUT"
        case .post: "POST"
        case .named(let name, _): name
        }
    }

    /// The parts of the body; `nil` for a method that has none.
    package var body: [any Blob]? {
        switch self {
        case .get, .head, .delete: nil
        case .put(let parts), .post(let parts): parts
        case .named(_, let parts): parts
        }
    }

    /// Whether a redirect may be followed without asking anybody: nothing is changed by asking twice (RFC 9110 §15.4).
    var isRedirectable: Bool {
        switch self {
        case .get, .head: true
        case .put, .post, .delete, .named: false
        }
    }

    /// Whether responses have no body.
    var isHead: Bool { if case .head = self { true } else { false } }
}
