package import Transformation

/// What is wrong with a URL or its transformation: what the server says of it, and where it stands.
package struct ExplainedFault: Equatable, Sendable {
    /// Where the fault stands in the decoded texts of the transformation.
    package struct Position: Equatable, Sendable {
        /// Counted from 1; a URL has several where path and query name one each.
        package let text: Int
        /// Bytes before it in that text.
        package let offset: Int
    }

    /// As `ik-error` says it.
    package let message: String
    /// `nil` where no single parameter is to blame.
    package let parameter: String?
    package let value: String?
    /// What the parameter takes, in words.
    package let allowed: String?
    /// `nil` where it is none of the text that is to blame: a limit, a named transformation's own text.
    package let position: Position?

    package init(_ error: TransformationError, in texts: [String]) {
        message = error.description
        let blamed = Blamed(error)
        (parameter, value, allowed) = (blamed.parameter, blamed.value, blamed.allowed)
        position = Self.position(of: blamed.spellings, in: texts)
    }

    /// The first place where one of the spellings is an item or, for what breaks the grammar, stands at all.
    private static func position(of spellings: [String], in texts: [String]) -> Position? {
        for spelling in spellings where !spelling.isEmpty {
            for (index, text) in texts.enumerated() {
                if let offset = offset(of: spelling, in: text) { return Position(text: index + 1, offset: offset) }
            }
        }
        return nil
    }

    private static func offset(of spelling: String, in text: String) -> Int? {
        let (bytes, wanted) = (Array(text.utf8), Array(spelling.utf8))
        let separators = Set(",:".utf8)
        let places = bytes.indices.filter { bytes[$0...].starts(with: wanted) }
        let item = places.first { place in
            let end = place + wanted.count
            return (place == 0 || separators.contains(bytes[place - 1]))
                && (end == bytes.count || separators.contains(bytes[end]) || bytes[end] == UInt8(ascii: "-"))
        }
        return item ?? places.first
    }

    package var fields: [Fact.Field] {
        let place = position.map { position in
            Fact.fields(
                Fact.Field("text", .number(position.text)), Fact.Field("offset", .number(position.offset)))
        }
        return [
            Fact.Field("parameter", ifKnown: parameter), Fact.Field("value", ifKnown: value),
            Fact.Field("allowed", ifKnown: allowed), Fact.Field("position", ifKnown: place),
        ].compactMap(\.self)
    }
}

/// Of an error what can be looked for.
private struct Blamed {
    var parameter: String?
    var value: String?
    var allowed: String?
    /// How the URL may have spelled it, the likeliest first.
    var spellings: [String] = []

    init(_ error: TransformationError) {
        switch error {
        case .invalidValue(let parameter, let value, let allowed):
            (self.parameter, self.value, self.allowed) = (parameter, value, allowed)
            spellings = ["\(parameter)-\(value)", parameter]
        case .undefinedExpression(let parameter, let value), .windowOutOfBounds(let parameter, let value):
            (self.parameter, self.value) = (parameter, value)
            spellings = ["\(parameter)-\(value)", parameter]
        case .unknownParameter(let parameter), .notAvailable(let parameter), .misplaced(let parameter, _),
            .conditional(let parameter), .obsoleteOverlay(let parameter):
            self.parameter = parameter
            allowed = ParameterTable.declaration(of: parameter)?.allowed
            spellings = [parameter]
        case .unknownNamedTransformation(let name), .nestedNamedTransformation(let name):
            (parameter, value) = ("n", name)
            spellings = ["n-\(name)"]
        case .notOnLadder(let parameter, let value, let rungs):
            (self.parameter, self.value) = (parameter, value)
            allowed = rungs.map(String.init).joined(separator: ", ")
            spellings = ["\(parameter)-\(value)", parameter]
        case .needsSignature(let parameter, let names):
            self.parameter = parameter
            allowed = names.joined(separator: ", ")
            spellings = [parameter]
        case .chainNeedsSignature(_, let maximum): allowed = "at most \(maximum)"
        case .syntax(_, let near): spellings = [near]
        default: break
        }
    }
}
