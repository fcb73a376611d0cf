#if canImport(Glibc)
    import Glibc
#endif

/// A literal address of IPv4 or IPv6, without a zone.
struct IPAddress: Hashable, CustomStringConvertible {
    /// In network order: 4 or 16.
    private let bytes: [UInt8]

    init?(_ text: String) {
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { [UInt8]($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: six) { [UInt8]($0) }
        } else {
            return nil
        }
    }

    private var isIPv4: Bool { bytes.count == 4 }

    /// Whether what is sent there stays in a network of one's own: RFC 1918, shared address space (RFC 6598), unique local
    /// (RFC 4193), link-local and loopback addresses.
    var isPrivate: Bool {
        isLoopback || (isIPv4 ? Self.privateV4 : Self.privateV6).contains { isInside($0.bytes, bits: $0.bits) }
    }

    var isLoopback: Bool { isIPv4 ? isInside([127], bits: 8) : isInside(Self.loopbackV6, bits: 128) }

    /// Whether it can be one host's: neither unspecified nor multicast, reserved or broadcast.
    var isOfOneHost: Bool {
        isIPv4
            ? !isInside([0], bits: 8) && !isInside([224], bits: 3)
            : !isInside([UInt8](repeating: 0, count: 16), bits: 128) && !isInside([0xFF], bits: 8)
    }

    private static let loopbackV6 = [UInt8](repeating: 0, count: 15) + [1]

    private static let privateV4: [(bytes: [UInt8], bits: Int)] = [
        ([10], 8), ([172, 16], 12), ([192, 168], 16), ([100, 64], 10), ([169, 254], 16),
    ]
    private static let privateV6: [(bytes: [UInt8], bits: Int)] = [([0xFC], 7), ([0xFE, 0x80], 10)]

    private func isInside(_ prefix: [UInt8], bits: Int) -> Bool {
        (0..<bits).allSatisfy { bit in
            let (byte, mask) = (bit / 8, UInt8(0x80) >> (bit % 8))
            return bytes[byte] & mask == prefix[byte] & mask
        }
    }

    /// In its shortest form (RFC 5952).
    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(isIPv4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension IPAddress {
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
