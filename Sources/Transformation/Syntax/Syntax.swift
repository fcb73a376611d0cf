/// The syntax tree of a transformation, before any parameter is looked at (reference §1.4).
package enum Syntax {
    /// Steps that run one after the other.
    package typealias Chain = [Step]

    /// Parses the decoded text of a transformation, which may begin with `tr:`. An empty text is an empty chain.
    package static func parse(
        _ text: String, limits: TransformationLimits = TransformationLimits()
    ) throws(TransformationError) -> Chain {
        try SyntaxParser.parse(text, limits: limits)
    }

    package enum Step: Hashable, Sendable {
        case items([Item])
        case condition(ConditionalBlock)
    }

    package enum Item: Hashable, Sendable {
        case parameter(Parameter)
        case layer(Layer)
    }

    /// `key` or `key-value`.
    package struct Parameter: Hashable, Sendable {
        /// The text before the first dash; for effects it includes the effect's name: `e-sharpen`.
        package var key: String
        /// nil for a bare key; empty for `key-`.
        package var value: String?

        package init(key: String, value: String?) {
            self.key = key
            self.value = value
        }
    }

    package struct Layer: Hashable, Sendable {
        package enum Kind: String, Hashable, Sendable, CaseIterable {
            case image, text, video, subtitles, subtitle
        }

        package var kind: Kind
        /// What stands between the type and `l-end`.
        package var chain: Chain
    }

    /// `if-condition,…,if-else,…,if-end`.
    package struct ConditionalBlock: Hashable, Sendable {
        package var condition: Condition
        package var consequence: Chain
        package var alternative: Chain?
    }
}
