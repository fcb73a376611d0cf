/// FNV-1a with 64 bits, byte by byte, so that the digest of every beginning of a text falls out on the way.
///
/// It finds texts and damage; it is no protection against somebody who means harm, and needs to be none: those who meet
/// the digest of another text purge too much, of their own account alone.
struct TextDigest {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
}
