/// Base64 as addresses have it (Infra standard, forgiving-base64 decode): blanks anywhere, its padding perhaps missing.
struct Base64Text {
    private(set) var bytes: [UInt8] = []
    /// Without blanks and padding.
    let letters: String

    init?(_ text: Substring) {
        var kept: [UInt8] = []
        kept.reserveCapacity(text.utf8.count)
        bytes.reserveCapacity(text.utf8.count / 4 * 3)
        var bits: UInt32 = 0
        var padding = 0
        var coded = text.utf8[...]
        while var byte = coded.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = coded.popFirst()?.digit(16), let low = coded.popFirst()?.digit(16) else { return nil }
                byte = UInt8(high << 4 | low)
            }
            if byte.isXMLSpace || byte == 0x0C { continue }
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = Self.value(of: byte) else { return nil }
            kept.append(byte)
            bits = bits << 6 | value
            // Every letter but the first of four completes a byte.
            let place = (kept.count - 1) % 4
            if place > 0 { bytes.append(UInt8(truncatingIfNeeded: bits >> (6 - 2 * UInt32(place)))) }
        }
        guard padding <= 2, kept.count % 4 != 1, padding == 0 || (kept.count + padding) % 4 == 0 else { return nil }
        letters = String(decoding: kept, as: UTF8.self)
    }

    private static func value(of letter: UInt8) -> UInt32? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
