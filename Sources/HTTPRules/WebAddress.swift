/// An absolute `http` or `https` URL, taken apart as far as who is asked (RFC 3986 §3). What follows is not judged.
package struct WebAddress: Equatable, Sendable {
    /// As written.
    package let scheme: String
    /// With its port, as written. A user and a password in front of it are left out: nobody is sent them.
    package let host: String
    /// From the first `/`, `?` or `#` on; empty where none follows.
    package let target: String

    /// `nil` for what does not begin as such a URL.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        guard let mark = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<mark.lowerBound]
        guard ["http", "https"].contains(scheme.lowercased()) else { return nil }
        let rest = text[mark.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        self.scheme = String(scheme)
        host = String(authority[(authority.lastIndex(of: "@").map(authority.index(after:)) ?? authority.startIndex)...])
        target = String(rest[authority.endIndex...])
    }

    /// Scheme, host and port.
    package var origin: String { scheme + "://" + host }

    /// The host alone, as configurations write it.
    package var hostName: String { Self.hostName(host) }

    /// A host, as in `Host`, in lower case, without port and without the dot that ends an absolute name.
    package static func hostName(_ host: String) -> String {
        var name = host.lowercased()
        let isBareAddress = name.hasPrefix("[") && name.hasSuffix("]")
        if !isBareAddress, let colon = name.utf8.lastIndex(of: UInt8(ascii: ":")) { name = String(name[..<colon]) }
        if name.hasSuffix(".") { name.removeLast() }
        return name
    }
}
