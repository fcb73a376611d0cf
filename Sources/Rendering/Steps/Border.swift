import Transformation
import Vips

extension Image {
    /// A border of one colour outside the picture.
    func bordered(_ border: Border, pixels: Int) throws(VipsError) -> Image {
        guard pixels > 0 else { return self }
        let colour = border.colour.pixel
        var image = colour.isGrey ? self : try inColour()
        if colour.alpha < 255 { image = try image.withAlpha() }
        return try image.embedded(
            left: pixels, top: pixels, width: width + 2 * pixels, height: totalHeight + 2 * pixels, on: colour)
    }
}
