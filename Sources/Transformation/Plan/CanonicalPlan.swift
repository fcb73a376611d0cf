extension Plan {
    /// In the URL's own language, but for what was negotiated: the output, then page and default image, if they are
    /// named, then the steps, parameters in a fixed order.
    ///
    /// `f-auto_webp,q-80:w-300,h-200,cm-extract:rt-90`
    static func canonical(_ stages: [Stage], _ output: Output, _ page: Int?, _ defaultImage: ObjectPath?) -> String {
        var input = ParameterText()
        if let page { input.append("pg-", String(page)) }
        if let defaultImage { input.append("di-", defaultImage.reference) }
        var text = output.canonical
        if !input.text.isEmpty { text += ":" + input.text }
        for stage in stages {
            text += ":"
            text += stage.canonical
        }
        return text
    }

    /// Longer texts are not plans.
    static let maximumCanonicalBytes = 65_536

    private static let canonicalRules: TransformationRules = {
        var limits = TransformationLimits()
        limits.textBytes = maximumCanonicalBytes
        // More than any configuration asks for, and more than the text adds to them.
        limits.steps = 1_000
        limits.layers = 1_000
        limits.textLength = maximumCanonicalBytes
        // Deeper `if` blocks than any transformation may have, those of named ones inside them too.
        limits.nesting = 10
        return TransformationRules(limits: limits)
    }()

    /// Reads what `canonical` wrote; every other text is refused, with `notCanonical` where it means something.
    package init(canonical text: String) throws(TransformationError) {
        let (transformation, accepted) = AcceptedFormats.takingOut(of: text)
        let resolution = try Transformation([transformation], rules: Self.canonicalRules).resolve(accepting: accepted)
        guard case .variant(let plan) = resolution, plan.canonical == text else { throw .notCanonical }
        self = plan
    }
}

extension Output {
    fileprivate var canonical: String {
        var rest = OutputParameters()
        rest.quality = quality
        for item in switches { rest.switches[item] = true }
        rest.density = density
        return "f-\(format.canonical)," + rest.canonical
    }
}

extension Output.Format {
    fileprivate var canonical: String {
        switch self {
        case .fixed(let format): FormatChoice.fixed(format).canonical
        case .source: FormatChoice.source.canonical
        case .auto(let accepted): FormatChoice.auto.canonical + accepted.canonical
        }
    }
}

extension AcceptedFormats {
    fileprivate var canonical: String { (contains(.avif) ? "_avif" : "") + (contains(.webp) ? "_webp" : "") }

    /// A plan's text in the URL's language, which knows no `f-auto_webp`, and what was taken out of it for that.
    fileprivate static func takingOut(of text: String) -> (transformation: String, accepted: AcceptedFormats) {
        let automatic = "f-auto"
        for accepted: AcceptedFormats in [[.avif, .webp], .avif, .webp] {
            let negotiated = automatic + accepted.canonical
            if text.hasPrefix(negotiated) { return (automatic + text.dropFirst(negotiated.count), accepted) }
        }
        return (text, [])
    }
}

extension Step {
    /// Never empty for a step that does something.
    package var canonical: String {
        var items = ParameterText()
        if let trim { items.append("t-", String(trim)) }
        resize?.write(to: &items)
        if let background { items.append("bg-", background.canonical) }
        if let computedBackground { items.append("bg-", computedBackground.canonical) }
        if let replacement { items.append("cr-", replacement.canonical) }
        if isGrayscale { items.append("e-grayscale") }
        if stretchesContrast { items.append("e-contrast") }
        if let tint { items.append(effect: "e-colorize", tint.canonical) }
        if let blur { items.append("bl-", blur.canonical) }
        if let sharpening {
            items.append(effect: "e-sharpen", sharpening == Self.standardSharpening ? "" : sharpening.canonical)
        }
        if let unsharpMask { items.append("e-usm-", unsharpMask.canonical) }
        if let gradient { items.append(effect: "e-gradient", gradient.canonical) }
        if let distortion { items.append("e-distort-", distortion.canonical) }
        if let radius { items.append("r-", radius.canonical) }
        if let border { items.append("b-", border.canonical) }
        if let flip { items.append("fl-", flip.canonical) }
        if let rotation { items.append("rt-", rotation.canonical) }
        if let shadow { items.append(effect: "e-shadow", shadow.canonical) }
        if let opacity { items.append("o-", String(opacity)) }
        for layer in layers { items.append(layer.canonical) }
        return items.text
    }
}

extension Resize {
    fileprivate func write(to items: inout ParameterText) {
        if let width { items.append("w-", width.canonical) }
        if let height { items.append("h-", height.canonical) }
        if let ratio { items.append("ar-", ratio.canonical) }
        if strategy != .maintainRatio { items.append(strategy.key + "-", strategy.rawValue) }
        if seeksAttention { items.append(zoom == nil ? "fo-auto" : "fo-face") }
        if let zoom { items.append("z-", zoom.canonical) }
        if focus != .centre { items.append("fo-", focus.canonical) }
        horizontal?.write(to: &items, edge: "x-", centre: "xc-")
        vertical?.write(to: &items, edge: "y-", centre: "yc-")
        if let pixelRatio { items.append("dpr-", pixelRatio.canonical) }
    }
}

extension WindowPosition {
    fileprivate func write(to items: inout ParameterText, edge: String, centre: String) {
        switch self {
        case .edge(let expression): items.append(edge, expression.canonical)
        case .centre(let expression): items.append(centre, expression.canonical)
        }
    }
}
