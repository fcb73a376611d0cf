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
    fileprivate var canonical: String {
        let items = [
            format.map { "f-" + $0.canonical }, quality.map { "q-\($0)" }, isLossless.map { "lo-\($0)" },
            isProgressive.map { "pr-\($0)" }, keepsProfile.map { "cp-\($0)" }, keepsMetadata.map { "md-\($0)" },
        ]
        return items.compactMap(\.self).joined(separator: ",")
    }
}

extension FormatChoice {
    fileprivate var canonical: String {
        switch self {
        case .auto: "auto"
        case .source: "orig"
        case .fixed(let format): format.rawValue
        }
    }
}
