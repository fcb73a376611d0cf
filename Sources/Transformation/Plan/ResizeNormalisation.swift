extension Resize {
    /// The factors that `dpr` allows.
    static let pixelRatioRange = 0.1...5.0

    /// The resize that a step's parameters ask for, normalised; nil if neither width nor height is requested.
    init?(_ draft: StepDraft) {
        guard draft.width != nil || draft.height != nil else { return nil }
        width = draft.width
        height = draft.height
        ratio = width == nil || height == nil ? draft.ratio : nil
        strategy = draft.cropMode ?? draft.crop ?? .maintainRatio
        focus = .centre
        switch draft.focus {
        case .position(let position)?: focus = position
        case .attention?: seeksAttention = true
        case .subject?:
            seeksAttention = true
            zoom = draft.zoom.flatMap { $0 > Number(1) ? $0 : nil }
        case nil: break
        }
        horizontal = draft.x.map { .edge($0) } ?? draft.xCentre.map { .centre($0) }
        vertical = draft.y.map { .edge($0) } ?? draft.yCentre.map { .centre($0) }
        pixelRatio = draft.pixelRatio?.number == Number(1) ? nil : draft.pixelRatio
        foldLiterals()
        dropUnusedStrategy()
        dropUnusedPosition()
    }

    /// Turns literal sizes with a literal ratio or factor into the pixels that they are worth.
    private mutating func foldLiterals() {
        guard let widthPixels = Self.literal(width), let heightPixels = Self.literal(height) else { return }
        var fixedRatio: (width: Double, height: Double)?
        switch ratio {
        case .fixed(let width, let height)?: fixedRatio = (Double(width), Double(height))
        case .expression?: return
        case nil: break
        }
        guard pixelRatio == nil || pixelRatio?.number != nil else { return }
        let requested = RequestedSize(
            width: widthPixels.pixels, height: heightPixels.pixels, ratio: fixedRatio,
            factor: pixelRatio?.number?.value ?? 1)
        let sides = (requested.width.map(wholePixels), requested.height.map(wholePixels))
        guard max(sides.0 ?? 1, sides.1 ?? 1) <= OutputLimits.maximumSide else { return }
        (width, height) = (sides.0.map { .pixels($0) }, sides.1.map { .pixels($0) })
        (ratio, pixelRatio) = (nil, nil)
    }

    private struct Literal {
        /// nil where nothing is requested.
        let pixels: Double?
    }

    private static func literal(_ length: Length?) -> Literal? {
        switch length {
        case nil: Literal(pixels: nil)
        case .pixels(let pixels)?: Literal(pixels: Double(pixels))
        case .fraction?, .expression?: nil
        }
    }

    /// With one dimension nothing is cropped, so that most strategies are the same.
    private mutating func dropUnusedStrategy() {
        guard ratio == nil, width == nil || height == nil else { return }
        switch strategy {
        case .maintainRatio, .force, .atMaxEnlarge, .atLeast, .padResize: strategy = .maintainRatio
        case .atMax, .maintainRatioNoEnlarge: strategy = .atMax
        case .padResizeNoEnlarge, .extract, .padExtract, .padExtractNoShrink: return
        }
        focus = .centre
        dropAttention()
    }

    private mutating func dropAttention() { (seeksAttention, zoom) = (false, nil) }

    private mutating func dropUnusedPosition() {
        switch strategy {
        case .extract:
            if horizontal != nil { focus.horizontal = .centre }
            if vertical != nil { focus.vertical = .centre }
            if horizontal != nil || vertical != nil { dropAttention() }
            return
        case .force, .atMax, .atMaxEnlarge, .atLeast:
            focus = .centre
            dropAttention()
        case .padResize, .padResizeNoEnlarge, .padExtractNoShrink: dropAttention()
        case .maintainRatioNoEnlarge, .padExtract: zoom = nil
        case .maintainRatio: break
        }
        (horizontal, vertical) = (nil, nil)
    }
}
