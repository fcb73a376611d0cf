import Deadlines
import PictureHeaders
import RenderJobs
import SVGSanitising
import Transformation
import Vips

/// What is read of an original: its bytes as they are, without what only costs memory, or what the sanitiser leaves of a
/// drawing. Nothing else ever reaches the loader of drawings, or goes out as one.
///
/// - Parameter body: gets the bytes, and if they are a drawing, that.
func withReadable<Result>(
    _ bytes: RawSpan, limits: RenderJob.Limits, _ body: (RawSpan, SanitisedDrawing?) throws(RenderFailure) -> Result
) throws(RenderFailure) -> Result {
    guard PictureHeader.Kind.isMarkup(bytes), VipsLibrary.isOn(.svg) else {
        guard let shorter = PNGText.removed(from: bytes) else { return try body(bytes, nil) }
        return try body(shorter.span.bytes, nil)
    }
    var svgLimits = SVGLimits()
    svgLimits.embeddedPixels = min(svgLimits.embeddedPixels, limits.sourcePixels)
    let drawing: SanitisedDrawing
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
    return try body(drawing.bytes.span.bytes, drawing)
}

extension VariantFacts {
    /// Of a drawing that goes out as one. One that says nothing of its size, such as a collection of symbols, has none. It is
    /// not opened for that: who draws compares all its selectors with all its elements, which may take minutes.
    init(of drawing: SanitisedDrawing, since start: Deadline) {
        self.init(
            format: .svg, width: drawing.size?.width ?? 0, height: drawing.size?.height ?? 0, frames: 1,
            count: drawing.bytes.count, transformation: start.elapsed, encode: .zero)
    }
}
