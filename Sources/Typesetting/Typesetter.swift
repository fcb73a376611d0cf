import Deadlines

/// Draws texts. One at a time in a process: the libraries below share their caches.
///
/// The installed fonts are listed at the first text and not before.
///
/// A text cannot be stopped. How long it takes is bounded by what `TextLimits` says: bytes of the text, scalars times
/// size (each glyph is an outline to be filled), pixels of the canvas, bytes of a font file and the fonts in it; and
/// HarfBuzz bounds what a font's own rules make of a text. That is not a deadline: who draws in a stranger's font does
/// so in a process that can be ended.
package enum Typesetter {
    /// A text in an installed font: one of `BuiltInFont`, or what else is installed, by its family's name in any case,
    /// with spaces, underscores or dashes. An unknown name means `BuiltInFont.defaultFamily`. A character that the font
    /// lacks is taken from another installed font.
    ///
    /// The bitmap hugs the ink; with a `lineWidth` it is exactly that wide and hugs the ink above and below, and ink
    /// that is wider is cut off. A text without ink is one transparent row, as wide as the line or 1 pixel.
    package static func draw(
        _ setting: TextSetting, family: String = BuiltInFont.defaultFamily, limits: TextLimits = TextLimits()
    ) throws(TypesettingError) -> TextBitmap {
        let text = try CleanText(setting.text)
        try check(setting, text, limits)
        return try withLibrary { library throws(TypesettingError) in
            try TextLayout(text, setting, library.font(named: family)).draw(limits)
        }
    }

    /// A text in the font of a TrueType or OpenType file, or collection. `isBold` and `isItalic` choose among its
    /// fonts; what it lacks is made from what it has. No other text ever sees that font.
    package static func draw(
        _ setting: TextSetting, fontFile: RawSpan, limits: TextLimits = TextLimits()
    ) throws(TypesettingError) -> TextBitmap {
        let text = try CleanText(setting.text)
        try check(setting, text, limits)
        return try fontFile.withUnsafeBytes { bytes throws(TypesettingError) in
            try withLibrary { library throws(TypesettingError) in
                try library.withFont(of: bytes.bytes) { font throws(TypesettingError) in
                    try TextLayout(text, setting, font).draw(limits)
                }
            }
        }
    }

    private static func check(_ setting: TextSetting, _ text: CleanText, _ limits: TextLimits) throws(TypesettingError)
    {
        guard TextLimits.sizes.contains(setting.size) else { throw .size(setting.size) }
        if let height = setting.lineHeight, !TextLimits.lineHeights.contains(height) { throw .lineHeight(height) }
        if let width = setting.lineWidth, !(1...limits.side).contains(width) { throw .lineWidth(width) }
        guard Double(text.scalars) * setting.size <= TextLimits.advance else {
            throw .tooMuchText(characters: text.scalars, size: setting.size)
        }
    }

    /// `nil` until the first text, and after a failure to list the fonts.
    private static let library = Monitor<FontLibrary?>(nil)

    private static func withLibrary<Result>(
        _ body: (FontLibrary) throws(TypesettingError) -> Result
    ) throws(TypesettingError) -> Result {
        try library.withLock { library throws(TypesettingError) in
            if let library { return try body(library) }
            let made = try FontLibrary()
            library = made
            return try body(made)
        }
    }
}
