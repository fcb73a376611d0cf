import Transformation
import Vips

extension Image {
    /// The difference that is added at full strength, and the blur that it is to.
    private static let strongest = (amount: 2.0, sigma: 1.0)

    /// - Parameter strength: percent.
    func sharpened(by strength: Number) throws(VipsError) -> Image {
        try sharpened(sigma: Self.strongest.sigma, amount: Self.strongest.amount * strength.value / 100)
    }

    func sharpened(_ mask: UnsharpMask) throws(VipsError) -> Image {
        try sharpened(
            sigma: mask.sigma.value, radius: mask.radius > Number(0) ? mask.radius.value : nil,
            amount: mask.amount.value, threshold: mask.threshold.value * 255)
    }
}
