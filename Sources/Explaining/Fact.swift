/// One node of what is told about a URL: an ordered tree, written as JSON for programs and as lines for people.
package indirect enum Fact: Equatable, Sendable {
    /// Nobody knows, or nobody has looked.
    case unknown
    case flag(Bool)
    case number(Int64)
    /// Finite.
    case decimal(Double)
    case text(String)
    case list([Fact])
    case fields([Field])
    /// A fact that people read as one line.
    case described(String, Fact)

    package struct Field: Equatable, Sendable {
        /// As JSON names it: `stringToSign`.
        package let name: String
        package let value: Fact

        package init(_ name: String, _ value: Fact) {
            self.name = name
            self.value = value
        }

        /// `nil` where there is nothing to tell.
        package init?(_ name: String, ifKnown value: Fact?) {
            guard let value else { return nil }
            self.init(name, value)
        }

        package init?(_ name: String, ifKnown text: String?) {
            self.init(name, ifKnown: text.map { .text($0) })
        }
    }

    /// Those fields that there are.
    package static func fields(_ known: Field?...) -> Fact { .fields(known.compactMap(\.self)) }
    package static func number(_ value: Int) -> Fact { .number(Int64(value)) }
    package static func texts(_ texts: some Sequence<String>) -> Fact { .list(texts.map { .text($0) }) }

    /// The same tree with its texts changed, the lines for people too.
    func mapTexts(_ change: (String) -> String) -> Fact {
        switch self {
        case .unknown, .flag, .number, .decimal: self
        case .text(let text): .text(change(text))
        case .list(let facts): .list(facts.map { $0.mapTexts(change) })
        case .fields(let fields): .fields(fields.map { Field($0.name, $0.value.mapTexts(change)) })
        case .described(let line, let fact): .described(change(line), fact.mapTexts(change))
        }
    }

    /// The value under a name, `nil` where there is none.
    package subscript(_ name: String) -> Fact? {
        switch self {
        case .fields(let fields): fields.first { $0.name == name }?.value
        case .described(_, let fact): fact[name]
        case .unknown, .flag, .number, .decimal, .text, .list: nil
        }
    }
}
