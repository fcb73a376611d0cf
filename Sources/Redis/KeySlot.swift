/// Which slot of a cluster a key belongs to (Redis cluster specification, "Key distribution model").
package enum KeySlot {
    /// How many slots every cluster has.
    package static let count = 16_384

    /// 0..<`count`. Of a key with a `{tag}` that is not empty, only the tag counts.
    package static func slot(of key: String) -> Int {
        var key = key
        return key.withUTF8 { Int(checksum(tag(of: $0)[...])) % count }
    }

    private static func tag(of key: UnsafeBufferPointer<UInt8>) -> Slice<UnsafeBufferPointer<UInt8>> {
        guard let open = key.firstIndex(of: UInt8(ascii: "{")) else { return key[...] }
        let rest = key[(open + 1)...]
        guard let close = rest.firstIndex(of: UInt8(ascii: "}")), close > open + 1 else { return key[...] }
        return rest[..<close]
    }

    /// CRC-16/XMODEM: polynomial 0x1021, starting at 0, nothing reflected.
    private static func checksum(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt16 {
        bytes.reduce(0) { sum, byte in sum << 8 ^ table[Int(UInt8(truncatingIfNeeded: sum >> 8) ^ byte)] }
    }

    private static let table: [UInt16] = (0..<256).map { index in
        (0..<8).reduce(UInt16(index) << 8) { sum, _ in sum & 0x8000 == 0 ? sum << 1 : sum << 1 ^ 0x1021 }
    }
}
