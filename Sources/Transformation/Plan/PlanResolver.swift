/// Puts together what a transformation means for one request: named ones expanded, hints applied, nothings dropped.
struct PlanResolver {
    let named: [String: String]
    let rules: TransformationRules
    let hints: ClientHints
    /// What the steps are bound by that are read just now.
    private var ladder: Ladder
    /// Those that were read already.
    private var stored: [String: Transformation] = [:]
    /// Steps so far, of all branches.
    private var count = 0
    /// Layers so far, nested ones too.
    private var layerCount = 0

    init(named: [String: String], rules: TransformationRules, hints: ClientHints) {
        self.named = named
        self.rules = rules
        self.hints = hints
        ladder = rules.ladder
    }

    /// Whether one of the parts names a transformation that asks for the original.
    mutating func asksForOriginal(_ parts: [Transformation.Part]) throws(TransformationError) -> Bool {
        for case .step(let draft) in parts {
            if let name = draft.named, try expand(name).isOriginal { return true }
        }
        return false
    }

    mutating func branch(_ parts: [Transformation.Part]) throws(TransformationError) -> Branch {
        var branch = Branch()
        for part in parts {
            try checkCount()
            switch part {
            case .step(let draft):
                if let name = draft.named { branch.append(contentsOf: try chain(named: name)) }
                var step = Step(draft.applying(hints))
                step.resize = try step.resize.map { (resize) throws(TransformationError) in
                    try ladder.resize(resize, of: draft)
                }
                for part in draft.layers { step.layers.append(try layer(part)) }
                branch.append(step)
                branch.name(try ladder.output(draft.output))
            case .condition(let condition, let consequence, let alternative):
                let block = ConditionalStage(
                    condition: condition, consequence: try self.branch(consequence),
                    alternative: try self.branch(alternative))
                try block.consequence.refuseUnconditional()
                try block.alternative.refuseUnconditional()
                branch.append(block)
            }
        }
        return branch
    }

    private mutating func layer(_ part: LayerPart) throws(TransformationError) -> Layer {
        layerCount += 1
        guard layerCount <= rules.limits.layers else { throw .limitExceeded(.layers, maximum: rules.limits.layers) }
        return Layer(
            content: try ladder.content(part.content), stages: try branch(part.parts).stages,
            placement: part.placement, mode: part.mode)
    }

    private mutating func chain(named name: String) throws(TransformationError) -> Branch {
        let transformation = try expand(name)
        // At the top of the chain it was found before.
        if transformation.isOriginal { throw .conditional(parameter: "orig") }
        ladder = Ladder()
        defer { ladder = rules.ladder }
        return try branch(transformation.parts)
    }

    private mutating func expand(_ name: String) throws(TransformationError) -> Transformation {
        if let known = stored[name] { return known }
        guard let text = named[name] else { throw .unknownNamedTransformation(name) }
        let transformation = try Transformation([text], rules: rules.ofStored)
        try transformation.refuseNames()
        stored[name] = transformation
        return transformation
    }

    /// Only one branch runs, but all of them are read, kept and sent. What a layer begins with is counted as the layer.
    private mutating func checkCount() throws(TransformationError) {
        count += 1
        let maximum = max(rules.limits.steps, rules.limits.branchedSteps)
        guard count - layerCount <= maximum else { throw .limitExceeded(.branchedSteps, maximum: maximum) }
    }
}

extension Branch {
    /// What named transformations have brought into a branch without having been in one themselves.
    fileprivate func refuseUnconditional() throws(TransformationError) {
        if output.page != nil { throw .conditional(parameter: "pg") }
        if output.defaultImage != nil { throw .conditional(parameter: "di") }
        if output.density != nil { throw .conditional(parameter: "dn") }
    }
}
