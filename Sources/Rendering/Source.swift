import Deadlines
import RenderJobs
import Transformation
import Vips

/// The original as its header tells it, before any pixel is decoded; everything too large is refused here.
///
/// Valid only while the original's bytes are lent: it holds images that read them.
struct Source: ~Escapable {
    let bytes: RawSpan
    let format: SourceFormat
    /// Of one frame, upright.
    let size: Size
    let frames: Int
    let hasAlpha: Bool
    /// EXIF orientation, 1…8.
    let orientation: Int
    let orientationSwapsSides: Bool
    /// AVIF rather than HEIC, which no browser shows.
    let isAVIF: Bool

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, limits: RenderJob.Limits, limit: TimeLimit) throws(RenderFailure) {
        let format = try Self.format(of: bytes)
        let header: Image
        do { header = try Image.load(bytes, as: format, limit: limit) } catch {
            throw .damaged(log: "\(error)")
        }
        let swaps = header.orientationSwapsSides
        let frames = format.isAnimatable ? header.frameCountInFile : 1
        guard frames <= limits.frames else { throw .sourceLimit("frames", maximum: limits.frames) }
        let size =
            swaps
            ? Size(width: header.height, height: header.width) : Size(width: header.width, height: header.height)
        let (pixels, overflow) = size.pixels.multipliedReportingOverflow(by: max(1, frames))
        guard !overflow, pixels <= limits.sourcePixels else {
            throw .sourceLimit("pixels", maximum: limits.sourcePixels)
        }
        self.bytes = bytes
        self.format = format
        self.size = size
        self.frames = frames
        hasAlpha = header.hasAlpha
        orientation = header.orientation
        orientationSwapsSides = swaps
        isAVIF = format == .heif && KnownKind.isAVIF(bytes)
    }

    private static func format(of bytes: RawSpan) throws(RenderFailure) -> SourceFormat {
        if let kind = KnownKind.notDecoded(bytes) { throw .notAvailable(kind: kind) }
        do { return try Image.format(of: bytes) } catch { throw .notAPicture }
    }

    /// An SVG goes out as it came.
    func factsOfUntouchedSVG(count: Int, since start: Deadline) -> VariantFacts {
        VariantFacts(
            format: .svg, width: size.width, height: size.height, frames: 1, count: count,
            transformation: start.elapsed, encode: .zero)
    }
}

extension SourceFormat {
    var isAnimatable: Bool { self == .gif || self == .webp }
}
