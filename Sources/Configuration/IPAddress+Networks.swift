import HTTPRules

extension IPAddress {
    /// Whether what is sent there stays in a network of one's own, also where it is written as a mapped one.
    var isPrivate: Bool { Self.privateRanges.contains { $0.contains(self) } }

    /// Whether it can be one host's: neither unspecified nor multicast, reserved or broadcast.
    var isOfOneHost: Bool { !Self.rangesOfNoHost.contains { $0.contains(self) } }

    /// Loopback, RFC 1918, shared address space (RFC 6598), link-local, unique local (RFC 4193).
    private static let privateRanges = [
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "::1",
        "fc00::/7", "fe80::/10",
    ].compactMap { IPRange($0) }

    private static let rangesOfNoHost = ["0.0.0.0/8", "224.0.0.0/3", "::", "ff00::/8"].compactMap { IPRange($0) }

    /// Whether a host is surely not in a network of one's own: a public address, also in the odd spellings of IPv4 that
    /// resolvers take (`8.8`, `0x8080808`). What a name stands for is not known here.
    static func isPublicLiteral(_ host: String) -> Bool {
        if let address = IPAddress(host) { return !address.isPrivate }
        // A name's last label is never a number (RFC 3696 §2).
        let last = host.split(separator: ".", omittingEmptySubsequences: false).last?.lowercased() ?? ""
        let isHexadecimal = last.hasPrefix("0x") && last.dropFirst(2).allSatisfy(\.isHexDigit)
        return isHexadecimal || (!last.isEmpty && last.utf8.allSatisfy { (48...57).contains($0) })
    }
}
