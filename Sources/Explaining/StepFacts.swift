import Transformation

/// What a transformation's text says, step by step, in the words of the parameter table.
struct StepFacts {
    let named: [String: String]
    let rules: TransformationRules
    let hints: ClientHints

    /// The steps of a chain that was parsed, those of branches and layers inside them. As deep as the parser lets them be.
    ///
    /// - Parameter expands: whether the text of a named transformation is shown below its name; it cannot name another.
    func steps(_ chain: Syntax.Chain, expands: Bool = true, areWhole: Bool = true) -> Fact {
        .list(
            chain.map { step in
                var fields = self.fields(of: step, expands: expands)
                if areWhole { fields.append(Fact.Field("canonical", canonical(step))) }
                return .fields(fields)
            })
    }

    private func fields(of step: Syntax.Step, expands: Bool) -> [Fact.Field] {
        switch step {
        case .items(let items):
            return [Fact.Field("parameters", .list(items.map { fact(of: $0, expands: expands) }))]
        case .condition(let block):
            return [
                Fact.Field("condition", .text(block.condition.canonical)),
                Fact.Field("consequence", steps(block.consequence, expands: expands)),
                Fact.Field("alternative", steps(block.alternative ?? [], expands: expands)),
            ]
        }
    }

    private func fact(of item: Syntax.Item, expands: Bool) -> Fact {
        switch item {
        case .layer(let layer):
            // A step of a layer means nothing by itself.
            return .fields(
                Fact.Field("layer", .text(layer.kind.rawValue)),
                Fact.Field("steps", steps(layer.chain, expands: expands, areWhole: false)))
        case .parameter(let parameter):
            let declaration = ParameterTable.declaration(of: parameter.key)
            let shown = Self.shown(parameter)
            var fields = [
                Fact.Field("name", .text(parameter.key)),
                Fact.Field("value", ifKnown: shown.value),
                Fact.Field("summary", .text(declaration?.summary ?? Self.unknown)),
            ].compactMap(\.self)
            if expands, parameter.key == "n", let name = parameter.value { fields += expansion(of: name) }
            return .described(
                Self.line(shown, declaration, text: expands ? named[parameter.value ?? ""] : nil), .fields(fields))
        }
    }

    /// With the value as it may be shown.
    private static func shown(_ parameter: Syntax.Parameter) -> Syntax.Parameter {
        guard let value = parameter.value else { return parameter }
        let item = SecretAddress.withoutInputs("\(parameter.key)-\(value)")
        return Syntax.Parameter(key: parameter.key, value: String(item.dropFirst(parameter.key.count + 1)))
    }

    /// `w-300 (Width)`
    private static func line(_ parameter: Syntax.Parameter, _ declaration: ParameterDeclaration?, text: String?)
        -> String
    {
        let spelled = parameter.key + (parameter.value.map { "-" + $0 } ?? "")
        let isNamed = parameter.key == "n"
        return "\(spelled) (\(declaration?.summary ?? unknown))" + (isNamed ? text.map { ": " + $0 } ?? "" : "")
    }

    private static let unknown = "Not a parameter of the URL language"

    /// What is stored under a name.
    private func expansion(of name: String) -> [Fact.Field] {
        guard let text = named[name] else { return [] }
        let chain = try? Syntax.parse(text, limits: rules.limits)
        return [
            Fact.Field("text", .text(text)),
            Fact.Field("steps", ifKnown: chain.map { steps($0, expands: false) }),
        ].compactMap(\.self)
    }

    /// What a step becomes in a plan: several where it names some, none where it does nothing or says only how the
    /// picture is encoded. Unknown for what is refused.
    private func canonical(_ step: Syntax.Step) -> Fact {
        guard let transformation = try? Transformation([step], rules: rules),
            let resolution = try? transformation.resolve(named: named, hints: hints)
        else { return .unknown }
        switch resolution {
        case .original: return .text(resolution.canonical)
        case .variant(let plan): return .text(plan.stages.map(\.canonical).joined(separator: ":"))
        }
    }
}
