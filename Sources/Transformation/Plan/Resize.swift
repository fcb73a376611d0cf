/// The size part of a step. At least one of `width` and `height` is given.
///
/// Made normalised: what cannot matter is at its default, so that equal meanings are equal values.
package struct Resize: Hashable, Sendable {
    package var width: Length?
    package var height: Length?
    /// Width ÷ height, where exactly one of them is given.
    package var ratio: AspectRatio?
    package var strategy: ResizeStrategy
    /// Which part is kept by a crop; where the picture lies on a canvas.
    package var focus: Focus
    /// Whether the crop keeps what draws the eye; `focus` is in the middle then.
    package var seeksAttention = false
    /// How much closer than the crop needs it, above 1; nil is 1. Only where `seeksAttention`.
    package var zoom: Number?
    /// Where the window of `.extract` lies.
    package var horizontal: WindowPosition?
    package var vertical: WindowPosition?
    /// Factor on width and height (`dpr`); nil is 1.
    package var pixelRatio: Expression?
}

extension Resize {
    var pads: Bool { strategy.pads }
}

/// How a picture is brought to the requested size (reference §4.3).
package enum ResizeStrategy: String, Hashable, Sendable, CaseIterable {
    case maintainRatio = "maintain_ratio"
    case maintainRatioNoEnlarge = "maintain_ratio_no_enlarge"
    case force
    case atMax = "at_max"
    case atMaxEnlarge = "at_max_enlarge"
    case atLeast = "at_least"
    case padResize = "pad_resize"
    case padResizeNoEnlarge = "pad_resize_no_enlarge"
    case extract
    case padExtract = "pad_extract"
    case padExtractNoShrink = "pad_extract_no_shrink"

    /// Whether the picture may be laid on a larger canvas.
    var pads: Bool {
        switch self {
        case .padResize, .padResizeNoEnlarge, .padExtract, .padExtractNoShrink: true
        case .maintainRatio, .maintainRatioNoEnlarge, .force, .atMax, .atMaxEnlarge, .atLeast, .extract: false
        }
    }

    /// The key under which the value is documented; either is accepted.
    var key: String {
        switch self {
        case .maintainRatio, .maintainRatioNoEnlarge, .force, .atMax, .atMaxEnlarge, .atLeast: "c"
        case .padResize, .padResizeNoEnlarge, .extract, .padExtract, .padExtractNoShrink: "cm"
        }
    }
}

/// Where the window of `cm-extract` lies on one axis.
package enum WindowPosition: Hashable, Sendable {
    /// Its left or top edge (`x`, `y`); kept inside the picture.
    case edge(Expression)
    /// Its centre (`xc`, `yc`); a window that leaves the picture is an error.
    case centre(Expression)
}
