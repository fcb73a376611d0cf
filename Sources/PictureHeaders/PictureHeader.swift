/// What the first bytes of a picture say of what decoding it will cost. Read without libvips, in the worker: nothing is
/// decoded, every read is checked, and no file can make it run longer than its named limits.
///
/// It is an estimate's ground, and may refuse what would take too long to be opened; that a file is good is decided where
/// it is decoded.
package struct PictureHeader: Sendable, Equatable {
    package var kind: Kind
    /// In pixels, as stored, of one frame. What is read of a drawing has 0: who draws it learns its size.
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
    /// Lines that are decoded together, at least 1: TIFF has strips and tiles.
    package var blockLines = 1
    /// Lossless, where the kind knows both.
    package var isLossless = false
    /// EXIF orientation, 1…8, where the picture is turned by it.
    package var orientation = 1

    init(_ kind: Kind) {
        self.kind = kind
    }

    /// Of a picture of which nothing else is known or guessed, such as a drawing with its size.
    package init(_ kind: Kind, width: Int, height: Int) {
        (self.kind, self.width, self.height) = (kind, width, height)
    }

    /// - Returns: `nil` where the bytes are no picture, or of a kind or a form that is not known here.
    package init?(of bytes: RawSpan) {
        guard let header = Self.read(HeaderBytes(bytes)) else { return nil }
        self = header
    }

    private static func read(_ bytes: borrowing HeaderBytes) -> PictureHeader? {
        switch Kind(bytes) {
        case .jpeg: jpeg(bytes)
        case .png: png(bytes)
        case .gif: gif(bytes)
        case .webp: webp(bytes)
        case .tiff: tiff(bytes)
        case .avif: isoMedia(.avif, bytes)
        case .heic: isoMedia(.heic, bytes)
        case .svg: PictureHeader(.svg)
        case .pdf: PictureHeader(.pdf)
        case nil: nil
        }
    }

    /// Pixels of one frame, saturated.
    package var pixels: Int {
        let (product, overflow) = width.multipliedReportingOverflow(by: height)
        return overflow ? .max : product
    }

    package var bytesPerChannel: Int { bitsPerChannel > 16 ? 4 : bitsPerChannel > 8 ? 2 : 1 }

    /// Whether width and height are exchanged when it is shown.
    package var orientationSwapsSides: Bool { orientation > 4 }
}

extension PictureHeader {
    /// Whether a header that says so describes something.
    func ifSized() -> PictureHeader? { width > 0 && height > 0 ? self : nil }
}
