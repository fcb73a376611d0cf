/// One step of a plan. What is nil or false is not done. The order inside a step is fixed, not that of the URL
/// (reference §3.2): resize, pad, grayscale, blur, radius, flip, rotation, opacity, flattening on the background.
package struct Step: Hashable, Sendable {
    package var resize: Resize?
    /// Fill of padding and of the corners that radius and rotation leave; transparent pixels are laid on it.
    /// nil: padding is black, transparency stays where the format can hold it.
    package var background: Colour?
    package var isGrayscale = false
    /// Gaussian sigma in pixels, above 0 and at most 100.
    package var blur: Number?
    package var radius: CornerRadii?
    package var flip: Flip?
    /// Degrees clockwise, above 0 and below 360.
    package var rotation: Number?
    /// Percent by which alpha is multiplied, 0 to 99.
    package var opacity: Int?

    package init() {}

    /// Whether the step does nothing.
    package var isEmpty: Bool { self == Step() }
}
