/// Turns steps of the syntax tree into typed ones, by the parameter table.
struct PartReader {
    let rules: TransformationRules
    /// Whether what is not available yet is passed over instead of refused.
    var skipsUnavailable = false

    func read(_ chain: Syntax.Chain) throws(TransformationError) -> [Transformation.Part] {
        var nothing = LayerDraft()
        return try read(chain, in: .step, of: &nothing)
    }

    /// - Parameters:
    ///   - place: what the chain belongs to.
    ///   - layer: what is said of the layer that the chain belongs to.
    ///   - isConditional: whether the chain is a branch of an `if` block.
    func read(
        _ chain: Syntax.Chain, in place: ParameterDeclaration.Places, of layer: inout LayerDraft,
        isConditional: Bool = false
    ) throws(TransformationError) -> [Transformation.Part] {
        var parts: [Transformation.Part] = []
        parts.reserveCapacity(chain.count)
        for step in chain {
            switch step {
            case .items(let items):
                parts.append(.step(try read(items, in: place, of: &layer, isConditional: isConditional)))
            case .condition(let block):
                try rules.ladder.admit(Ladder.conditions)
                parts.append(
                    .condition(
                        block.condition,
                        consequence: try read(block.consequence, in: place, of: &layer, isConditional: true),
                        alternative: try read(block.alternative ?? [], in: place, of: &layer, isConditional: true)))
            }
        }
        return parts
    }

    private func read(
        _ items: [Syntax.Item], in place: ParameterDeclaration.Places, of layer: inout LayerDraft, isConditional: Bool
    ) throws(TransformationError) -> StepDraft {
        var draft = StepDraft()
        if place != .step { draft.layer = layer }
        for item in items {
            switch item {
            case .layer(let layer):
                // Texts are leaves (reference §9.1).
                guard place != .textLayer else {
                    throw .misplaced(parameter: "l-" + layer.kind.rawValue, allowed: [.step, .imageLayer])
                }
                try rules.ladder.admit(Ladder.layers)
                if let part = try read(layer) { draft.layers.append(part) }
            case .parameter(let parameter):
                if isConditional, ParameterTable.unconditional.contains(parameter.key) {
                    throw .conditional(parameter: parameter.key)
                }
                try read(parameter, in: place, isConditional: isConditional, into: &draft)
            }
        }
        if place == .step { try refuseBase(in: draft) } else { layer = draft.layer }
        return draft
    }

    /// There is nothing below the picture itself.
    private func refuseBase(in draft: StepDraft) throws(TransformationError) {
        guard let (parameter, expression) = draft.expressions.first(where: { $0.expression.namesBase }) else { return }
        let allowed = ParameterTable.declaration(of: parameter)?.allowed ?? ""
        throw .invalidValue(
            parameter: parameter, value: expression.canonical, allowed: allowed + "; bw, bh and bar inside layers only")
    }

    private func read(
        _ parameter: Syntax.Parameter, in place: ParameterDeclaration.Places, isConditional: Bool,
        into draft: inout StepDraft
    ) throws(TransformationError) {
        guard let declaration = ParameterTable.declaration(of: parameter.key) else {
            if ParameterTable.obsoleteOverlays.contains(parameter.key) {
                throw .obsoleteOverlay(parameter: parameter.key)
            }
            if rules.unknownParameters == .ignore { return }
            throw .unknownParameter(parameter.key)
        }
        guard declaration.places.contains(place) else {
            throw .misplaced(parameter: parameter.key, allowed: declaration.places)
        }
        try rules.ladder.admit(parameter.key)
        if isConditional, !declaration.places.contains(.step) { throw .conditional(parameter: parameter.key) }
        do {
            try declaration.read(parameter.value, &draft)
        } catch {
            switch error {
            case .invalid where Expression.hasTooManyOperators(parameter.value ?? ""):
                throw .limitExceeded(.operators, maximum: Expression.maximumOperators)
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

    func refuse(_ parameter: String) throws(TransformationError) {
        if !skipsUnavailable { throw .notAvailable(parameter: parameter) }
    }
}
