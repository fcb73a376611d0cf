import HTTPRules

/// The address of a web server: scheme, host, port and a path, nothing else.
package struct WebURL: Sendable, Hashable, CustomStringConvertible {
    /// How the server is spoken to.
    package enum Scheme: String, Sendable {
        case http, https

        /// The port of URLs that name none.
        package var defaultPort: UInt16 { self == .http ? 80 : 443 }
    }

    /// In lower case.
    package let scheme: Scheme
    /// In lower case; IPv6 without brackets.
    package let host: String
    /// Always filled in, 1…65535.
    package let port: UInt16
    /// As written, percent-encoded, but without trailing slashes: empty, or beginning with `/`.
    package let path: String

    /// The host as a URL and the `Host` header have it: IPv6 in brackets, the port unless it is the scheme's own.
    package var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == scheme.defaultPort ? name : "\(name):\(port)"
    }

    /// Whether what is sent there stays on this machine: `localhost`, 127.0.0.0/8 or ::1.
    package var isLoopback: Bool { isLoopbackHost(host) }

    /// The URL again, in its shortest form.
    package var description: String { "\(scheme)://\(authority)\(path)" }

    init(scheme: Scheme, host: String, port: UInt16, path: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
    }

    /// `nil` for anything but an http or https URL without credentials, query and fragment.
    package init?(_ text: String) {
        guard text.utf8.count <= 2000, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let (schemeText, rest) = text[...].split(once: "://"),
            let scheme = Scheme(rawValue: schemeText.lowercased()),
            !rest.contains(where: { "?#\\@\"<>^`{|}".contains($0) })
        else { return nil }
        let authority = rest.prefix { $0 != "/" }
        guard let endpoint = HostAndPort(authority, defaultPort: scheme.defaultPort) else { return nil }
        var path = rest[authority.endIndex...]
        while path.hasSuffix("/") { path.removeLast() }
        self.init(scheme: scheme, host: endpoint.host, port: endpoint.port, path: String(path))
    }
}

/// `host`, `host:port`, `[IPv6]` or `[IPv6]:port`.
struct HostAndPort {
    let host: String
    let port: UInt16

    init?(_ text: Substring, defaultPort: UInt16) {
        let afterHost: Substring
        if text.hasPrefix("[") {
            guard let (address, rest) = text.dropFirst().split(once: "]"),
                IPAddress(String(address))?.family == .v6
            else { return nil }
            host = address.lowercased()
            afterHost = rest
        } else {
            let name = text.prefix { $0 != ":" }
            guard isHostName(String(name)) else { return nil }
            host = name.lowercased()
            afterHost = text[name.endIndex...]
        }
        if afterHost.isEmpty {
            port = defaultPort
        } else {
            guard afterHost.hasPrefix(":"), let number = wholeNumber(afterHost.dropFirst()),
                (1...65_535).contains(number)
            else { return nil }
            port = UInt16(number)
        }
    }
}

extension Substring {
    /// What stands before and after the first occurrence of a separator.
    func split(once separator: String) -> (before: Substring, after: Substring)? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(separator) {
                return (self[..<index], self[self.index(index, offsetBy: separator.count)...])
            }
            index = self.index(after: index)
        }
        return nil
    }
}
