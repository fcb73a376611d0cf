import Transformation
import Vips

extension Image {
    /// The picture on a larger canvas; black where no background is named (reference §5).
    ///
    /// Of a background that lets something through nothing is seen yet: the step lays the whole on it at its end, and
    /// twice would be too much.
    func laid(on canvas: StepGeometry.Canvas, _ background: Colour?) throws(VipsError) -> Image {
        var colour = (background ?? .black).pixel
        var image = colour.isGrey ? self : try inColour()
        if colour.alpha < 255 {
            colour = Pixel(red: colour.red, green: colour.green, blue: colour.blue, alpha: 0)
            image = try image.withAlpha()
        }
        return try image.embedded(
            left: canvas.x, top: canvas.y, width: canvas.size.width, height: canvas.size.height, on: colour)
    }
}
