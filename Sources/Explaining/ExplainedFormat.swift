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
        let keepsAwayAVIF = plan.sharpensByMask ? "e-usm" : plan.output.switches.contains(.profile) ? "cp-true" : nil
        let ofPlan = Choice(
            output: plan.output, original: original, isOnePage: plan.page != nil, keepsSVG: keepsSVG,
            keepsAwayAVIF: keepsAwayAVIF
        ).format(authority.rawValue)
        let isOpaque = plan.stages.allSatisfy(\.keepsOpaque)
        if ofPlan.chosen == .svg {
            // It goes out before any condition is looked at.
            self = ofPlan
        } else if plan.stages.contains(where: \.namesFormat) {
            self.init(chosen: nil, reason: ofPlan.reason + "; a branch of an if block names another")
        } else if ofPlan.mayLeaveAVIF(plan.output), plan.stages.contains(where: \.namesSwitch) {
            self.init(chosen: nil, reason: ofPlan.reason + "; a branch of an if block says lo or cp")
        } else if ofPlan.chosen == .jpeg, plan.output.format.isFree, !isOpaque {
            self.init(chosen: nil, reason: ofPlan.reason)
        } else {
            self = ofPlan
        }
    }

    fileprivate init(chosen: ImageFormat?, reason: String) {
        self.chosen = chosen
        self.reason = reason
    }

    /// Whether what a branch says of loss and of profiles may lead to another format.
    private func mayLeaveAVIF(_ output: Output) -> Bool { chosen == .avif || (output.format.isFree && chosen != .webp) }
}

/// The choice that a plan's own output makes (reference §8.1), as far as it is known before the steps have run.
private struct Choice {
    let output: Output
    let original: ImageFormat?
    /// Whether one page or frame is chosen, so that nothing is an animation.
    let isOnePage: Bool
    let keepsSVG: Bool
    /// What of the plan keeps AVIF away, as the URL writes it; `nil` for nothing.
    let keepsAwayAVIF: String?

    /// - Parameter says: who names the format.
    func format(_ says: String) -> ExplainedFormat {
        switch output.format {
        case .fixed(let fixed): ExplainedFormat(chosen: fixed, reason: "\(says) names it")
        case .source: ofSource(says)
        case .auto(let accepted): automatic(accepted, isAuto(says))
        }
    }

    private func isAuto(_ says: String) -> String {
        keepsAwayAVIF.map { "\(says) is auto or AVIF, which \($0) keeps away," } ?? "\(says) is auto"
    }

    private func ofSource(_ says: String) -> ExplainedFormat {
        let stays = original.map { $0.isWritable || (keepsSVG && $0 == .svg) } ?? false
        let nearest = "\(says): that of the original, or the nearest that browsers show"
        if let keepsAwayAVIF, original == .avif || original == nil {
            return ExplainedFormat(chosen: nil, reason: nearest + "; never AVIF because of \(keepsAwayAVIF)")
        }
        return ExplainedFormat(chosen: stays ? original : nil, reason: nearest)
    }

    private func automatic(_ accepted: AcceptedFormats, _ isAuto: String) -> ExplainedFormat {
        if original == .svg, keepsSVG {
            return ExplainedFormat(chosen: .svg, reason: "\(isAuto), and an SVG stays as it is")
        }
        if accepted.contains(.webp) {
            let except = keepsSVG && original == nil ? "; an SVG stays as it is" : ""
            return ExplainedFormat(chosen: .webp, reason: "\(isAuto) and the client accepts WebP" + except)
        }
        if output.switches.contains(.lossless) {
            return ExplainedFormat(
                chosen: isStill ? .png : nil,
                reason: "\(isAuto), lo-true, and the client accepts no WebP: PNG, or GIF for an animation")
        }
        if accepted.contains(.avif) {
            return ExplainedFormat(
                chosen: isStill ? .avif : nil,
                reason: "\(isAuto) and the client accepts AVIF, not WebP: AVIF, or GIF for an animation")
        }
        let isKnown = original == .jpeg || original == .png
        let isDrawn = isOnePage && original == .gif
        return ExplainedFormat(
            chosen: isKnown ? original : isDrawn ? .png : nil,
            reason: "\(isAuto) and the client accepts \(keepsAwayAVIF == nil ? "neither WebP nor AVIF" : "no WebP"): "
                + "JPEG; PNG where the original is lossless or the picture has transparency; GIF for an animation")
    }

    /// For sure.
    private var isStill: Bool {
        isOnePage || original.map { [.jpeg, .png, .avif, .heic, .tiff].contains($0) } ?? false
    }
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

    /// Whether a branch says something that an automatic choice heeds.
    fileprivate var namesSwitch: Bool {
        guard case .conditional(let block) = self else { return false }
        return [block.consequence, block.alternative].contains {
            $0.output.switches[.lossless] != nil || $0.output.switches[.profile] != nil
                || $0.stages.contains(where: \.namesSwitch)
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
