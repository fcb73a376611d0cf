/// `dn`: pixels an inch.
package struct Density: Hashable, Sendable {
    package static let allowed = 1...1_200
    /// Of a picture that says nothing of it, and of drawings: one CSS pixel of old.
    package static let standard = 72.0

    private let expression: Expression

    /// A number, which is rounded, or an expression in which `idn` stands for the original's density.
    init?(_ text: Substring.UTF8View) {
        guard let expression = Expression(text, naming: [.idn]) else { return nil }
        guard let number = expression.number else {
            self.expression = expression
            return
        }
        guard let whole = Self.whole(number.value), whole == Self.clamped(whole) else { return nil }
        self.expression = Expression(Number(whole))
    }

    /// Whole pixels an inch; what an expression makes of it is cut to what is allowed.
    ///
    /// - Parameters:
    ///   - source: the untouched original's size.
    ///   - density: the untouched original's.
    /// - Throws: `undefinedExpression`.
    package func value(source: Size, density: Double) throws(TransformationError) -> Int {
        let context = ExpressionContext(source: source, current: source, density: density)
        guard let value = expression.value(in: context), value > 0 else {
            throw .undefinedExpression(parameter: "dn", value: expression.canonical)
        }
        return Self.clamped(Self.whole(value) ?? Self.allowed.upperBound)
    }

    private static func whole(_ value: Double) -> Int? { Int(exactly: (value + 0.5).rounded(.down)) }

    private static func clamped(_ value: Int) -> Int { max(allowed.lowerBound, min(allowed.upperBound, value)) }

    var canonical: String { expression.canonical }
}
