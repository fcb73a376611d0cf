/// Turns steps of the syntax tree into typed ones, by the parameter table.
struct PartReader {
    let rules: TransformationRules
    /// Whether what is not available yet is passed over instead of refused.
    var skipsUnavailable = false

    /// - Parameter isConditional: whether the chain is a branch of an `if` block.
    func read(
        _ chain: Syntax.Chain, isConditional: Bool = false
    ) throws(TransformationError) -> [Transformation.Part] {
        var parts: [Transformation.Part] = []
        parts.reserveCapacity(chain.count)
        for step in chain {
            switch step {
            case .items(let items): parts.append(.step(try read(items, isConditional: isConditional)))
            case .condition(let block):
                parts.append(
                    .condition(
                        block.condition, consequence: try read(block.consequence, isConditional: true),
                        alternative: try read(block.alternative ?? [], isConditional: true)))
            }
        }
        return parts
    }

    private func read(_ items: [Syntax.Item], isConditional: Bool) throws(TransformationError) -> StepDraft {
        var draft = StepDraft()
        for item in items {
            switch item {
            case .layer(let layer): try refuse("l-\(layer.kind.rawValue)")
            case .parameter(let parameter):
                if isConditional, ParameterTable.unconditional.contains(parameter.key) {
                    throw .conditional(parameter: parameter.key)
                }
                try read(parameter, into: &draft)
            }
        }
        return draft
    }

    private func read(_ parameter: Syntax.Parameter, into draft: inout StepDraft) throws(TransformationError) {
        guard let declaration = ParameterTable.declaration(of: parameter.key) else {
            if ParameterTable.obsoleteOverlays.contains(parameter.key) {
                throw .obsoleteOverlay(parameter: parameter.key)
            }
            if rules.unknownParameters == .ignore { return }
            throw .unknownParameter(parameter.key)
        }
        guard declaration.places.contains(.step) else { throw .misplaced(parameter: parameter.key) }
        do {
            try declaration.read(parameter.value, &draft)
        } catch {
            switch error {
            case .invalid:
                throw .invalidValue(
                    parameter: parameter.key, value: parameter.value ?? "", allowed: declaration.allowed)
            case .notAvailable where declaration.availability == .now:
                try refuse(parameter.key + "-" + (parameter.value ?? ""))
            case .notAvailable:
                try refuse(parameter.key)
            }
        }
    }

    private func refuse(_ parameter: String) throws(TransformationError) {
        if !skipsUnavailable { throw .notAvailable(parameter: parameter) }
    }
}
