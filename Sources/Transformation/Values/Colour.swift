/// An RGB colour with its opacity in whole percent.
///
/// The last two of eight characters are **decimal** percent, not hexadecimal (reference §2.1): `FF000040` is red
/// at 40 %. Full opacity is only spelled by the six-digit form.
package struct Colour: Hashable, Sendable {
    package var red: UInt8
    package var green: UInt8
    package var blue: UInt8
    /// Opacity in percent, 0 to 100.
    package var opacity: Int

    package init(red: UInt8, green: UInt8, blue: UInt8, opacity: Int = 100) {
        self.red = red
        self.green = green
        self.blue = blue
        self.opacity = max(0, min(100, opacity))
    }

    /// Black, the colour of padding when the URL names none (reference §5).
    package static let black = Colour(red: 0, green: 0, blue: 0)

    /// Three, six or eight characters of hexadecimal, or a CSS colour keyword, in any case; nil for anything else.
    init?(_ text: Substring.UTF8View) {
        let length = text.count
        if length == 3 || length == 6 || length == 8, let colour = Colour(hexadecimal: Array(text)) {
            self = colour
            return
        }
        guard length <= Self.longestName, let rgb = Self.names[Substring(text).lowercased()] else { return nil }
        self.init(rgb: rgb)
    }

    /// Whether a colour is spelled by a CSS keyword.
    static func isName(_ text: String) -> Bool { names[text.lowercased()] != nil }

    private init(rgb: UInt32) {
        self.init(
            red: UInt8(truncatingIfNeeded: rgb >> 16),
            green: UInt8(truncatingIfNeeded: rgb >> 8),
            blue: UInt8(truncatingIfNeeded: rgb))
    }

    private init?(hexadecimal text: [UInt8]) {
        var rgb: UInt32 = 0
        for byte in text.prefix(6) {
            guard let nibble = hexadecimalValue(byte) else { return nil }
            rgb = rgb << 4 | UInt32(nibble)
            if text.count == 3 { rgb = rgb << 4 | UInt32(nibble) }
        }
        self.init(rgb: rgb)
        if text.count == 8 {
            guard text.suffix(2).allSatisfy({ hexadecimalValue($0) != nil }) else { return nil }
            opacity = Self.decimalPrefix(text.suffix(2))
        }
    }

    /// What a base-10 `parseInt` makes of the two characters: leading digits count, none gives 0.
    private static func decimalPrefix(_ text: ArraySlice<UInt8>) -> Int {
        var value = 0
        for byte in text {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    /// Upper-case hexadecimal, with two decimal digits of opacity behind unless opaque.
    package var canonical: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8)
        for channel in [red, green, blue] {
            bytes.append(hexadecimalDigit(channel >> 4))
            bytes.append(hexadecimalDigit(channel & 15))
        }
        if opacity < 100 {
            bytes.append(UInt8(ascii: "0") + UInt8(opacity / 10))
            bytes.append(UInt8(ascii: "0") + UInt8(opacity % 10))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
