/// The ids of purges: random UUIDs of version 4 (RFC 9562 §5.4).
enum RequestID {
    private static let length = 36
    private static let dashes: Set<Int> = [8, 13, 18, 23]

    static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return text(generator.next(), generator.next())
    }

    /// The same id for everybody who asks for a text's.
    static func following(from text: String) -> String {
        var (high, low) = (TextDigest(), TextDigest())
        for byte in text.utf8 { high.add(byte) }
        for byte in text.utf8.reversed() { low.add(byte) }
        return self.text(high.value, low.value)
    }

    /// The form of an id, with the bits of version 4, for 122 of these 128 bits.
    static func text(_ high: UInt64, _ low: UInt64) -> String {
        let digits = hexadecimal(high & ~0xF000 | 0x4000) + hexadecimal(low >> 2 | 1 << 63)
        var text: [UInt8] = []
        for digit in digits.utf8 {
            if dashes.contains(text.count) { text.append(UInt8(ascii: "-")) }
            text.append(digit)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether a text that was stored somewhere has the form of an id.
    static func isValid(_ text: some StringProtocol) -> Bool {
        guard text.utf8.count == length else { return false }
        return text.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case UInt8(ascii: "-"): dashes.contains(index)
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
                !dashes.contains(index)
            default: false
            }
        }
    }

    /// 16 digits.
    static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
