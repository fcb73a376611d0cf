import Deadlines
import PictureHeaders
import RenderJobs
import SVGSanitising
import Transformation
import Vips

/// What is read of an original: its bytes as they are, without what only costs memory, or what the sanitiser leaves of a
/// drawing. Nothing else ever reaches the loader of drawings, or goes out as one.
///
/// - Parameter body: gets the bytes, and whether they are a drawing.
func withReadable<Result>(
    _ bytes: RawSpan, limits: RenderJob.Limits, _ body: (RawSpan, _ isDrawing: Bool) throws(RenderFailure) -> Result
) throws(RenderFailure) -> Result {
    guard PictureHeader.Kind.isMarkup(bytes), VipsLibrary.isOn(.svg) else {
        guard let shorter = PNGText.removed(from: bytes) else { return try body(bytes, false) }
        return try body(shorter.span.bytes, false)
    }
    var svgLimits = SVGLimits()
    svgLimits.embeddedPixels = min(svgLimits.embeddedPixels, limits.sourcePixels)
    let drawing: [UInt8]
    do throws(SVGError) {
        drawing = try SVGSanitiser.sanitise(bytes, limits: svgLimits)
    } catch {
        switch error {
        case .limit(let limit, let maximum): throw .sourceLimit(limit.rawValue, maximum: maximum)
        case .notSVG: throw .notAPicture
        // A web page, for one.
        case .encoding, .malformed: throw KnownKind.namesSVG(bytes) ? .damaged(log: "SVG: \(error)") : .notAPicture
        }
    }
    return try body(drawing.span.bytes, true)
}

extension VariantFacts {
    /// Of a drawing that goes out as one, in these bytes. One that says nothing of its size, such as a collection of
    /// symbols, has none.
    init(ofDrawing bytes: RawSpan, since start: Deadline, limit: TimeLimit) {
        let header = try? Image.load(bytes, as: .svg, limit: limit)
        self.init(
            format: .svg, width: header?.width ?? 0, height: header?.height ?? 0, frames: 1, count: bytes.byteCount,
            transformation: start.elapsed, encode: .zero)
    }
}
