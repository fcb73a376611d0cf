/// A text on a box of its own (reference §9.5). Lengths are pixels of the base, which expressions name `bw`, `bh`, `bar`.
package struct TextBlock: Hashable, Sendable {
    package enum Font: Hashable, Sendable {
        /// Of the fonts that are installed, by the name that the URL gives; nil is the default one.
        case installed(String?)
        /// A file of the account.
        case file(LayerInput)

        var input: LayerInput? {
            if case .file(let input) = self { input } else { nil }
        }
    }

    package enum Alignment: String, Hashable, Sendable, CaseIterable {
        case left, center, right
    }

    package var text: String
    package var font = Font.installed(nil)
    package var size = TextBlock.standardSize
    package var colour = Colour.black
    package var alignment = Alignment.center
    /// Where lines are wrapped, and the width of the box without its padding; nil: one line each, and a box that hugs them.
    package var width: Length?
    package var padding = TextPadding.none
    /// From one line to the next; nil: the font's own.
    package var lineHeight: Expression?
    package var isBold = false
    package var isItalic = false
    package var isStruckThrough = false
    /// Of the box; nil: none.
    package var background: Colour?

    /// Reference §16, 18.
    static let standardSize = Expression(Number(45))
    /// Font sizes and line heights, in pixels.
    package static let sizes = 1.0...5_000.0
}

/// Pixels around a text, inside its box.
package struct TextPadding: Hashable, Sendable {
    package let top, right, bottom, left: Expression

    static let none = TextPadding(all: Expression(Number(0)))

    init(all: Expression) {
        self.init(top: all, right: all, bottom: all, left: all)
    }

    private init(top: Expression, right: Expression, bottom: Expression, left: Expression) {
        (self.top, self.right, self.bottom, self.left) = (top, right, bottom, left)
    }

    /// One to four numbers in the order of CSS, joined by `_`, or one expression for all sides.
    init?(_ text: Substring.UTF8View) {
        let words = text.split(separator: UInt8(ascii: "_"), maxSplits: 4, omittingEmptySubsequences: false)
        let numbers = words.compactMap { Number(unsigned: $0) }.filter(Self.isPossible).map { Expression($0) }
        guard numbers.count == words.count else {
            guard let expression = Expression(text), expression.number.map(Self.isPossible) ?? true else { return nil }
            self.init(all: expression)
            return
        }
        switch numbers.count {
        case 1: self.init(all: numbers[0])
        case 2: self.init(top: numbers[0], right: numbers[1], bottom: numbers[0], left: numbers[1])
        case 3: self.init(top: numbers[0], right: numbers[1], bottom: numbers[2], left: numbers[1])
        case 4: self.init(top: numbers[0], right: numbers[1], bottom: numbers[2], left: numbers[3])
        default: return nil
        }
    }

    private static func isPossible(_ number: Number) -> Bool {
        number >= Number(0) && number <= Number(OutputLimits.maximumSide)
    }

    package var canonical: String {
        let isUniform = top == right && top == bottom && top == left
        return (isUniform ? [top] : [top, right, bottom, left]).map(\.canonical).joined(separator: "_")
    }
}
