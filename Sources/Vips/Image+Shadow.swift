import CVips

extension Image {
    /// Black, in the shape of what is seen, under the picture.
    ///
    /// - Parameters:
    ///   - right, down: where it falls, in pixels.
    ///   - sigma: of its blur, in pixels; 0 leaves it sharp.
    ///   - strength: its opacity, 0…1.
    package func shadowed(right: Int, down: Int, sigma: Double, strength: Double) throws(VipsError) -> Image {
        guard hasAlpha else { return self }
        guard right.magnitude < width, down.magnitude < totalHeight else { return self }
        let alpha = try lastBand()
        var shadow = try alpha.apply("embed") { apus_vips_shifted($0, Int32(right), Int32(down), &$1) }
        if sigma > 0 { shadow = try shadow.blurred(sigma: sigma) }
        // Alpha of one over the other (Porter and Duff, 1984); black adds nothing to colours multiplied by alpha.
        let free = try alpha.linear(-strength / 255, strength)
        let both = try alpha.plus(shadow.times(free))
        let colours = try apply("premultiply") { apus_vips_premultiply($0, &$1) }.colourBands()
        let divided = try colours.joined(with: both).apply("unpremultiply") { apus_vips_unpremultiply($0, &$1) }
        return try divided.rounded(to: bandFormat)
    }
}
