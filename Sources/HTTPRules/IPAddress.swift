/// An IPv4 or IPv6 address.
package struct IPAddress: Sendable, Hashable {
    /// The version of the protocol.
    package enum Family: Sendable {
        case v4, v6

        /// Length of an address in bits.
        package var bits: Int { self == .v4 ? 32 : 128 }
    }

    /// The version of the protocol.
    package let family: Family
    /// The address as a number, the first bit on the wire being the highest of the family's length.
    package let number: UInt128

    /// Reads four decimal numbers without leading zeros, or IPv6 (RFC 4291 §2.2) without zone and brackets. Short,
    /// octal and hexadecimal forms of IPv4 are refused.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (2...45).contains(bytes.count) else { return nil }
        if bytes.contains(UInt8(ascii: ":")) {
            guard let number = Self.version6(bytes[...]) else { return nil }
            self.init(family: .v6, number: number)
        } else {
            guard let number = Self.version4(bytes[...]) else { return nil }
            self.init(family: .v4, number: UInt128(number))
        }
    }

    /// The address of 4 or 16 bytes in network order; `nil` for any other count.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.init(family: bytes.count == 4 ? .v4 : .v6, number: bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }

    private init(family: Family, number: UInt128) {
        self.family = family
        self.number = number
    }

    /// An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`) as what it is; any other as it is.
    package var unmapped: IPAddress {
        family == .v6 && number >> 32 == 0xFFFF ? IPAddress(family: .v4, number: number & 0xFFFF_FFFF) : self
    }

    /// `127.0.0.0/8` or `::1`, also mapped.
    package var isLoopback: Bool {
        let address = unmapped
        return address.family == .v4 ? address.number >> 24 == 127 : address.number == 1
    }

    private static func version4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ (48...57).contains($0) }),
                part.count == 1 || part.first != UInt8(ascii: "0"),
                let octet = UInt8(String(decoding: part, as: UTF8.self))
            else { return nil }
            number = number << 8 | UInt32(octet)
        }
        return number
    }

    private static func version6(_ bytes: ArraySlice<UInt8>) -> UInt128? {
        guard let gap = doubleColon(bytes) else {
            guard let groups = groups(bytes), groups.count == 8 else { return nil }
            return joined(groups)
        }
        guard let head = groups(bytes[..<gap], mayHaveVersion4: false), let tail = groups(bytes[(gap + 2)...]),
            head.count + tail.count <= 7
        else { return nil }
        return joined(head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    private static func doubleColon(_ bytes: ArraySlice<UInt8>) -> Int? {
        zip(bytes.indices, bytes.indices.dropFirst()).first { bytes[$0] == 0x3A && bytes[$1] == 0x3A }?.0
    }

    /// Groups of hexadecimal digits between colons; none for nothing.
    private static func groups(_ bytes: ArraySlice<UInt8>, mayHaveVersion4: Bool = true) -> [UInt16]? {
        guard !bytes.isEmpty else { return [] }
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if part.contains(UInt8(ascii: ".")) {
                guard mayHaveVersion4, index == parts.count - 1, let number = version4(part) else { return nil }
                groups += [UInt16(number >> 16), UInt16(number & 0xFFFF)]
            } else {
                guard (1...4).contains(part.count), part.allSatisfy({ isHexDigit($0) }),
                    let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }

    private static func joined(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }
}
