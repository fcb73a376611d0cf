import TextEncodings

extension Layer {
    /// As the URL writes it: what the layer is first, then what is done to it, in steps of their own.
    var canonical: String {
        let head = [
            content.canonicalItems(trims: stages.contains(where: \.mayTrim)), placement.canonicalItems, modeItems,
        ]
        let chain = [head.joined().joined(separator: ",")] + stages.map(\.canonical)
        return "l-\(content.kind),\(chain.joined(separator: ":")),l-end"
    }

    private var modeItems: [String] { mode == .over ? [] : ["lm-" + mode.rawValue] }
}

extension LayerContent {
    fileprivate var kind: String {
        switch self {
        case .image, .block: Syntax.Layer.Kind.image.rawValue
        case .text: Syntax.Layer.Kind.text.rawValue
        }
    }

    /// - Parameter trims: whether a step says how the picture is trimmed, so that nothing needs to be said of it here.
    fileprivate func canonicalItems(trims: Bool) -> [String] {
        switch self {
        case .image(let input, let page):
            ["ie-" + Self.encoded(input.path.reference)] + (page.map { ["pg-\($0)"] } ?? [])
                + (trims ? [] : ["t-false"])
        case .block(let block): ["i-" + PartReader.canvas] + block.canonicalItems
        case .text(let text): ["ie-" + Self.encoded(text.text)] + text.canonicalItems
        }
    }

    private static func encoded(_ text: String) -> String { Base64.encoded(Array(text.utf8), .urlSafe) }
}

extension ColourBlock {
    fileprivate var canonicalItems: [String] {
        [width.map { "w-" + $0.canonical }, height.map { "h-" + $0.canonical }, colour.map { "bg-" + $0.canonical }]
            .compactMap(\.self)
    }
}

extension TextBlock {
    fileprivate var canonicalItems: [String] {
        var items: [String] = []
        if let name = font.canonical { items.append("ff-" + name) }
        if size != Self.standardSize { items.append("fs-" + size.canonical) }
        if colour != .black { items.append("co-" + colour.canonical) }
        if alignment != .center { items.append("ia-" + alignment.rawValue) }
        if let width { items.append("w-" + width.canonical) }
        if padding != .none { items.append("pa-" + padding.canonical) }
        if let lineHeight { items.append("lh-" + lineHeight.canonical) }
        let styles = [isBold ? "b" : nil, isItalic ? "i" : nil, isStruckThrough ? "strikethrough" : nil]
        if isBold || isItalic || isStruckThrough {
            items.append("tg-" + styles.compactMap(\.self).joined(separator: "_"))
        }
        if let background { items.append("bg-" + background.canonical) }
        return items
    }
}

extension LayerPlacement {
    fileprivate var canonicalItems: [String] {
        if case .flush(let across) = horizontal, case .flush(let down) = vertical {
            let focus = Focus(horizontal: across, vertical: down)
            return focus == .centre ? [] : ["lfo-" + focus.canonical]
        }
        return [
            horizontal.canonical("lx", "lxc"), vertical.canonical("ly", "lyc"), anchor.map { "lap-" + $0.canonical },
        ]
        .compactMap(\.self)
    }
}

extension LayerPlacement.Axis {
    fileprivate func canonical(_ edge: String, _ centre: String) -> String? {
        switch self {
        case .flush: nil
        case .edge(let offset): edge + "-" + offset.canonical
        case .centre(let offset): centre + "-" + offset.canonical
        }
    }
}
