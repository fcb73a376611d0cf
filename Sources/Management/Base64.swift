/// Base64 (RFC 4648 §4), as `Authorization` has it.
enum Base64 {
    private static let letters = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    static func encoded(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let three = bytes[start...].prefix(3)
            let bits = three.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - three.count))
            text += (0..<4).map { $0 <= three.count ? letters[bits >> (18 - 6 * $0) & 63] : padding }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `nil` for what is none. The padding may be missing.
    static func decoded(_ text: Substring) -> [UInt8]? {
        var letters = Array(text.utf8)
        while letters.last == padding, text.utf8.count - letters.count < 2 { letters.removeLast() }
        guard letters.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        var bits = 0
        for (index, letter) in letters.enumerated() {
            guard let value = value(of: letter) else { return nil }
            bits = (bits << 6 | value) & 0xFFFF
            // Every letter but the first of four completes a byte.
            let left = 6 - index % 4 * 2
            if index % 4 > 0 { bytes.append(UInt8(truncatingIfNeeded: bits >> left)) }
        }
        return bytes
    }

    private static func value(of letter: UInt8) -> Int? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(letter - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(letter - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(letter - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
