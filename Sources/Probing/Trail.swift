package import HTTPRules
package import Transfer

/// The servers that a probe has met, in the order in which they were asked.
package struct Trail: Equatable, Sendable {
    package struct Server: Equatable, Sendable {
        package let scheme: TransferURL.Scheme
        package let host: String
        package let port: Int
        /// What the host's name has led to.
        package var addresses: [IPAddress] = []
        /// The status of the last answer.
        package var status: Int?
        package var version: TransferEvent.HTTPVersion?

        package init(scheme: TransferURL.Scheme, host: String, port: Int) {
            self.scheme = scheme
            self.host = host
            self.port = port
        }
    }

    /// A way through redirects and token services is short; what goes beyond is not kept.
    private static let longest = 32

    package private(set) var servers: [Server] = []

    package init() {}

    mutating func add(_ event: TransferEvent) {
        switch event {
        case .asking(let scheme, let host, let port):
            let isSame = servers.last.map { ($0.scheme, $0.host, $0.port) == (scheme, host, port) } ?? false
            guard !isSame, servers.count < Self.longest else { return }
            servers.append(Server(scheme: scheme, host: host, port: port))
        case .dialling(let address, _):
            guard let last = servers.indices.last, servers[last].addresses.count < Self.longest else { return }
            if !servers[last].addresses.contains(address) { servers[last].addresses.append(address) }
        case .answered(let status, let version):
            guard let last = servers.indices.last else { return }
            (servers[last].status, servers[last].version) = (status, version)
        }
    }
}

extension Trail.Server: CustomStringConvertible {
    /// `shop.example:443`
    package var description: String { "\(host):\(port)" }

    /// `shop.example:443 is 192.0.2.1, 2001:db8::1`; `nil` where nothing was looked up.
    var lookUp: String? {
        guard !addresses.isEmpty, addresses.map(\.description) != [host] else { return nil }
        return "\(self) is \(addresses.map(\.description).joined(separator: ", "))"
    }
}
