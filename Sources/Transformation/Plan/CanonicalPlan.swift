extension Plan {
    /// The one text of this plan: output first, then in the URL's own language page and default image, if they are named,
    /// and the steps, parameters in a fixed order.
    ///
    /// `f-auto_webp,q-80:w-300,h-200,cm-extract:rt-90`
    package var canonical: String {
        let input = [page.map { "pg-\($0)" }, defaultImage.map { "di-\($0.reference)" }].compactMap(\.self)
        let head = output.canonical + (input.isEmpty ? "" : ":" + input.joined(separator: ","))
        return stages.reduce(into: head) { text, stage in
            text += ":"
            text += stage.canonical
        }
    }

    /// Longer texts are not plans.
    private static let maximumCanonicalBytes = 65_536
    /// More steps than any configuration asks for.
    private static let maximumCanonicalSteps = 1_000
    /// Deeper `if` blocks than any transformation may have, those of named ones inside them too.
    private static let maximumCanonicalNesting = 10

    /// Reads what `canonical` wrote; every other text is refused with `notCanonical`.
    package init(canonical text: String) throws(TransformationError) {
        var limits = TransformationLimits()
        limits.textBytes = Self.maximumCanonicalBytes
        limits.steps = Self.maximumCanonicalSteps
        limits.nesting = Self.maximumCanonicalNesting
        limits.layers = Self.maximumCanonicalSteps
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1)
        guard let first = parts.first, let output = Output(canonical: String(Substring(first))) else {
            throw .notCanonical
        }
        let rules = TransformationRules(limits: limits)
        let steps = parts.count > 1 ? [String(Substring(parts[1]))] : []
        guard case .variant(let plan) = try Transformation(steps, rules: rules).resolve() else { throw .notCanonical }
        self.init(stages: plan.stages, output: output, page: plan.page, defaultImage: plan.defaultImage)
        guard canonical == text else { throw .notCanonical }
    }
}

extension Output {
    fileprivate var canonical: String {
        let word =
            switch format {
            case .fixed(let format): format.rawValue
            case .source: "orig"
            case .auto(let accepted):
                "auto" + (accepted.contains(.avif) ? "_avif" : "") + (accepted.contains(.webp) ? "_webp" : "")
            }
        var items = ["f-\(word)", "q-\(quality)"]
        if isLossless { items.append("lo-true") }
        if isProgressive { items.append("pr-true") }
        if keepsProfile { items.append("cp-true") }
        if keepsMetadata { items.append("md-true") }
        if let density { items.append("dn-" + density.canonical) }
        return items.joined(separator: ",")
    }

    fileprivate init?(canonical text: String) {
        let items = text.utf8.split(separator: UInt8(ascii: ","), maxSplits: 9).map { String(Substring($0)) }
        guard items.count >= 2, items[0].hasPrefix("f-"), items[1].hasPrefix("q-"),
            let format = Format(canonical: String(items[0].dropFirst(2))), let quality = Int(items[1].dropFirst(2)),
            (1...100).contains(quality)
        else { return nil }
        self.init(format: format, quality: quality)
        // That they stand in their order is seen when the plan is written again.
        for item in items.dropFirst(2) {
            switch item {
            case "lo-true": isLossless = true
            case "pr-true": isProgressive = true
            case "cp-true": keepsProfile = true
            case "md-true": keepsMetadata = true
            default:
                guard item.hasPrefix("dn-"), let density = Density(Substring(item.dropFirst(3)).utf8) else {
                    return nil
                }
                self.density = density
            }
        }
    }
}

extension Output.Format {
    fileprivate init?(canonical word: String) {
        switch word {
        case "auto": self = .auto(accepting: [])
        case "auto_avif": self = .auto(accepting: .avif)
        case "auto_webp": self = .auto(accepting: .webp)
        case "auto_avif_webp": self = .auto(accepting: [.avif, .webp])
        case "svg": self = .fixed(.svg)
        default:
            guard let choice = FormatChoice(word) else { return nil }
            self = choice.output(accepting: [])
        }
    }
}

extension Step {
    /// Never empty for a step that does something.
    package var canonical: String {
        var items = trim.map { ["t-\($0)"] } ?? []
        items += resize?.canonicalItems ?? []
        if let background { items.append("bg-" + background.canonical) }
        if let computedBackground { items.append("bg-" + computedBackground.canonical) }
        if let replacement { items.append("cr-" + replacement.canonical) }
        if isGrayscale { items.append("e-grayscale") }
        if stretchesContrast { items.append("e-contrast") }
        if let tint { items.append("e-colorize", tint.canonical) }
        if let blur { items.append("bl-" + blur.canonical) }
        if let sharpening {
            items.append("e-sharpen", sharpening == Self.standardSharpening ? "" : sharpening.canonical)
        }
        if let unsharpMask { items.append("e-usm-" + unsharpMask.canonical) }
        if let gradient { items.append("e-gradient", gradient.canonical) }
        if let distortion { items.append("e-distort-" + distortion.canonical) }
        if let radius { items.append("r-" + radius.canonical) }
        if let border { items.append("b-" + border.canonical) }
        if let flip { items.append("fl-" + flip.canonical) }
        if let rotation { items.append("rt-" + rotation.canonical) }
        if let shadow { items.append("e-shadow", shadow.canonical) }
        if let opacity { items.append("o-\(opacity)") }
        items += layers.map(\.canonical)
        return items.joined(separator: ",")
    }
}

extension [String] {
    /// An effect with its arguments, or its bare name where they are empty.
    fileprivate mutating func append(_ effect: String, _ arguments: String) {
        append(arguments.isEmpty ? effect : effect + "-" + arguments)
    }
}

extension Resize {
    fileprivate var canonicalItems: [String] {
        var items: [String] = []
        if let width { items.append("w-" + width.canonical) }
        if let height { items.append("h-" + height.canonical) }
        if let ratio { items.append("ar-" + ratio.canonical) }
        if strategy != .maintainRatio { items.append(strategy.key + "-" + strategy.rawValue) }
        if seeksAttention { items += zoom.map { ["fo-face", "z-" + $0.canonical] } ?? ["fo-auto"] }
        if focus != .centre { items.append("fo-" + focus.canonical) }
        if let horizontal { items.append(horizontal.canonical(edge: "x", centre: "xc")) }
        if let vertical { items.append(vertical.canonical(edge: "y", centre: "yc")) }
        if let pixelRatio { items.append("dpr-" + pixelRatio.canonical) }
        return items
    }
}

extension WindowPosition {
    fileprivate func canonical(edge: String, centre: String) -> String {
        switch self {
        case .edge(let expression): edge + "-" + expression.canonical
        case .centre(let expression): centre + "-" + expression.canonical
        }
    }
}
