import HTTPRules

extension Configuration {
    /// A literal address and a port. FastCGI is spoken there, in plain text, so that it is a private one.
    package struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
        /// In its shortest form (RFC 5952), IPv6 without brackets.
        package let host: String
        /// 1…65535.
        package let port: UInt16

        /// `10.0.0.1:9000` or `[fd00::1]:9000`.
        package var description: String {
            host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}

extension Configuration.SocketAddress {
    /// `nil` for a name and for what names no port.
    init?(_ text: String) {
        guard let parts = HostAndPort(text[...], defaultPort: 0), parts.port > 0,
            let address = IPAddress(parts.host)?.unmapped
        else { return nil }
        (host, port) = (address.description, parts.port)
    }
}
