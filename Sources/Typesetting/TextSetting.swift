/// What a text looks like, apart from its font: plain values, in pixels.
package struct TextSetting: Sendable, Equatable {
    /// Data, never markup. Ends of lines are kept, tabs are spaces, other control characters are dropped.
    package var text: String
    /// Height of the font's em in pixels, within `TextLimits.sizes`.
    package var size: Double
    package var isBold = false
    package var isItalic = false
    package var hasStrikethrough = false
    package var colour = Colour()
    /// Where lines that are shorter than the box stand in it; the same sides for right-to-left scripts.
    package var alignment = Alignment.center
    /// Lines are broken at this width in pixels, between words, and inside a word that is wider; the bitmap becomes
    /// exactly this wide. `nil`: lines end only where the text says so.
    package var lineWidth: Int?
    /// From one baseline to the next in pixels. `nil`: the font's own.
    package var lineHeight: Double?

    package init(_ text: String, size: Double) {
        self.text = text
        self.size = size
    }

    /// Straight, not premultiplied. A colour emoji keeps its colours and takes the alpha alone.
    package struct Colour: Sendable, Equatable {
        package var red: UInt8
        package var green: UInt8
        package var blue: UInt8
        package var alpha: UInt8

        package init(red: UInt8 = 0, green: UInt8 = 0, blue: UInt8 = 0, alpha: UInt8 = 255) {
            (self.red, self.green, self.blue, self.alpha) = (red, green, blue, alpha)
        }
    }

    package enum Alignment: Sendable, CaseIterable {
        case left, center, right
    }
}
