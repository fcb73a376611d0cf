package import HTTPRules

/// What a transfer meets on its way, for whoever has to find out what is wrong with it. Never holds a path or a query,
/// which may be secret.
package enum TransferEvent: Equatable, Sendable {
    /// The server of a hop is asked, be it over a connection that stands already.
    case asking(scheme: TransferURL.Scheme, host: String, port: Int)
    /// The host's name has led to this address. `isAllowed`: it is dialled, unless the one before it answers first.
    case dialling(IPAddress, isAllowed: Bool)
    /// The head of an answer has come.
    case answered(status: Int, HTTPVersion?)

    /// The version of HTTP that a server has spoken.
    package enum HTTPVersion: String, Sendable {
        case version10 = "HTTP/1.0"
        case version11 = "HTTP/1.1"
        case version2 = "HTTP/2"
    }

    /// Told of each event, on the thread that waits for the transfer. Must be quick.
    package typealias Observer = @Sendable (TransferEvent) -> Void
}
