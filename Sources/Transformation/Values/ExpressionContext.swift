/// What the variables of an expression stand for at one step.
package struct ExpressionContext: Sendable {
    /// The untouched source, after orientation.
    package let source: Size
    /// The picture as the previous step left it.
    package let current: Size
    /// What a layer is laid on; nil outside layers.
    package let base: Size?

    /// Pixels an inch of the source; nil where it means nothing.
    package let density: Double?

    package init(source: Size, current: Size, base: Size? = nil, density: Double? = nil) {
        self.source = source
        self.current = current
        self.base = base
        self.density = density
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
        // Outside layers they are not numbers, so that no expression with them has a value.
        case .bw: base.map { Double($0.width) } ?? .nan
        case .bh: base.map { Double($0.height) } ?? .nan
        case .bar: base?.ratio ?? .nan
        case .idn: density ?? .nan
        }
    }
}
