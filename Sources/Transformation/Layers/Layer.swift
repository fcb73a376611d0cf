/// A picture that a step lays on its own (reference §9).
package struct Layer: Hashable, Sendable {
    package var content: LayerContent
    /// What is done to the content before it is laid down; layers among it lie on this one.
    package var stages: [Stage]
    package var placement: LayerPlacement
    package var mode: LayerMode
}

package enum LayerContent: Hashable, Sendable {
    /// A picture of the account, fetched like an original, or the page or frame of it with that number, from 1.
    case image(LayerInput, page: Int?)
    /// `ik_canvas`: a plain area.
    case block(ColourBlock)
    case text(TextBlock)

    /// What has to be fetched for it.
    package var input: LayerInput? {
        switch self {
        case .image(let input, _): input
        case .block: nil
        case .text(let text): text.font.input
        }
    }
}

/// How a layer and what lies below it become one (reference §9.3).
package enum LayerMode: String, Hashable, Sendable, CaseIterable {
    /// The layer covers what lies below.
    case over
    /// Channels are multiplied: never lighter than what lies below.
    case multiply
    /// What lies below is kept only where the layer is opaque; its size stays.
    case cutter
    /// What lies below becomes transparent where the layer is opaque.
    case cutout
    /// What lies below is moved, by the layer's red to the side and by its green up or down, at most as far as `lx` and
    /// `ly` say. The layer is stretched over all of it.
    case displace
}

/// An area of one colour (reference §9.6).
package struct ColourBlock: Hashable, Sendable {
    /// nil: as wide as what it is laid on.
    package var width: Length?
    package var height: Length?
    /// nil: transparent.
    package var colour: Colour?

    /// - Parameter context: whose `base` is what the block is laid on.
    /// - Throws: `undefinedExpression`, `limitExceeded`.
    package func size(in context: ExpressionContext, limits: OutputLimits) throws(TransformationError) -> Size {
        let base = context.base ?? context.current
        let size = Size(
            width: wholePixels(try width?.pixels("w", of: base.width, in: context) ?? Double(base.width)),
            height: wholePixels(try height?.pixels("h", of: base.height, in: context) ?? Double(base.height)))
        try limits.check(size)
        return size
    }
}
