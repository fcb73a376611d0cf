import CVips

extension Image {
    /// The part of the tolerance, from its edge inwards, in which the replacement fades out, so that edges stay smooth.
    private static let fading = 0.2
    /// ΔE that no eye sees: what a tolerance of 0 still takes.
    private static let smallestTolerance = 0.5

    /// Colours within `tolerance` of `from` (ΔE of 1976) moved in CIE L*a*b* as far as `from` has to be moved to become
    /// `to`: shades stay shades. Others, and alpha, stay.
    package func replacing(_ from: Pixel, with to: Pixel, tolerance: Double) throws(VipsError) -> Image {
        let picture = try inColour()
        let colours = try picture.colourBands()
        let (source, target) = (try from.inLab(limit: limit), try to.inLab(limit: limit))
        let ones = [1.0, 1, 1]
        let lab = try colours.inSpace(VIPS_INTERPRETATION_LAB)
        let difference = try lab.linear(ones, source.map(-))
        let distance = try difference.times(difference).meanOfBands().linear(3, 0).squareRoot()
        let reach = max(tolerance, Self.smallestTolerance)
        let weight = try distance.linear(-1 / (Self.fading * reach), 1 / Self.fading).clampedToOne()
        let moved = try lab.linear(ones, zip(target, source).map { $0 - $1 }).inSpace(VIPS_INTERPRETATION_sRGB)
        let change = try moved.minus(colours).times(weight)
        let result = try colours.plus(change).rounded(to: bandFormat)
        return try picture.hasAlpha ? result.joined(with: picture.lastBand()) : result
    }

    fileprivate func inSpace(_ space: VipsInterpretation) throws(VipsError) -> Image {
        try apply("colourspace") { apus_vips_colourspace($0, space, &$1) }
    }

    // MARK: Dominant colour

    /// The most pixels, along a side, that are looked at.
    private static let sampleSide = 128
    private static let faintAlpha: UInt8 = 128

    /// The mean of the commonest colours, in boxes of 16 levels a side; nil where nothing is seen. Needs the pixels to
    /// be there: see `inMemory`.
    package func dominantColour() throws(VipsError) -> Pixel? {
        let step = (across: (width - 1) / Self.sampleSide + 1, down: (totalHeight - 1) / Self.sampleSide + 1)
        let picture = try inColour().withAlpha()
        let few = try picture.apply("subsample") {
            apus_vips_every_nth_pixel($0, Int32(step.across), Int32(step.down), &$1)
        }
        let samples = try few.samples()
        var boxes = [(count: Int, sum: SIMD4<Int>)](repeating: (0, .zero), count: 16 * 16 * 16)
        for start in stride(from: 0, to: samples.count - 3, by: 4) where samples[start + 3] >= Self.faintAlpha {
            let (red, green, blue) = (Int(samples[start]), Int(samples[start + 1]), Int(samples[start + 2]))
            let box = (red >> 4) << 8 | (green >> 4) << 4 | blue >> 4
            boxes[box].count += 1
            boxes[box].sum &+= SIMD4(red, green, blue, 0)
        }
        guard let fullest = boxes.max(by: { $0.count < $1.count }), fullest.count > 0 else { return nil }
        func mean(_ sum: Int) -> Double { (Double(sum) / Double(fullest.count)).rounded() }
        return Pixel(red: mean(fullest.sum.x), green: mean(fullest.sum.y), blue: mean(fullest.sum.z), alpha: 255)
    }
}

extension Pixel {
    /// By libvips' own conversion, so that the same colour in a picture is at distance 0.
    fileprivate func inLab(limit: TimeLimit) throws(VipsError) -> [Double] {
        let samples = [red, green, blue].map { UInt8(max(0, min(255, $0))) }
        return try Image.colours(samples, width: 1, height: 1, limit: limit).inSpace(VIPS_INTERPRETATION_LAB).numbers()
    }
}
