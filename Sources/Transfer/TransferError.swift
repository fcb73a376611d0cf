/// The part of a transfer that a time limit ended.
package enum TransferStage: String, Sendable {
    /// Name, connection and TLS.
    case connect
    /// From the request sent to the last line of the response's head.
    case firstByte
    /// Between two pieces of the request's or the response's body.
    case stall
    /// The deadline of the whole piece of work.
    case total
}

/// Why there is no response, or not all of it.
package enum TransferError: Error, Equatable, Sendable {
    /// Not an absolute http or https URL, with userinfo, or longer than `TransferURL.maximumLength`.
    case badURL
    /// A request header whose name or value could not be sent as one line.
    case badHeader(name: String)
    case nameNotFound
    /// Nobody listens there.
    case refused
    /// No way to the host, or nothing of TCP but errors.
    case unreachable
    case timedOut(TransferStage)
    /// The response's body is, or says that it is, longer than the limit; or that of the request.
    case tooLarge(limit: Int)
    case headerTooLarge
    /// Every address of the host is one that the policy refuses.
    case addressForbidden
    /// A port on which other protocols than HTTP are spoken.
    case portForbidden(Int)
    /// Handshake or certificate.
    case tls(TLSFault)
    /// The connection ended before the response did.
    case truncated
    /// What came is not HTTP.
    case protocolError
    case tooManyRedirects(limit: Int)
    /// A redirect away from http and https, from https to http, or to something that is no URL.
    case redirectForbidden
    /// libcurl could not work; its own number (`CURLcode`).
    case curl(code: UInt32)
}

extension TransferError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badURL: "not a usable http or https URL"
        case .badHeader(let name): "the request header \(name) cannot be sent"
        case .nameNotFound: "the host name was not found"
        case .refused: "the connection was refused"
        case .unreachable: "the host cannot be reached"
        case .timedOut(let stage): "out of time (\(stage.rawValue))"
        case .tooLarge(let limit): "the body is larger than \(limit) bytes"
        case .headerTooLarge: "the response's head is too large"
        case .addressForbidden: "the address is not public and not in network.allow"
        case .portForbidden(let port): "port \(port) is not allowed"
        case .tls(let fault): "TLS failed: \(fault)"
        case .truncated: "the connection ended early"
        case .protocolError: "the response is not HTTP"
        case .tooManyRedirects(let limit): "more than \(limit) redirects"
        case .redirectForbidden: "a redirect that is not followed"
        case .curl(let code): "libcurl error \(code)"
        }
    }
}
