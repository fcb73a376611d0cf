import RenderJobs
import Transformation
import Vips

/// Drawings whose edges are cut before they are enlarged: what is left has to be drawn in the size that it is shown in, and
/// how large that is, only a first drawing can tell.
extension StepRun {
    /// The drawing, so large that the first step need not enlarge what trimming leaves of it; nil where one in its own
    /// size will do. The step's geometry is that of the drawing in its own size.
    func enlarged(_ rest: inout Rest, from decoder: Decoder) throws(RenderFailure) -> Image? {
        guard let step = rest.step, let threshold = step.trim, step.resize != nil else { return nil }
        let small = try decoder.decode(towards: nil, allFrames: false)
        let box = try vips { () throws(VipsError) in
            var content = ContentBox()
            try content.add(small.inSRGB().inMemory(), threshold: threshold)
            return content.box
        }
        let (whole, size) = (decoder.source.size, box?.size ?? decoder.source.size)
        guard let geometry = try geometry(of: step, on: size) else { return nil }
        let wanted = max(
            Double(geometry.scaled.width) / Double(size.width), Double(geometry.scaled.height) / Double(size.height))
        let possible = (Double(limits.sourcePixels) / Double(whole.pixels)).squareRoot()
        let factor = min(wanted, possible)
        guard factor > 1 else { return nil }
        (rest.size, rest.geometry) = (size, geometry)
        let enlarged = Size(
            width: Int(Double(whole.width) * factor), height: Int(Double(whole.height) * factor))
        return try decoder.decode(towards: enlarged, allFrames: false)
    }
}

extension SourceFormat {
    var isVector: Bool { self == .svg || self == .pdf }
}
