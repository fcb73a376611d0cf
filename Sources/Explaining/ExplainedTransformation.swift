package import Transformation

/// What a transformation means for one client: its steps as they were read, and the plan that they become.
package struct ExplainedTransformation: Sendable {
    /// What the account and the URL endpoint say of it.
    package struct Surroundings: Sendable {
        package var named: [String: String]
        package var defaults: OutputDefaults
        package var rules: TransformationRules

        package init(
            named: [String: String] = [:], defaults: OutputDefaults = OutputDefaults(),
            rules: TransformationRules = TransformationRules()
        ) {
            self.named = named
            self.defaults = defaults
            self.rules = rules
        }
    }

    /// Decoded, in the order in which they run.
    package let texts: [String]
    /// The steps of all texts whose grammar is right.
    package let steps: Fact
    /// `nil` where it cannot be carried out.
    package private(set) var resolution: Resolution?
    /// Why it cannot be.
    package private(set) var fault: ExplainedFault?
    /// Whether the URL says which format it wants, by itself or by a named transformation.
    package private(set) var namesFormat = false

    package init(
        _ texts: [String], in surroundings: Surroundings, accepting accepted: AcceptedFormats = [],
        hints: ClientHints = ClientHints()
    ) {
        self.texts = texts
        let (named, rules) = (surroundings.named, surroundings.rules)
        // Between the items of a text nobody finds an address again that stands there as it is: it is no part of one.
        let open = texts.filter { !SecretAddress.isIn($0) }
        let chains = open.map { try? Syntax.parse($0, limits: rules.limits) }
        steps = StepFacts(named: named, rules: rules, hints: hints).steps(chains.flatMap { $0 ?? [] })
        do throws(TransformationError) {
            let transformation = try Transformation(texts, rules: rules)
            resolution = try transformation.resolve(
                named: named, defaults: surroundings.defaults, accepting: accepted, hints: hints)
            namesFormat = transformation.namesFormat(named: named)
        } catch {
            fault = ExplainedFault(error, in: texts)
        }
    }
}

extension ExplainedTransformation {
    /// The texts as they may be shown.
    var shownTexts: [String] {
        texts.map { SecretAddress.isIn($0) ? SecretAddress.placeholder : SecretAddress.withoutInputs($0) }
    }

    /// Whether they hold what must not be shown.
    var hidesAnything: Bool { shownTexts != texts }
}

extension Resolution {
    /// `nil` for the untouched original.
    package var plan: Plan? {
        if case .variant(let plan) = self { plan } else { nil }
    }
}
