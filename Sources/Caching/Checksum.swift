/// A 64-bit checksum against damage: bits that flipped, bytes that are missing or that belong to another key.
///
/// Four independent lanes take eight bytes each per round, `lane = rotate(lane ^ word) * odd`, which the processor
/// runs side by side: several GB/s. Each step can be undone, and so can the way the lanes are folded into one, so
/// that a change within one word always changes the sum. It is no protection against somebody who means harm.
struct Checksum {
    private var lanes: SIMD4<UInt64>

    /// Fractional bits of √2, √3, √5 and √7, made odd.
    private static let odd = SIMD4<UInt64>(
        0x6A09_E667_F3BC_C909, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B, 0xA54F_F53A_5F1D_36F1
    )

    init(seed: UInt64) {
        lanes = Checksum.odd &+ SIMD4(repeating: seed)
    }

    /// Takes bytes in. The sum depends on how they are cut into calls, so writer and reader cut alike.
    mutating func add(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { add($0) }
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var (a, b, c, d) = (lanes[0], lanes[1], lanes[2], lanes[3])
        let (p, q, r, s) = (Checksum.odd[0], Checksum.odd[1], Checksum.odd[2], Checksum.odd[3])
        let whole = bytes.count & ~31
        var offset = 0
        while offset < whole {
            a = Checksum.mix(a, Checksum.word(bytes, offset), p)
            b = Checksum.mix(b, Checksum.word(bytes, offset + 8), q)
            c = Checksum.mix(c, Checksum.word(bytes, offset + 16), r)
            d = Checksum.mix(d, Checksum.word(bytes, offset + 24), s)
            offset += 32
        }
        while offset < bytes.count {
            var word: UInt64 = 0
            for byte in bytes[offset..<min(offset + 8, bytes.count)] { word = word << 8 | UInt64(byte) }
            a = Checksum.mix(a, word, p)
            offset += 8
        }
        // The length tells a tail of zero bytes from none.
        b = Checksum.mix(b, UInt64(truncatingIfNeeded: bytes.count), q)
        lanes = SIMD4(a, b, c, d)
    }

    var value: UInt64 {
        var sum = lanes[0]
        for index in 1..<4 {
            sum = Checksum.mix(sum, lanes[index], Checksum.odd[index])
        }
        sum ^= sum >> 32
        sum &*= Checksum.odd[0]
        return sum ^ (sum >> 29)
    }

    @inline(__always)
    private static func mix(_ lane: UInt64, _ word: UInt64, _ odd: UInt64) -> UInt64 {
        let mixed = lane ^ word
        return (mixed << 29 | mixed >> 35) &* odd
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
