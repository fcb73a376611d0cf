import Transformation
import Vips

extension Image {
    /// A border of one colour outside the picture. It follows the corners that were cut off, where it would otherwise lie
    /// around them in a distance.
    func bordered(
        _ border: Border, pixels: Int, around radii: CornerRadii?, limit: TimeLimit
    ) throws(VipsError) -> Image {
        guard pixels > 0 else { return self }
        let colour = border.colour.pixel
        let size = Size(width: width + 2 * pixels, height: totalHeight + 2 * pixels)
        guard let radii else {
            var image = colour.isGrey ? self : try inColour()
            if colour.alpha < 255 { image = try image.withAlpha() }
            return try image.embedded(left: pixels, top: pixels, width: size.width, height: size.height, on: colour)
        }
        let nothing = Pixel(red: 0, green: 0, blue: 0, alpha: 0)
        let framed = try inColour().withAlpha()
            .embedded(left: pixels, top: pixels, width: size.width, height: size.height, on: nothing)
        let ring = try Image.mask(svg: radii.ring(around: self.size, pixels: pixels), limit: limit)
        return try framed.blended(
            with: Image.plain(colour, width: size.width, height: size.height, limit: limit).masked(by: ring), .over,
            left: 0, top: 0)
    }
}
