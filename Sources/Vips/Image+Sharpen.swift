import CVips
import Glibc

extension Image {
    /// Sigmas of a Gaussian beyond which libvips' kernel has nothing worth counting (amplitude 0.02).
    private static let usefulSigmas = 2.8
    /// The widest kernel, in pixels on each side, that is laid on the picture itself; see `largestDirectSigma`.
    private static let largestDirectRadius = 12.0
    /// Rows that such a kernel, and what libvips asks for at once, can be ahead.
    private static let rowsKept: Int32 = 256

    /// Adds `amount` times what distinguishes the picture from its blurred self, where twice that difference is above
    /// `threshold` (of 255). Alpha stays; what cannot be seen has no part in it.
    ///
    /// - Parameter radius: how far the blur looks, in pixels; nil as far as its sigma asks for.
    package func sharpened(
        sigma: Double, radius: Double? = nil, amount: Double, threshold: Double = 0
    ) throws(VipsError) -> Image {
        // The blur runs ahead of the picture, whose loader hands out each line once.
        let reach = min(Self.usefulSigmas * sigma, radius ?? .infinity)
        let kept =
            reach > Self.largestDirectRadius
            ? try inMemory() : try apply("tilecache") { apus_vips_keep_rows($0, Self.rowsKept, &$1) }
        let soft = try kept.blurred(sigma: sigma, radius: radius)
        let difference = try kept.minus(soft)
        let factors = [Double](repeating: amount, count: colourBandCount) + (hasAlpha ? [0] : [])
        let offsets = [Double](repeating: 0, count: bands)
        let sharp = try kept.plus(difference.linear(factors, offsets)).rounded(to: bandFormat)
        guard threshold > 0 else { return sharp }
        return try difference.magnitude().isAbove(threshold / 2).choosing(sharp, else: kept)
    }

    /// As `blurred(sigma:)`, by a kernel that may be cut off.
    private func blurred(sigma: Double, radius: Double?) throws(VipsError) -> Image {
        guard let radius, radius < Self.usefulSigmas * sigma else { return try blurred(sigma: sigma) }
        return try premultiplied { image throws(VipsError) in
            let factor = radius / Self.largestDirectRadius
            guard factor > 1 else { return try image.convolved(sigma: sigma, radius: radius) }
            let small = try image.resized(
                width: max(1, Int((Double(image.width) / factor).rounded())),
                height: max(1, Int((Double(image.totalHeight) / factor).rounded())))
            return try small.convolved(sigma: sigma / factor, radius: radius / factor)
                .resized(width: image.width, height: image.totalHeight)
        }
    }

    private func convolved(sigma: Double, radius: Double) throws(VipsError) -> Image {
        // The amplitude half a pixel beyond the last one that counts; libvips stops where it falls below.
        let edge = radius.rounded(.up) + 0.5
        let smallest = exp(-edge * edge / (2 * sigma * sigma))
        return try convolvedBothWays(
            with: Image.make("gaussmat", limit: limit) { apus_vips_cut_gaussian(sigma, smallest, &$0) })
    }
}
