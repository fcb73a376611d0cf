import CVips

extension Image {
    /// A gradient of two colours laid over the picture, mixed as CSS does: transparent ends darken nothing.
    ///
    /// - Parameter line: how far along the gradient a pixel is, 0…1 and cut there: at the top-left one, and its change for
    ///   each pixel to the right and down.
    package func under(
        gradientFrom from: Pixel, to: Pixel, line: (start: Double, right: Double, down: Double)
    ) throws(VipsError) -> Image {
        let picture = try from.isGrey && to.isGrey ? self : inColour()
        let place = try Image.places(width: width, height: totalHeight, limit: limit)
            .plane(line.right, line.down, line.start).clampedToOne()
        let isGrey = picture.colourBandCount == 1
        let (first, last) = (from.premultiplied(isGrey: isGrey), to.premultiplied(isGrey: isGrey))
        let gradient = try place.linear(zip(last, first).map { $0 - $1 }, first)
        let remainder = try gradient.lastBand().linear(-1.0 / 255, 1)
        return try picture.premultiplied { image throws(VipsError) in
            let over =
                try image.hasAlpha
                ? gradient
                : gradient.apply("extract_band") {
                    apus_vips_extract_bands($0, 0, Int32(image.bands), &$1)
                }
            return try image.times(remainder).plus(over)
        }
    }
}

extension Pixel {
    /// The bands of a picture, alpha last.
    fileprivate func premultiplied(isGrey: Bool) -> [Double] {
        (isGrey ? [red] : [red, green, blue]).map { $0 * alpha / 255 } + [alpha]
    }
}
