/// The condition of an `if` block: comparisons joined by `and`, which binds tighter, and `or` (reference §11).
package struct Condition: Hashable, Sendable {
    package enum Property: String, Hashable, Sendable, CaseIterable {
        case w, h, ar, iw, ih, iar
    }

    package enum Relation: String, Hashable, Sendable, CaseIterable {
        case eq, ne, gt, gte, lt, lte
    }

    package enum Value: Hashable, Sendable {
        case number(Number)
        /// `4-3`
        case ratio(Number, Number)
    }

    package struct Comparison: Hashable, Sendable {
        package var property: Property
        package var relation: Relation
        package var value: Value

        package init(property: Property, relation: Relation, value: Value) {
            self.property = property
            self.relation = relation
            self.value = value
        }
    }

    /// True if all comparisons of any inner list are.
    package var alternatives: [[Comparison]]

    /// The most comparisons that one condition may have.
    package static let maximumComparisons = 16

    private static let wordsPerComparison = 4

    /// Whether a text has more words than any condition may have.
    static func hasTooManyComparisons(_ text: String) -> Bool {
        text.utf8.count { $0 == UInt8(ascii: "_") } >= wordsPerComparison * maximumComparisons
    }

    /// Parses the text behind `if-`; nil if it is no condition.
    init?(_ text: String) {
        let wordsPerComparison = Self.wordsPerComparison
        let words = text.utf8.split(
            separator: UInt8(ascii: "_"), maxSplits: wordsPerComparison * Self.maximumComparisons,
            omittingEmptySubsequences: false
        ).map { String(Substring($0)) }
        guard words.count % wordsPerComparison == wordsPerComparison - 1 else { return nil }
        var alternatives: [[Comparison]] = [[]]
        for start in stride(from: 0, to: words.count, by: wordsPerComparison) {
            if start > 0 {
                switch words[start - 1] {
                case "and": break
                case "or": alternatives.append([])
                default: return nil
                }
            }
            guard let comparison = Comparison(words[start..<start + 3]) else { return nil }
            alternatives[alternatives.count - 1].append(comparison)
        }
        self.alternatives = alternatives
    }
}

extension Condition.Property {
    fileprivate var isRatio: Bool { self == .ar || self == .iar }
}

extension Condition.Comparison {
    fileprivate init?(_ words: ArraySlice<String>) {
        guard let property = Condition.Property(rawValue: words[words.startIndex]),
            let relation = Condition.Relation(rawValue: words[words.startIndex + 1]),
            let value = Condition.Value(words[words.startIndex + 2], isRatio: property.isRatio)
        else { return nil }
        self.init(property: property, relation: relation, value: value)
    }
}

extension Condition.Value {
    /// A ratio is written for ratios only, and kept in lowest terms where its terms are whole.
    fileprivate init?(_ word: String, isRatio: Bool) {
        let pieces = word.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 2, omittingEmptySubsequences: false)
        let numbers = pieces.compactMap { Number(unsigned: $0) }
        guard numbers.count == pieces.count else { return nil }
        switch numbers.count {
        case 1: self = .number(numbers[0])
        case 2 where isRatio && numbers[1] > Number(0):
            self = .ratio(numbers[0], numbers[1])
            if let width = numbers[0].whole, let height = numbers[1].whole {
                let divisor = greatestCommonDivisor(Int64(width), Int64(height))
                self = .ratio(Number(width / Int(divisor)), Number(height / Int(divisor)))
            }
        default: return nil
        }
    }
}
