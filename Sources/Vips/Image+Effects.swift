import CVips

extension Image {
    /// The blur above which a picture is first made smaller: the work would grow with its square, the eye sees no more.
    private static let largestDirectSigma = 4.0

    /// Gaussian blur; `sigma` in pixels, above 0.
    package func blurred(sigma: Double) throws(VipsError) -> Image {
        try premultiplied { image throws(VipsError) in
            let factor = sigma / Self.largestDirectSigma
            guard factor > 1 else { return try image.directlyBlurred(sigma) }
            let (width, height) = (image.width, image.totalHeight)
            let small = try image.resized(
                width: max(1, Int((Double(width) / factor).rounded())),
                height: max(1, Int((Double(height) / factor).rounded())))
            return try small.directlyBlurred(Self.largestDirectSigma).resized(width: width, height: height)
        }
    }

    private func directlyBlurred(_ sigma: Double) throws(VipsError) -> Image {
        try convolvedBothWays(with: Image.make("gaussmat", limit: limit) { apus_vips_gaussian(sigma, &$0) })
    }

    /// With a kernel of one row, across and then down.
    func convolvedBothWays(with across: Image) throws(VipsError) -> Image {
        let down = try across.turned(.clockwise)
        let half = try convolved(with: across)
        let kept = try half.apply("tilecache") { apus_vips_keep_rows($0, Int32(2 * down.totalHeight + 64), &$1) }
        return try kept.convolved(with: down).rounded(to: bandFormat)
    }

    private func convolved(with mask: Image) throws(VipsError) -> Image {
        try apply("conv") { image, out in mask.withPointer { apus_vips_convolve(image, $0, &out) } }
    }

    /// A one-band mask drawn from an SVG document: its alpha, 0…255.
    package static func mask(svg: String, limit: TimeLimit) throws(VipsError) -> Image {
        // The document must stay in place until the mask is drawn, so it is drawn now.
        let bytes = [UInt8](svg.utf8)
        let drawn = try load(bytes.span.bytes, as: .svg, limit: limit).inMemory()
        return try withExtendedLifetime(bytes) { () throws(VipsError) in
            try drawn.apply("extract_band") { image, out in
                apus_vips_extract_bands(image, Int32(drawn.bands - 1), 1, &out)
            }
        }
    }
}
