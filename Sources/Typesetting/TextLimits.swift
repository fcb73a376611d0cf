/// How much a text may ask for.
package struct TextLimits: Sendable, Equatable {
    /// Most pixels in a row or a column of the bitmap (ImageKit's limit, reference §9.5).
    package var side: Int
    /// Most pixels of the bitmap.
    package var pixels: Int

    package init(side: Int = 16_383, pixels: Int = 50_000_000) {
        self.side = min(max(1, side), Self.largestSide)
        self.pixels = max(1, pixels)
    }

    /// Sizes of a font, in pixels.
    package static let sizes = 1.0...16_383.0
    /// Heights of a line, in pixels.
    package static let lineHeights = 0.0...16_383.0
    /// Bytes of a text in UTF-8.
    package static let textBytes = 16_384
    /// Bytes of a font file.
    package static let fontBytes = 64 << 20
    /// Unicode scalars times font size. No text beyond it fits a bitmap of `pixels`, and Pango counts 1024ths of a
    /// pixel in 32 bits.
    static let advance = 524_288.0
    /// A cairo surface ends at 32,767; there must be room for what hangs over.
    private static let largestSide = 24_576
}
