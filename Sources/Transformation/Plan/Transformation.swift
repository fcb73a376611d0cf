/// How a transformation is read.
package struct TransformationRules: Hashable, Sendable {
    package enum UnknownParameters: Hashable, Sendable {
        case reject, ignore
    }

    package var limits: TransformationLimits
    package var unknownParameters: UnknownParameters

    package init(
        limits: TransformationLimits = TransformationLimits(), unknownParameters: UnknownParameters = .reject
    ) {
        self.limits = limits
        self.unknownParameters = unknownParameters
    }
}

/// A transformation whose parameters have been read, not yet resolved for a request.
package struct Transformation: Sendable {
    /// One step of the URL: a named chain, parameters, or both.
    struct Part {
        var named: String?
        var step: Step
        var output: OutputParameters
    }

    /// Whether `orig-true` is named, which makes every other parameter meaningless.
    package let isOriginal: Bool
    /// Whether nothing at all is asked for.
    package let isEmpty: Bool
    /// Whether the request consists of named transformations and nothing else.
    package let isOnlyNamed: Bool

    private let parts: [Part]
    private let rules: TransformationRules

    /// Reads decoded texts that follow one another, as a `DeliveryURL` hands them out.
    package init(_ texts: [String], rules: TransformationRules = TransformationRules()) throws(TransformationError) {
        var chain: Syntax.Chain = []
        for text in texts {
            chain += try SyntaxParser.parse(text, limits: rules.limits)
        }
        try self.init(chain, reader: PartReader(rules: rules))
    }

    private init(_ chain: Syntax.Chain, reader: PartReader) throws(TransformationError) {
        rules = reader.rules
        isEmpty = chain.isEmpty
        isOriginal = chain.contains(where: \.asksForOriginal)
        isOnlyNamed = !chain.isEmpty && chain.allSatisfy(\.isNamed)
        parts = isOriginal ? [] : try reader.read(chain)
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
    package func resolve(
        named: [String: String] = [:], defaults: OutputDefaults = OutputDefaults(),
        accepting accepted: AcceptedFormats = []
    ) throws(TransformationError) -> Resolution {
        if isOriginal { return .original }
        var steps: [Step] = []
        var output = OutputParameters()
        for part in parts {
            if let name = part.named {
                let stored = try expand(name, from: named)
                if stored.isOriginal { return .original }
                for inner in stored.parts {
                    steps.append(inner.step)
                    output.merge(inner.output)
                }
            }
            steps.append(part.step)
            output.merge(part.output)
        }
        steps.removeAll(where: \.isEmpty)
        guard steps.count <= rules.limits.steps else { throw .limitExceeded(.steps, maximum: rules.limits.steps) }
        let format = (output.format ?? defaults.format).output(accepting: accepted)
        return .variant(Plan(steps: steps, output: Output(format: format, quality: output.quality ?? defaults.quality)))
    }

    private func expand(_ name: String, from named: [String: String]) throws(TransformationError) -> Transformation {
        guard let text = named[name] else { throw .unknownNamedTransformation(name) }
        let stored = try Transformation([text], rules: rules)
        try stored.refuseNames()
        return stored
    }

    private func refuseNames() throws(TransformationError) {
        if let name = parts.lazy.compactMap(\.named).first { throw .nestedNamedTransformation(name) }
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
