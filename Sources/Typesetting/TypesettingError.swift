/// Why a text could not be drawn.
package enum TypesettingError: Error, Equatable, Sendable {
    /// The font's size in pixels is not within `TextLimits.sizes`.
    case size(Double)
    /// The height of a line in pixels is not within `TextLimits.lineHeights`.
    case lineHeight(Double)
    /// The width to break lines at is below 1 or above the longest side allowed.
    case lineWidth(Int)
    case textTooLong(bytes: Int, maximum: Int)
    /// So many characters fill no bitmap that is allowed at that size.
    case tooMuchText(characters: Int, size: Double)
    /// The bitmap would be wider than allowed, or a line is longer than Pango can count. Pixels.
    case tooWide(Int, maximum: Int)
    /// The bitmap would be higher than allowed, or all lines together than Pango can count. Pixels.
    case tooHigh(Int, maximum: Int)
    /// Neither side is too long, but both together are, of the bitmap or of the canvas that it is cut from.
    case tooManyPixels(Int, maximum: Int)
    /// The file's headers are not those of TrueType or OpenType (WOFF is not read), one font or a collection with at
    /// most `TextLimits.fontsOfFile` fonts and `TextLimits.fontInstances` named instances.
    case unknownFontFormat
    case fontTooLong(bytes: Int, maximum: Int)
    /// The file begins like a font, but no font could be read from it or drawn with it.
    case damagedFont
    /// No fonts are installed on this host.
    case noFonts
    /// The host is out of memory or of descriptors, or a library failed; `code` is errno or the library's status.
    case failed(call: String, code: Int32)
}

extension TypesettingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .size(let size): "a font size of \(size) pixels; allowed are \(TextLimits.sizes)"
        case .lineHeight(let height): "a line height of \(height) pixels; allowed are \(TextLimits.lineHeights)"
        case .lineWidth(let width): "a line width of \(width) pixels"
        case .textTooLong(let bytes, let maximum): "a text of \(bytes) bytes; allowed are \(maximum)"
        case .tooMuchText(let characters, let size): "\(characters) characters of \(size) pixels fit no picture"
        case .tooWide(let width, let maximum): "a text \(width) pixels wide; allowed are \(maximum)"
        case .tooHigh(let height, let maximum): "a text \(height) pixels high; allowed are \(maximum)"
        case .tooManyPixels(let count, let maximum): "a text of \(count) pixels; allowed are \(maximum)"
        case .unknownFontFormat:
            "the font file is neither a TrueType or OpenType font nor a collection of at most \(TextLimits.fontsOfFile)"
        case .fontTooLong(let bytes, let maximum): "a font file of \(bytes) bytes; allowed are \(maximum)"
        case .damagedFont: "the font file is damaged"
        case .noFonts: "no fonts are installed"
        case .failed(let call, let code): "\(call): \(code)"
        }
    }
}
