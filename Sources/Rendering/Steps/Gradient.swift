import Transformation
import Vips

extension Image {
    func under(_ gradient: GradientOverlay, _ line: GradientOverlay.Line) throws(VipsError) -> Image {
        try under(
            gradientFrom: gradient.from.pixel, to: gradient.to.pixel, line: (line.start, line.right, line.down))
    }
}
