import Deadlines
import PictureHeaders
import RenderJobs
import Transformation
import Vips

/// The original as its header tells it, before any pixel is decoded; everything too large is refused here.
///
/// Valid only while the original's bytes are lent: it holds images that read them.
struct Source: ~Escapable {
    let bytes: RawSpan
    let format: SourceFormat
    /// The one that is worked on, from 0; the first of them where frames are kept.
    let page: Int
    /// By which a drawing is larger than its file says, which counts 72 pixels to an inch; 1 for all else.
    let scale: Double
    /// Of one frame, upright.
    let size: Size
    /// 1 where one of them was chosen.
    let frames: Int
    let hasAlpha: Bool
    /// EXIF orientation, 1…8.
    let orientation: Int
    let orientationSwapsSides: Bool
    /// AVIF rather than HEIC, which no browser shows.
    let isAVIF: Bool
    /// Pixels an inch that the plan asks for.
    let density: Int?
    /// What the file says beside its pixels.
    let header: Image

    /// libvips takes an animation of more than 10,000 for a picture, and looks at all of them for each of them.
    private static let readableFrames = 9_999

    /// - Parameters:
    ///   - page: the page or frame that is asked for, from 1; `nil`: the whole animation, the first page of what is none.
    ///   - density: pixels an inch that the plan asks for.
    @_lifetime(copy bytes)
    init(
        _ bytes: RawSpan, page: Int? = nil, density: Density? = nil, limits: RenderJob.Limits, limit: TimeLimit
    ) throws(RenderFailure) {
        let format = try Self.format(of: bytes)
        guard format != .pdf || bytes.byteCount <= limits.documentBytes else {
            throw .sourceLimit("bytes", maximum: limits.documentBytes)
        }
        if format.isAnimatable, let frames = PictureHeader(of: bytes)?.frames,
            frames > (page == nil ? limits.frames : max(limits.frames, Self.readableFrames))
        {
            throw .sourceLimit("frames", maximum: limits.frames)
        }
        let index = (page ?? 1) - 1
        let header = try Self.header(bytes, format, page: index, scale: 1, limit: limit)
        let swaps = header.orientationSwapsSides
        // Frames are made of those before them, so that they cost something too.
        let decoded = !format.isAnimatable ? 1 : page ?? header.frameCountInFile
        guard decoded <= limits.frames else { throw .sourceLimit("frames", maximum: limits.frames) }
        let asked = try density?.value(of: header, isVector: format.isVector)
        let scale = format.isVector ? asked.map { Double($0) / Density.standard } ?? 1 : 1
        let shown =
            scale == 1 ? header : try Self.header(bytes, format, page: index, scale: scale, limit: limit)
        let size =
            swaps ? Size(width: shown.height, height: shown.width) : Size(width: shown.width, height: shown.height)
        let (pixels, overflow) = size.pixels.multipliedReportingOverflow(by: max(1, decoded))
        guard !overflow, pixels <= limits.sourcePixels else {
            throw .sourceLimit("pixels", maximum: limits.sourcePixels)
        }
        self.bytes = bytes
        self.format = format
        self.page = index
        self.size = size
        frames = page == nil ? decoded : 1
        hasAlpha = header.hasAlpha
        orientation = header.orientation
        orientationSwapsSides = swaps
        isAVIF = format == .heif && PictureHeader.Kind(of: bytes) == .avif
        (self.header, self.scale, self.density) = (header, scale, asked)
    }

    private static func format(of bytes: RawSpan) throws(RenderFailure) -> SourceFormat {
        if let kind = KnownKind.notDecoded(bytes) { throw .notAvailable(kind: kind) }
        let format: SourceFormat
        do { format = try Image.format(of: bytes) } catch {
            if case .switchedOff(let kind) = error { throw .notAvailable(kind: kind.rawValue.uppercased()) }
            // This libvips has no module for it.
            if PictureHeader.Kind(of: bytes) == .pdf { throw .notAvailable(kind: "PDF") }
            throw .notAPicture
        }
        // Nobody has sanitised it (`withReadable`).
        if format == .svg, !PictureHeader.Kind.isMarkup(bytes) { throw .notAPicture }
        if format == .heif, !VipsLibrary.isOn(.heic), !HEIFCodecs.areOnlyAV1(bytes) {
            throw .notAvailable(kind: "HEIC")
        }
        return format
    }

    /// What the page says of itself, after what the first one says of their number.
    private static func header(
        _ bytes: RawSpan, _ format: SourceFormat, page: Int, scale: Double, limit: TimeLimit
    ) throws(RenderFailure) -> Image {
        func load(_ page: Int) throws(RenderFailure) -> Image {
            do {
                return try Image.load(bytes, as: format, page: page, shrink: .scale(scale), limit: limit)
            } catch {
                throw .damaged(log: "\(error)")
            }
        }
        let first = try load(0)
        let pages = format.hasPages ? max(1, first.frameCountInFile) : 1
        guard page < pages else { throw .missing(page: page, of: pages, format) }
        return page == 0 ? first : try load(page)
    }

    /// What its header tells.
    func facts(as format: ImageFormat, count: Int, since start: Deadline) -> VariantFacts {
        VariantFacts(
            format: format, width: size.width, height: size.height, frames: frames, count: count,
            transformation: start.elapsed, encode: .zero)
    }
}

extension SourceFormat {
    var isAnimatable: Bool { self == .gif || self == .webp }

    /// Whether a file may hold several pictures that are told apart here.
    var hasPages: Bool { isAnimatable || [.tiff, .heif, .pdf].contains(self) }
}

extension Density {
    /// Whole pixels an inch, for a file whose header this is.
    fileprivate func value(of header: Image, isVector: Bool) throws(RenderFailure) -> Int {
        do throws(TransformationError) {
            return try value(
                source: Size(width: header.width, height: header.height),
                density: isVector ? Self.standard : header.density ?? Self.standard)
        } catch {
            throw RenderFailure(error)
        }
    }
}

extension RenderFailure {
    fileprivate static func missing(page: Int, of pages: Int, _ format: SourceFormat) -> RenderFailure {
        let word = format.isAnimatable ? "frame" : "page"
        return .transformation(
            message: "parameter pg: no \(word) \(page + 1); the original has \(pages) \(word)\(pages == 1 ? "" : "s")")
    }
}
