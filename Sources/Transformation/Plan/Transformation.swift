/// How a transformation is read.
package struct TransformationRules: Hashable, Sendable {
    package enum UnknownParameters: Hashable, Sendable {
        case reject, ignore
    }

    package var limits: TransformationLimits
    package var unknownParameters: UnknownParameters
    /// What the request may ask for; what is stored under names is not bound by it.
    package var ladder: Ladder

    package init(
        limits: TransformationLimits = TransformationLimits(), unknownParameters: UnknownParameters = .reject,
        ladder: Ladder = Ladder()
    ) {
        self.limits = limits
        self.unknownParameters = unknownParameters
        self.ladder = ladder
    }

    /// Of what the owner has stored.
    var ofStored: TransformationRules {
        TransformationRules(limits: limits, unknownParameters: unknownParameters)
    }
}

/// A transformation whose parameters have been read, not yet resolved for a request.
package struct Transformation: Sendable {
    /// One step of the URL. Large, so that it is kept apart and not copied with every look at it.
    indirect enum Part: Sendable {
        /// A named chain, parameters, or both.
        case step(StepDraft)
        case condition(Condition, consequence: [Part], alternative: [Part])
    }

    /// Whether `orig-true` is named, which makes every other parameter meaningless.
    package let isOriginal: Bool
    /// Whether nothing at all is asked for.
    package let isEmpty: Bool
    /// Whether the request consists of named transformations and nothing else.
    package let isOnlyNamed: Bool

    let parts: [Part]
    private let rules: TransformationRules

    /// Reads decoded texts that follow one another, as a `DeliveryURL` hands them out.
    package init(_ texts: [String], rules: TransformationRules = TransformationRules()) throws(TransformationError) {
        var chain: Syntax.Chain = []
        for text in texts {
            chain += try SyntaxParser.parse(text, limits: rules.limits)
        }
        try self.init(chain, reader: PartReader(rules: rules))
    }

    /// Reads a chain that was parsed before.
    package init(
        _ chain: Syntax.Chain, rules: TransformationRules = TransformationRules()
    ) throws(TransformationError) {
        try self.init(chain, reader: PartReader(rules: rules))
    }

    private init(_ chain: Syntax.Chain, reader: PartReader) throws(TransformationError) {
        rules = reader.rules
        isEmpty = chain.isEmpty
        isOriginal = chain.contains(where: \.asksForOriginal)
        if isOriginal { try rules.ladder.admit("orig") }
        isOnlyNamed = !chain.isEmpty && chain.allSatisfy(\.isNamed)
        parts = isOriginal ? [] : try reader.read(chain)
        if !isOriginal { try rules.ladder.admit(stepsOf: chain) }
        guard parts.count <= rules.limits.steps else { throw .limitExceeded(.steps, maximum: rules.limits.steps) }
    }

    /// Checks a stored transformation where it is defined: it must be readable and must not name another one.
    /// What is only not available yet passes, and is refused when it is used.
    package static func validate(
        named text: String, rules: TransformationRules = TransformationRules()
    ) throws(TransformationError) {
        let stored = try Transformation(
            SyntaxParser.parse(text, limits: rules.limits), reader: PartReader(rules: rules, skipsUnavailable: true))
        guard !stored.isEmpty else { throw .syntax(.emptyItem, near: text) }
        try stored.refuseNames()
    }

    /// Expands named transformations and applies what the URL leaves open.
    ///
    /// - Parameters:
    ///   - named: the account's named transformations.
    ///   - accepted: the modern formats that the client accepts; only they matter where the format is automatic.
    ///   - hints: of the client's screen, for `w-auto` and `dpr-auto`.
    package func resolve(
        named: [String: String] = [:], defaults: OutputDefaults = OutputDefaults(),
        accepting accepted: AcceptedFormats = [], hints: ClientHints = ClientHints()
    ) throws(TransformationError) -> Resolution {
        if isOriginal { return .original }
        var resolver = PlanResolver(named: named, rules: rules, hints: hints)
        if try resolver.asksForOriginal(parts) { return .original }
        let chain = try resolver.branch(parts)
        guard chain.longestPath <= rules.limits.steps else {
            throw .limitExceeded(.steps, maximum: rules.limits.steps)
        }
        let output = Output(chain.output, stages: chain.stages, defaults: defaults, accepting: accepted)
        let plan = Plan(
            stages: chain.stages, output: output, page: chain.output.page ?? defaults.page,
            defaultImage: chain.output.defaultImage)
        guard plan.canonical.utf8.count <= Plan.maximumCanonicalBytes else {
            throw .limitExceeded(.textBytes, maximum: Plan.maximumCanonicalBytes)
        }
        return .variant(plan)
    }

    /// The client hints that an answer depends on; a name that is not known counts as none.
    package func hints(named: [String: String] = [:]) -> ClientHints.Kinds {
        var kinds: ClientHints.Kinds = []
        parts.forEachDraft { draft in
            kinds.formUnion(draft.hints)
            guard let text = draft.named.flatMap({ named[$0] }) else { return }
            let stored = try? Transformation([text], rules: rules.ofStored)
            stored?.parts.forEachDraft { kinds.formUnion($0.hints) }
        }
        return kinds
    }

    /// Whether it says in which format the picture is made, so that the URL endpoint's own does not count; a name that is
    /// not known says nothing. What only a branch names is not counted: the other one has the endpoint's.
    package func namesFormat(named: [String: String] = [:]) -> Bool {
        isOriginal
            || parts.contains { part in
                guard case .step(let draft) = part else { return false }
                if draft.output.format != nil { return true }
                guard let text = draft.named.flatMap({ named[$0] }) else { return false }
                let stored = try? Transformation([text], rules: rules.ofStored)
                // A stored one names no other.
                return stored?.namesFormat() ?? false
            }
    }

    func refuseNames() throws(TransformationError) {
        var name: String?
        parts.forEachDraft { name = name ?? $0.named }
        if let name { throw .nestedNamedTransformation(name) }
    }
}

extension [Transformation.Part] {
    /// Every step, those of all branches and layers too.
    fileprivate func forEachDraft(_ body: (StepDraft) -> Void) {
        for part in self {
            switch part {
            case .step(let draft):
                body(draft)
                for layer in draft.layers { layer.parts.forEachDraft(body) }
            case .condition(_, let consequence, let alternative):
                consequence.forEachDraft(body)
                alternative.forEachDraft(body)
            }
        }
    }
}

extension Syntax.Step {
    fileprivate var asksForOriginal: Bool {
        guard case .items(let items) = self else { return false }
        return items.contains(.parameter(Syntax.Parameter(key: "orig", value: "true")))
    }

    fileprivate var isNamed: Bool {
        guard case .items(let items) = self, items.count == 1, case .parameter(let parameter) = items[0] else {
            return false
        }
        return parameter.key == "n"
    }
}
