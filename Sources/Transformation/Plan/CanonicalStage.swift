extension Stage {
    package var canonical: String {
        switch self {
        case .step(let step): step.canonical
        case .conditional(let block): block.canonical
        }
    }
}

extension ConditionalStage {
    /// Stands where a branch that must be written does nothing.
    private static let nothing = "rt-0"

    fileprivate var canonical: String {
        let consequence = consequence.canonical
        var text = "if-\(condition.canonical),\(consequence.isEmpty ? Self.nothing : consequence)"
        if !alternative.isEmpty { text += ",if-else,\(alternative.canonical)" }
        return text + ",if-end"
    }
}

extension Branch {
    fileprivate var canonical: String {
        let parameters = output.canonical
        return ((parameters.isEmpty ? [] : [parameters]) + stages.map(\.canonical)).joined(separator: ":")
    }
}

extension OutputParameters {
    /// What they say of the output, without page and default image.
    var canonical: String {
        var items = ParameterText()
        if let format { items.append("f-", format.canonical) }
        if let quality { items.append("q-", String(quality)) }
        for item in OutputSwitch.allCases {
            if let isOn = switches[item] { items.append(item.rawValue, isOn ? "-true" : "-false") }
        }
        if let density { items.append("dn-", density.canonical) }
        return items.text
    }
}

extension FormatChoice {
    var canonical: String {
        switch self {
        case .auto: "auto"
        case .source: "orig"
        case .fixed(let format): format.rawValue
        }
    }
}
