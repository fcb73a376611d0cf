/// The addresses that begin with the same bits, in the notation of RFC 4632 and RFC 4291: `10.0.0.0/8`, `fd00::/8`.
package struct IPRange: Sendable, Hashable {
    /// The first address, its other bits cleared.
    private let first: UInt128
    private let family: IPAddress.Family
    /// How many bits have to agree.
    private let bits: Int

    /// Reads `address/bits`, or one address. Bits of the address behind the prefix are ignored.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(Substring(parts[0]))) else { return nil }
        family = address.family
        if parts.count == 2 {
            let digits = parts[1]
            guard (1...3).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
                digits.count == 1 || digits.first != UInt8(ascii: "0"),
                let bits = Int(String(Substring(digits))), bits <= address.family.bits
            else { return nil }
            self.bits = bits
        } else {
            bits = address.family.bits
        }
        first = Self.prefix(of: address.number, bits: bits, family: family)
    }

    /// Whether every address of its family lies in it.
    package var isEverything: Bool { bits == 0 }

    /// Whether the address lies in the range. An IPv4 address that is written as IPv6 counts as IPv4 for IPv4 ranges.
    package func contains(_ address: IPAddress) -> Bool {
        let candidate = family == .v4 ? address.unmapped : address
        return candidate.family == family && Self.prefix(of: candidate.number, bits: bits, family: family) == first
    }

    private static func prefix(of number: UInt128, bits: Int, family: IPAddress.Family) -> UInt128 {
        let rest = family.bits - bits
        return (number >> rest) << rest
    }
}
