/// How large a picture may become at any step.
package struct OutputLimits: Hashable, Sendable {
    /// The longest side there can be, in pixels (reference §13.1).
    package static let maximumSide = 65_535
    /// The longest side that a picture may be scaled to before it is cropped: what libvips can address.
    package static let maximumScaledSide = 10_000_000

    /// Pixels of the picture that a step leaves.
    package var pixels: Int

    package init(pixels: Int) {
        self.pixels = pixels
    }

    /// Throws the limit that `size` exceeds. For use wherever a step makes a picture larger.
    package func check(_ size: Size) throws(TransformationError) {
        guard size.width <= Self.maximumSide, size.height <= Self.maximumSide else {
            throw .limitExceeded(.outputSide, maximum: Self.maximumSide)
        }
        guard size.pixels <= pixels else { throw .limitExceeded(.outputPixels, maximum: pixels) }
    }
}
