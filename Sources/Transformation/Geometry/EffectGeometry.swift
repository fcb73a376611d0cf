#if canImport(Glibc)
    internal import func Glibc.cos
    internal import func Glibc.sin
#endif

/// The lengths and sizes that a step's effects bring about, known and within the limits before any pixel is made.
package struct EffectGeometry: Hashable, Sendable {
    package var gradient: GradientOverlay.Line?
    package var distortion: DistortionGeometry?
    /// Pixels on each side.
    package var border = 0
}

extension Step {
    /// - Parameters:
    ///   - size: of the picture after the step's resize and padding.
    ///   - context: what the variables of expressions stand for at this step.
    /// - Throws: `undefinedExpression`, `limitExceeded`.
    package func effectGeometry(
        on size: Size, in context: ExpressionContext, limits: OutputLimits
    ) throws(TransformationError) -> EffectGeometry {
        var geometry = EffectGeometry()
        var size = size
        if let gradient { geometry.gradient = try gradient.line(on: size, in: context) }
        if let distortion {
            let distorted = distortion.geometry(of: size)
            geometry.distortion = distorted
            size = distorted.canvas
            try limits.check(size)
        }
        if let border {
            geometry.border = try border.pixels(in: context)
            size = Size(width: size.width + 2 * geometry.border, height: size.height + 2 * geometry.border)
            try limits.check(size)
        }
        if shadow != nil, size.turned(by: rotation).pixels > Shadow.maximumPixels {
            throw .limitExceeded(.shadowPixels, maximum: Shadow.maximumPixels)
        }
        return geometry
    }
}

extension Size {
    /// The canvas after a rotation.
    fileprivate func turned(by degrees: Number?) -> Size {
        guard let degrees, degrees.whole != 180 else { return self }
        let angle = degrees.value * .pi / 180
        let (across, down) = (cos(angle).magnitude, sin(angle).magnitude)
        let (width, height) = (Double(width), Double(height))
        return Size(
            width: wholePixels(width * across + height * down), height: wholePixels(width * down + height * across))
    }
}
