/// Puts together what a transformation means for one request: named ones expanded, hints applied, nothings dropped.
struct PlanResolver {
    let named: [String: String]
    let rules: TransformationRules
    let hints: ClientHints
    /// Those that were read already.
    private var stored: [String: Transformation] = [:]
    /// Steps so far, of all branches.
    private var count = 0

    init(named: [String: String], rules: TransformationRules, hints: ClientHints) {
        self.named = named
        self.rules = rules
        self.hints = hints
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
                branch.append(Step(draft.applying(hints)))
                branch.name(draft.output)
            case .condition(let condition, let consequence, let alternative):
                branch.append(
                    ConditionalStage(
                        condition: condition, consequence: try self.branch(consequence),
                        alternative: try self.branch(alternative)))
            }
        }
        return branch
    }

    private mutating func chain(named name: String) throws(TransformationError) -> Branch {
        let transformation = try expand(name)
        // At the top of the chain it was found before.
        if transformation.isOriginal { throw .conditional(parameter: "orig") }
        return try branch(transformation.parts)
    }

    private mutating func expand(_ name: String) throws(TransformationError) -> Transformation {
        if let known = stored[name] { return known }
        guard let text = named[name] else { throw .unknownNamedTransformation(name) }
        let transformation = try Transformation([text], rules: rules)
        try transformation.refuseNames()
        stored[name] = transformation
        return transformation
    }

    /// Only one branch runs, but all of them are read, kept and sent.
    private mutating func checkCount() throws(TransformationError) {
        count += 1
        let maximum = max(rules.limits.steps, rules.limits.branchedSteps)
        guard count <= maximum else { throw .limitExceeded(.branchedSteps, maximum: maximum) }
    }
}
