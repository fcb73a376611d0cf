/// One step of a plan. What is nil or false is not done. The order inside a step is fixed, not that of the URL
/// (reference §3.2): trim, resize, pad, colour replacement, grayscale, contrast, tint, blur, sharpening, unsharp mask,
/// gradient, distortion, radius, border, flip, rotation, shadow, opacity, flattening on the background, layers.
package struct Step: Hashable, Sendable {
    /// The largest difference from the top-left pixel, 1 to 99 of 255, at which an edge counts as uniform and is cut.
    package var trim: Int?
    package var resize: Resize?
    /// Fill of padding and of the corners that radius and rotation leave; transparent pixels are laid on it.
    /// nil: padding is black, transparency stays where the format can hold it.
    package var background: Colour?
    /// Fill of padding that is made of the picture; nil where `background` is not.
    package var computedBackground: ComputedBackground?
    package var replacement: ColourReplacement?
    package var isGrayscale = false
    /// Brightness is spread over the full range.
    package var stretchesContrast = false
    package var tint: Tint?
    /// Gaussian sigma in pixels, above 0 and at most 100.
    package var blur: Number?
    /// Percent of the strongest, above 0.
    package var sharpening: Number?
    package var unsharpMask: UnsharpMask?
    package var gradient: GradientOverlay?
    package var distortion: Distortion?
    package var radius: CornerRadii?
    package var border: Border?
    package var flip: Flip?
    /// Degrees clockwise, above 0 and below 360.
    package var rotation: Number?
    package var shadow: Shadow?
    /// Percent by which alpha is multiplied, 0 to 99.
    package var opacity: Int?
    /// Laid on the picture, one after the other.
    package var layers: [Layer] = []

    package init() {}

    /// Whether the step does nothing.
    package var isEmpty: Bool { self == Step() }
}
