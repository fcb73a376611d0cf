/// What the variables of an expression stand for at one step.
package struct ExpressionContext: Sendable {
    /// The untouched source, after orientation.
    package let source: Size
    /// The picture as the previous step left it.
    package let current: Size

    package init(source: Size, current: Size) {
        self.source = source
        self.current = current
    }

    /// For expressions without variables.
    static let none = ExpressionContext(source: Size(width: 1, height: 1), current: Size(width: 1, height: 1))

    func value(of variable: Expression.Variable) -> Double {
        switch variable {
        case .iw: Double(source.width)
        case .ih: Double(source.height)
        case .iar: source.ratio
        case .cw: Double(current.width)
        case .ch: Double(current.height)
        case .car: current.ratio
        }
    }
}
