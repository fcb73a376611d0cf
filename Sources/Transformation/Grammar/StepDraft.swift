/// What the parameters of one step said, before it is known what of it matters. A later parameter of the same name
/// replaces an earlier one.
struct StepDraft: Sendable {
    /// nil also where a value is to be ignored.
    var width: Length?
    /// `w-auto`
    var widthFollowsHint = false
    var height: Length?
    var ratio: AspectRatio?
    /// `c`
    var crop: ResizeStrategy?
    /// `cm`, which wins over `c`.
    var cropMode: ResizeStrategy?
    var focus: FocusRequest?
    var zoom: Number?
    var x: Expression?
    var y: Expression?
    var xCentre: Expression?
    var yCentre: Expression?
    var pixelRatio: Expression?
    /// `dpr-auto`
    var pixelRatioFollowsHint = false
    var background: Colour?
    /// Whether `bg` is a colour's name, on which `al` has no effect (reference §9.6).
    var backgroundIsName = false
    /// `bg` too: the later one of the two is the one that is not nil.
    var computedBackground: ComputedBackground?
    var isGrayscale = false
    var blur: Number?
    var radius: CornerRadii?
    var flip: Flip?
    var rotation: Number?
    var opacity: Int?
    var trim: Int?
    var replacement: ColourReplacement?
    var stretchesContrast = false
    var tint: Tint?
    var sharpening: Number?
    var unsharpMask: UnsharpMask?
    var gradient: GradientOverlay?
    var distortion: Distortion?
    var border: Border?
    var shadow: Shadow?
    /// In the order in which they are written, which is that in which they are laid down.
    var layers: [LayerPart] = []
    /// Where the step stands inside a layer: what is said of that layer up to here.
    var layer = LayerDraft()
    var output = OutputParameters()
    var named: String?
}

extension StepDraft {
    /// A parameter that makes a picture larger or smaller other than by `w` and `h` in pixels.
    var sizing: String? {
        let all: [(String, Bool)] = [
            ("ar", ratio != nil), ("dpr", pixelRatio != nil || pixelRatioFollowsHint), ("w", widthFollowsHint),
            ("c", crop != nil), ("cm", cropMode != nil), ("fo", focus != nil), ("z", zoom != nil), ("x", x != nil),
            ("y", y != nil), ("xc", xCentre != nil), ("yc", yCentre != nil),
        ]
        return all.first { $0.1 }?.0
    }

    /// With the parameters that they are the values of.
    var expressions: [(parameter: String, expression: Expression)] {
        func value(_ length: Length?) -> Expression? {
            if case .expression(let expression)? = length { expression } else { nil }
        }
        let all = [
            ("w", value(width)), ("h", value(height)), ("ar", ratio?.expression), ("x", x), ("y", y), ("xc", xCentre),
            ("yc", yCentre), ("dpr", pixelRatio), ("b", border?.width), ("e-gradient", gradient?.stop.expression),
        ]
        return all.compactMap { name, expression in expression.map { (name, $0) } }
    }
}

extension Step {
    /// The step that the parameters ask for, with everything dropped that does nothing.
    init(_ draft: StepDraft) {
        resize = Resize(draft)
        background = draft.background
        computedBackground = resize?.pads == true ? draft.computedBackground : nil
        setEffects(draft)
        isGrayscale = draft.isGrayscale
        blur = draft.blur.flatMap { $0 > Number(0) ? $0 : nil }
        radius = draft.radius.flatMap { $0.isZero ? nil : $0 }
        flip = draft.flip
        rotation = draft.rotation.flatMap { $0 == Number(0) ? nil : $0 }
        opacity = draft.opacity.flatMap { $0 < 100 ? $0 : nil }
        // The background under a translucent picture is opaque whatever its own opacity says (reference §5).
        if opacity != nil { background?.opacity = 100 }
    }
}
