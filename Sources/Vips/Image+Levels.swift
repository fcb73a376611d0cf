import CVips

extension Image {
    /// Alpha below which a pixel does not count as seen.
    private static let faintAlpha = 127.0

    /// Brightness spread from `range` to all of 0…255, the same in every band so that colours keep their relation.
    package func withBrightness(spreadFrom range: ClosedRange<Double>) throws(VipsError) -> Image {
        guard range.lowerBound < range.upperBound else { return self }
        let factor = 255 / (range.upperBound - range.lowerBound)
        let factors = [Double](repeating: factor, count: colourBandCount) + (hasAlpha ? [1] : [])
        let offset = 0.5 - range.lowerBound * factor
        let offsets = [Double](repeating: offset, count: colourBandCount) + (hasAlpha ? [0.5] : [])
        return try apply("linear") { apus_vips_linear($0, factors, offsets, Int32(factors.count), &$1) }
    }

    /// The brightness of all pixels but the darkest hundredth and the brightest; 0…255 where no pixel is seen. Needs the
    /// pixels to be there: see `inMemory`.
    package func brightnessRange() throws(VipsError) -> ClosedRange<Double> {
        var grey = try inGrey()
        if hasAlpha {
            // What cannot be seen goes to a level of its own behind all others.
            let seen = try grey.lastBand().isAbove(Self.faintAlpha)
            let levels = try grey.colourBands()
            grey = try seen.choosing(levels, else: levels.linear(0, 256)).apply("cast") {
                apus_vips_cast($0, VIPS_FORMAT_USHORT, &$1)
            }
        }
        limit.bind(to: grey)
        let counts = try grey.apply("hist_find") { apus_vips_histogram($0, &$1) }.numbers().prefix(256)
        let total = counts.reduce(0, +)
        var (below, low) = (0.0, nil as Int?)
        for (level, count) in counts.enumerated() {
            below += count
            if low == nil, below > total / 100 { low = level }
            if below >= total * 0.99, let low { return Double(low)...Double(level) }
        }
        return 0...255
    }

    /// Colours mixed with one other: `share` of it, 0…1. Alpha stays.
    package func tinted(_ colour: Pixel, share: Double) throws(VipsError) -> Image {
        let image = try colour.isGrey ? self : inColour()
        let values = image.colourBandCount == 1 ? [colour.red] : [colour.red, colour.green, colour.blue]
        let factors = [Double](repeating: 1 - share, count: values.count) + (image.hasAlpha ? [1] : [])
        // What is beyond the point is cut off.
        let offsets = values.map { $0 * share + 0.5 } + (image.hasAlpha ? [0.5] : [])
        return try image.apply("linear") { apus_vips_linear($0, factors, offsets, Int32(factors.count), &$1) }
    }
}
