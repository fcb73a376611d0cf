import Transformation
import Vips

extension Image {
    /// The picture on a larger canvas; black where no background is named (reference §5).
    func laid(on canvas: StepGeometry.Canvas, _ background: Colour?) throws(VipsError) -> Image {
        let colour = (background ?? .black).pixel
        var image = colour.isGrey ? self : try inColour()
        if colour.alpha < 255 { image = try image.withAlpha() }
        return try image.embedded(
            left: canvas.x, top: canvas.y, width: canvas.size.width, height: canvas.size.height, on: colour)
    }
}
