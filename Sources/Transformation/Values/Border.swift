/// A border around the finished picture, which grows by twice its width (reference §6.9).
package struct Border: Hashable, Sendable {
    /// In whole pixels where it is a number.
    package let width: Expression
    package let colour: Colour

    /// `WIDTH_COLOUR` or `WIDTH-COLOUR`, where the width may be an expression: the colour is what follows the last mark.
    init?(_ text: Substring.UTF8View) {
        guard let mark = text.lastIndex(where: { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }),
            let colour = Colour(text[text.index(after: mark)...]), let width = Expression(text[..<mark])
        else { return nil }
        self.colour = colour
        guard let number = width.number else {
            self.width = width
            return
        }
        guard let pixels = Number(rounding: (number.value + 0.5).rounded(.down)),
            pixels >= Number(0), pixels <= Number(OutputLimits.maximumSide)
        else { return nil }
        self.width = Expression(pixels)
    }

    /// Whether nothing is drawn.
    var isNothing: Bool { width.number == Number(0) }

    /// In pixels, 0 or more.
    package func pixels(in context: ExpressionContext) throws(TransformationError) -> Int {
        guard let value = width.value(in: context), value >= 0 else {
            throw .undefinedExpression(parameter: "b", value: width.canonical)
        }
        guard value <= Double(OutputLimits.maximumSide) else {
            throw .limitExceeded(.outputSide, maximum: OutputLimits.maximumSide)
        }
        return Int((value + 0.5).rounded(.down))
    }

    package var canonical: String { width.canonical + "_" + colour.canonical }
}
