import HTTPRules

/// Which addresses belong to the public internet: the "globally reachable" column of IANA's special-purpose registries
/// (RFC 6890), read strictly. Pure.
enum PublicAddresses {
    static func contains(_ address: IPAddress) -> Bool {
        switch address.family {
        case .v4: contains(ipv4: UInt32(truncatingIfNeeded: address.number))
        case .v6: contains(ipv6: address.number)
        }
    }

    private static func contains(ipv4 address: UInt32) -> Bool {
        !specialIPv4.contains { address & $0.mask == $0.network }
    }

    /// Only global unicast, 2000::/3, and of that nothing that carries an IPv4 address: a translator or a tunnel would
    /// deliver to it. That leaves out `::1`, mapped and compatible addresses, both NAT64 prefixes, link-local,
    /// site-local, unique local and multicast without naming them.
    private static func contains(ipv6 address: UInt128) -> Bool {
        guard address >> 125 == 0b001 else { return false }
        return !specialIPv6.contains { address & $0.mask == $0.network } && !isISATAP(address)
    }

    /// ISATAP (RFC 5214 §6.1) hides an IPv4 address behind 0000:5EFE or 0200:5EFE in the interface identifier.
    private static func isISATAP(_ address: UInt128) -> Bool {
        let marker = UInt32(truncatingIfNeeded: address >> 32)
        return marker == 0x0000_5EFE || marker == 0x0200_5EFE
    }

    private struct Prefix<Bits: FixedWidthInteger & Sendable>: Sendable {
        let network: Bits
        let mask: Bits

        init(_ network: Bits, _ length: Int) {
            self.network = network
            mask = Bits.max << (Bits.bitWidth - length)
        }
    }

    private static let specialIPv4: [Prefix<UInt32>] = [
        Prefix(0x0000_0000, 8),  // 0.0.0.0/8, this network
        Prefix(0x0A00_0000, 8),  // 10.0.0.0/8, private
        Prefix(0x6440_0000, 10),  // 100.64.0.0/10, carrier NAT; 100.100.100.200 gives out a cloud's credentials
        Prefix(0x7F00_0000, 8),  // 127.0.0.0/8, loopback
        Prefix(0xA9FE_0000, 16),  // 169.254.0.0/16, link-local; most clouds' credentials
        Prefix(0xA83F_8110, 32),  // 168.63.129.16, a cloud's host
        Prefix(0xAC10_0000, 12),  // 172.16.0.0/12, private
        Prefix(0xC000_0000, 24),  // 192.0.0.0/24, protocol assignments; a cloud's credentials
        Prefix(0xC000_0200, 24),  // 192.0.2.0/24, documentation
        Prefix(0xC058_6300, 24),  // 192.88.99.0/24, 6to4 relays
        Prefix(0xC0A8_0000, 16),  // 192.168.0.0/16, private
        Prefix(0xC612_0000, 15),  // 198.18.0.0/15, benchmarks
        Prefix(0xC633_6400, 24),  // 198.51.100.0/24, documentation
        Prefix(0xCB00_7100, 24),  // 203.0.113.0/24, documentation
        Prefix(0xE000_0000, 3),  // 224.0.0.0/4, multicast; 240.0.0.0/4, reserved, and broadcast
    ]

    private static let specialIPv6: [Prefix<UInt128>] = [
        Prefix(0x2001 << 112, 23),  // 2001::/23, protocol assignments, with Teredo and benchmarks
        Prefix(0x2001_0DB8 << 96, 32),  // 2001:db8::/32, documentation
        Prefix(0x2002 << 112, 16),  // 2002::/16, 6to4
        Prefix(0x3FFF << 112, 20),  // 3fff::/20, documentation
    ]
}
