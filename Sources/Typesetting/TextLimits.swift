/// How much a text may ask for.
package struct TextLimits: Sendable, Equatable {
    /// Most pixels in a row or a column of the bitmap (ImageKit's limit, reference §9.5).
    package var side: Int
    /// Most pixels of the bitmap, and of the canvas that it is cut from: the text with margins of a quarter of its
    /// size.
    package var pixels: Int

    package init(side: Int = 16_383, pixels: Int = 50_000_000) {
        self.side = min(max(1, side), Self.largestSide)
        self.pixels = max(1, pixels)
    }

    /// Sizes of a font, in pixels.
    package static let sizes = 1.0...5000.0
    /// Heights of a line, in pixels.
    package static let lineHeights = 0.0...16_383.0
    /// Bytes of a text in UTF-8.
    package static let textBytes = 16_384
    /// Bytes of a font file.
    package static let fontBytes = 64 << 20
    /// Fonts of a collection.
    package static let fontsOfFile = 64
    /// Named instances of a file's variable fonts, together.
    package static let fontInstances = 1024
    /// Unicode scalars times font size: what is set in lines at all. Most texts beyond it fit no bitmap.
    static let advance = 524_288.0
    /// Pixels from end to end of a line, and of all lines' heights: half of what Pango's 32 bits hold.
    static let reach = 1 << 20
    /// Pixels on a side of a cairo surface.
    static let canvasSide = 32_767
    /// There must be room on the canvas for what hangs over.
    private static let largestSide = 24_576
}
