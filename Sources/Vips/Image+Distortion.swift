import CVips

extension Image {
    /// A clear margin, so that the edges of what is mapped are smooth.
    private static let margin = 2

    /// A picture of another shape, clear where nothing comes from this one.
    ///
    /// - Parameter numerators, denominator: coefficients of x, y and 1 (in pixels from the canvas's corner) of the place that
    ///   a pixel comes from, as fractions of this picture's sides: `numerators` ÷ `denominator`.
    package func projected(
        width: Int, height: Int, x: (Double, Double, Double), y: (Double, Double, Double),
        denominator: (Double, Double, Double)
    ) throws(VipsError) -> Image {
        let places = try Image.places(width: width, height: height, limit: limit)
        let below = try places.plane(at: denominator)
        let across = try places.plane(at: x).divided(by: below)
        let down = try places.plane(at: y).divided(by: below)
        return try mapped(
            from: across.joined(with: down), factors: [Double(self.width), Double(totalHeight)], offsets: [0, 0])
    }

    /// Bent around a point, which is given in pixels from the canvas's corner.
    package func bent(
        width: Int, height: Int, centre: (x: Double, y: Double), outerRadius: Double, degrees: Double, upward: Bool
    ) throws(VipsError) -> Image {
        let places = try Image.places(width: width, height: height, limit: limit)
        let side = upward ? 1.0 : -1.0
        let right = try places.plane(1, 0, 0.5 - centre.x)
        let outward = try places.plane(0, -side, side * (centre.y - 0.5))
        let radius = try right.times(right).plus(outward.times(outward)).squareRoot()
        // From straight inward, so that the jump from 360 to 0 lies where the arc is open.
        let angle = try right.linear(-1, 0).combined("atan2", outward.linear(-1, 0), apus_vips_angle)
        let (w, h) = (Double(self.width), Double(totalHeight))
        // The outer edge is the top of what bends upward, the bottom of what bends down.
        return try mapped(
            from: angle.joined(with: radius), factors: [w / degrees, -side],
            offsets: [w / 2 - 180 * w / degrees, upward ? outerRadius : h - outerRadius])
    }

    /// - Parameter places: of two bands, which times `factors` plus `offsets` are pixels from this picture's corner.
    private func mapped(from places: Image, factors: [Double], offsets: [Double]) throws(VipsError) -> Image {
        // libvips counts from the centre of the first pixel.
        let shift = Double(Self.margin) - 0.5
        let exact = try places.linear(factors, offsets.map { $0 + shift })
        return try inMemory().withAlpha().premultiplied { image throws(VipsError) in
            let framed = try image.apply("embed") { apus_vips_framed($0, Int32(Self.margin), &$1) }
            return try framed.combined("mapim", exact, apus_vips_mapped)
        }
    }

    /// Of `places`, at the centres of pixels.
    private func plane(at c: (Double, Double, Double)) throws(VipsError) -> Image {
        try plane(c.0, c.1, c.2 + (c.0 + c.1) / 2)
    }
}
