/// Where workers accept FastCGI connections: `unix:/path`, `HOST:PORT` or `[IPv6]:PORT`, hosts as numbers.
package enum ListenAddress: Sendable, Equatable {
    case unix(path: String)
    case tcp(host: String, port: UInt16)

    package init(_ text: String) throws(FastCGIError) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            guard path.hasPrefix("/"), !path.utf8.contains(0) else { throw .badAddress(text) }
            guard path.utf8.count <= 107 else { throw .pathTooLong(path) }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw .badAddress(text)
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { throw .badAddress(text) }
        self = .tcp(host: host, port: port)
    }
}
