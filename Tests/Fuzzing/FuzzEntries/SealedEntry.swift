import Caching
import Digests

/// The bytes of an entry as the form of entries is described (version 3), written a second time: whatever lies in them,
/// with a checksum that is right.
enum SealedEntry {
    static func sealed(body: [UInt8], metadata: [UInt8], kind: UInt8, for key: EntryKey) -> [UInt8] {
        func footer(_ checksum: UInt64) -> [UInt8] {
            bytes(UInt64(body.count)) + bytes(checksum) + bytes(UInt16(metadata.count)) + [kind, Entry.formatVersion]
                + Array("Apus".utf8)
        }
        var sum = Sum(seed(of: key))
        for part in [body, metadata, footer(0)] { sum.add(part) }
        return body + metadata + footer(sum.value)
    }

    private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func seed(of key: EntryKey) -> UInt64 {
        let words = stride(from: 0, to: Digest.byteCount, by: 8).map { start in
            key.digest.bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        return words.reduce(key.kind == .variant ? 0 : 1, ^)
    }
}

/// Four lanes of `rotate(lane ^ word, 29) * odd`; little-endian words, but for the last bytes of a part, which are one
/// big-endian word for every eight of them.
private struct Sum {
    private static let odd: [UInt64] = [
        0x6A09_E667_F3BC_C909, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B, 0xA54F_F53A_5F1D_36F1,
    ]
    private var lanes: [UInt64]

    init(_ seed: UInt64) {
        lanes = Self.odd.map { $0 &+ seed }
    }

    mutating func add(_ part: [UInt8]) {
        let whole = part.count / 32 * 32
        for start in stride(from: 0, to: whole, by: 8) {
            mix(start / 8 % 4, part[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
        for start in stride(from: whole, to: part.count, by: 8) {
            mix(0, part[start..<min(start + 8, part.count)].reduce(0) { $0 << 8 | UInt64($1) })
        }
        mix(1, UInt64(part.count))
    }

    private mutating func mix(_ lane: Int, _ word: UInt64) {
        lanes[lane] = Self.mixed(lanes[lane], word, Self.odd[lane])
    }

    private static func mixed(_ lane: UInt64, _ word: UInt64, _ odd: UInt64) -> UInt64 {
        let mixed = lane ^ word
        return (mixed << 29 | mixed >> 35) &* odd
    }

    var value: UInt64 {
        var sum = (1..<4).reduce(lanes[0]) { Self.mixed($0, lanes[$1], Self.odd[$1]) }
        sum = (sum ^ sum >> 32) &* Self.odd[0]
        return sum ^ sum >> 29
    }
}
