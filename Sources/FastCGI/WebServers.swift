import Glibc
import HTTPRules

/// Who may connect over the network: FastCGI has no password, and whoever speaks it says for whom he asks.
///
/// libfcgi obeys `FCGI_WEB_SERVER_ADDRS` (FastCGI specification §3.2) only where it accepts by itself, which slots do
/// instead, and only for IPv4; so it is obeyed here.
package struct WebServers: Sendable {
    /// The variable of the environment with a list of addresses, separated by commas.
    package static let variable = "FCGI_WEB_SERVER_ADDRS"
    /// What is on the same host asks whether a worker is well.
    private static let loopback = ["127.0.0.1", "::1"]

    private let addresses: Set<IPAddress>
    private let refused: @Sendable (_ peer: String) -> Void

    /// - Parameters:
    ///   - addresses: literal addresses of IPv4 or IPv6.
    ///   - refused: told of each peer that is refused, by a slot's thread.
    package init(
        _ addresses: some Sequence<String>, refused: @escaping @Sendable (_ peer: String) -> Void = { _ in }
    ) throws(FastCGIError) {
        var known: Set<IPAddress> = []
        for text in addresses {
            guard let address = IPAddress(text)?.unmapped else { throw .badWebServer(text) }
            known.insert(address)
        }
        self.addresses = known
        self.refused = refused
    }

    /// Reads the variable's value.
    package static func addresses(in list: String) -> [String] {
        list.split(separator: ",").map { String($0.drop { $0 == " " }.prefix { $0 != " " }) }
    }

    /// Those that belong to the host itself: loopback, and what `listener` listens on if that is an address of its own.
    package static func addresses(of listener: Listener) -> [String] {
        guard let own = listener.networkAddress, !own.isAny else { return loopback }
        return loopback + [own.description]
    }

    /// Whether who connected from there may ask. Unix sockets have permissions instead.
    func admit(_ peer: sockaddr_storage) -> Bool {
        guard let address = IPAddress(socket: peer), !addresses.contains(address) else { return true }
        refused(address.description)
        return false
    }
}
