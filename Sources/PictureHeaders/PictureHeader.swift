/// What the first bytes of a picture say of what decoding it will cost. Read without libvips, in the worker: nothing is
/// decoded, every read is checked, and no file can make it run longer than its named limits.
///
/// It is an estimate's ground, and may refuse what would take too long to be opened; that a file is good is decided where
/// it is decoded.
package struct PictureHeader: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case jpeg, png, gif, webp, tiff, avif, heic, svg, pdf
    }

    package var kind: Kind
    /// In pixels, as stored, of one frame; 0 of drawings, which have the size that they are drawn in.
    package var width = 0
    package var height = 0
    /// At least 1; as many as were found within the limits of the search.
    package var frames = 1
    /// Colours and alpha, 1 to 5.
    package var channels = 3
    /// Of all channels together, where the file stores some at a lower resolution.
    package var samplesPerPixel: Double?
    package var bitsPerChannel = 8
    /// All of it has to be in memory before the first line is known: interlaced PNG, JPEG in several scans.
    package var isHeldWhole = false
    /// Lossless, where the kind knows both.
    package var isLossless = false
    /// EXIF orientation, 1…8, where the picture is turned by it.
    package var orientation = 1

    init(_ kind: Kind) {
        self.kind = kind
    }

    /// Of a picture of which no more is known.
    package init(_ kind: Kind, width: Int, height: Int) {
        (self.kind, self.width, self.height) = (kind, width, height)
    }

    /// - Returns: `nil` where the bytes are no picture, or of a kind or a form that is not known here.
    package init?(of bytes: RawSpan) {
        guard let header = Self.read(HeaderBytes(bytes)) else { return nil }
        self = header
    }

    private static func read(_ bytes: borrowing HeaderBytes) -> PictureHeader? {
        if bytes.has([0xFF, 0xD8], at: 0) { return jpeg(bytes) }
        if bytes.has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], at: 0) { return png(bytes) }
        if bytes.has("GIF87a", at: 0) || bytes.has("GIF89a", at: 0) { return gif(bytes) }
        if bytes.has("RIFF", at: 0), bytes.has("WEBP", at: 8) { return webp(bytes) }
        if bytes.has([0x49, 0x49, 0x2A, 0x00], at: 0) || bytes.has([0x4D, 0x4D, 0x00, 0x2A], at: 0) {
            return tiff(bytes)
        }
        if bytes.has("ftyp", at: 4) { return isoMedia(bytes) }
        if bytes.has("%PDF", at: 0) { return PictureHeader(.pdf) }
        return isSVG(bytes) ? PictureHeader(.svg) : nil
    }

    /// Pixels of one frame, saturated.
    package var pixels: Int {
        let (product, overflow) = width.multipliedReportingOverflow(by: height)
        return overflow ? .max : product
    }

    /// Whether width and height are exchanged when it is shown.
    package var orientationSwapsSides: Bool { orientation > 4 }
}

extension PictureHeader {
    /// How far into a file the beginning of an SVG is looked for.
    private static let searchLength = 1024

    /// Text that begins with markup and has an svg element among its first.
    private static func isSVG(_ bytes: borrowing HeaderBytes) -> Bool {
        let text = String(decoding: bytes.prefix(searchLength), as: UTF8.self)
        let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        guard start.hasPrefix("<svg") || start.hasPrefix("<?xml") || start.hasPrefix("<!") else { return false }
        return start.contains("<svg")
    }

    /// Whether a header that says so describes something.
    func ifSized() -> PictureHeader? { width > 0 && height > 0 ? self : nil }
}
