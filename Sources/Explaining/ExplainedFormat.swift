package import Transformation

/// Which format a plan's picture gets, as far as that is known before it is made, and why.
package struct ExplainedFormat: Equatable, Sendable {
    package enum Authority: String, Sendable {
        case url = "f in the URL"
        case thumbnail = "ik-thumbnail.jpg in the URL"
        case endpoint = "format of the URL endpoint"
    }

    /// `nil` where the original decides.
    package let chosen: ImageFormat?
    package let reason: String

    /// - Parameters:
    ///   - authority: who names the plan's own format.
    ///   - original: the original's own format, if that is known.
    ///   - keepsSVG: whether the URL endpoint leaves an SVG as it is where no format is named.
    package init(
        _ plan: Plan, by authority: Authority, original: ImageFormat? = nil, keepsSVG: Bool = true
    ) {
        let ofPlan = Self(plan.output.format, authority.rawValue, original, keepsSVG)
        if plan.stages.contains(where: \.namesFormat) {
            self.init(chosen: nil, reason: ofPlan.reason + "; a branch of an if block names another")
        } else if ofPlan.chosen == .jpeg, plan.output.format.isFree, !plan.stages.allSatisfy(\.keepsOpaque) {
            self.init(chosen: nil, reason: ofPlan.reason)
        } else {
            self = ofPlan
        }
    }

    private init(chosen: ImageFormat?, reason: String) {
        self.chosen = chosen
        self.reason = reason
    }

    private init(_ format: Output.Format, _ says: String, _ original: ImageFormat?, _ keepsSVG: Bool) {
        switch format {
        case .fixed(let fixed):
            chosen = fixed
            reason = "\(says) names it"
        case .source:
            chosen = original.flatMap { $0.isWritable || (keepsSVG && $0 == .svg) ? $0 : nil }
            reason = "\(says): that of the original, or the nearest that browsers show"
        case .auto where original == .svg && keepsSVG:
            chosen = .svg
            reason = "\(says) is auto, and an SVG stays as it is"
        case .auto(let accepted) where accepted.contains(.webp):
            chosen = .webp
            reason = "\(says) is auto and the client accepts WebP" + (keepsSVG && original == nil ? Self.exceptSVG : "")
        case .auto(let accepted) where accepted.contains(.avif):
            let isStill = original.map { [.jpeg, .png, .avif, .heic, .tiff].contains($0) } ?? false
            chosen = isStill ? .avif : nil
            reason = "\(says) is auto and the client accepts AVIF, not WebP: AVIF, or GIF for an animation"
        case .auto:
            chosen = original == .jpeg || original == .png ? original : nil
            reason =
                "\(says) is auto and the client accepts neither WebP nor AVIF: JPEG; PNG where the original is lossless or "
                + "the picture has transparency; GIF for an animation"
        }
    }

    private static let exceptSVG = "; an SVG stays as it is"
}

extension Output.Format {
    /// Whether it may change with what the steps make of the picture.
    fileprivate var isFree: Bool { if case .auto = self { true } else { false } }
}

extension Stage {
    fileprivate var namesFormat: Bool {
        guard case .conditional(let block) = self else { return false }
        return [block.consequence, block.alternative].contains {
            $0.output.format != nil || $0.stages.contains(where: \.namesFormat)
        }
    }

    /// Whether an opaque picture stays opaque for sure.
    fileprivate var keepsOpaque: Bool {
        switch self {
        case .step(let step): step.keepsOpaque
        case .conditional(let block):
            (block.consequence.stages + block.alternative.stages).allSatisfy(\.keepsOpaque)
        }
    }
}

extension Step {
    fileprivate var keepsOpaque: Bool {
        guard !layers.contains(where: { $0.mode == .cutter || $0.mode == .cutout }) else { return false }
        // All is laid on it in the end.
        if background?.opacity == 100 { return true }
        var rest = self
        (rest.trim, rest.resize, rest.flip, rest.computedBackground) = (nil, nil, nil, nil)
        (rest.isGrayscale, rest.stretchesContrast, rest.tint, rest.replacement) = (false, false, nil, nil)
        (rest.blur, rest.sharpening, rest.unsharpMask, rest.gradient, rest.shadow) = (nil, nil, nil, nil, nil)
        rest.layers = []
        if border?.colour.opacity == 100 { rest.border = nil }
        if let degrees = rotation?.whole, degrees % 90 == 0 { rest.rotation = nil }
        return rest.isEmpty
    }
}
