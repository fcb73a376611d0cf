/// Base64 (RFC 4648).
package enum Base64 {
    package enum Alphabet: Sendable {
        /// §4, with padding: as `Authorization` has it.
        case standard
        /// §5, without padding: as URLs and JSON web tokens have it.
        case urlSafe
    }

    private static let common = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    private static let standardLetters = Array((common + "+/").utf8)
    private static let urlSafeLetters = Array((common + "-_").utf8)
    private static let padding = UInt8(ascii: "=")

    package static func encoded(_ bytes: [UInt8], _ alphabet: Alphabet = .standard) -> String {
        let isPadded = alphabet == .standard
        let letters = isPadded ? standardLetters : urlSafeLetters
        let length = (bytes.count + 2) / 3 * 4
        return String(unsafeUninitializedCapacity: length) { text in
            var bits: UInt32 = 0
            var count: UInt32 = 0
            var end = 0
            for byte in bytes {
                bits = bits << 8 | UInt32(byte)
                count += 8
                while count >= 6 {
                    count -= 6
                    text[end] = letters[Int(bits >> count) & 63]
                    end += 1
                }
            }
            if count > 0 {
                text[end] = letters[Int(bits << (6 - count)) & 63]
                end += 1
            }
            while isPadded, end < length {
                text[end] = padding
                end += 1
            }
            return end
        }
    }

    /// The bytes of a text; `nil` for what is none. The padding may be missing.
    ///
    /// - Parameter urlSafeToo: whether a text in the URL-safe alphabet is understood beside the standard one.
    package static func decoded(_ text: Substring, urlSafeToo: Bool = false) -> [UInt8]? {
        var letters = Array(text.utf8)
        while letters.last == padding, text.utf8.count - letters.count < 2 { letters.removeLast() }
        guard letters.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        var bits = 0
        for (index, letter) in letters.enumerated() {
            guard let value = value(of: letter, urlSafeToo) else { return nil }
            bits = (bits << 6 | value) & 0xFFFF
            // Every letter but the first of four completes a byte.
            let left = 6 - index % 4 * 2
            if index % 4 > 0 { bytes.append(UInt8(truncatingIfNeeded: bits >> left)) }
        }
        return bytes
    }

    private static func value(of letter: UInt8, _ urlSafeToo: Bool) -> Int? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(letter - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(letter - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(letter - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        case UInt8(ascii: "-") where urlSafeToo: 62
        case UInt8(ascii: "_") where urlSafeToo: 63
        default: nil
        }
    }
}
