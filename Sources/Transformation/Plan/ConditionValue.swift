extension Condition {
    /// Quotients differ in their last digits, so what is closer than this is equal (reference §11).
    private static let tolerance = 1e-6

    /// Whether the condition is true of a picture.
    package func holds(in context: ExpressionContext) -> Bool {
        alternatives.contains { $0.allSatisfy { Self.isTrue($0, in: context) } }
    }

    private static func isTrue(_ comparison: Comparison, in context: ExpressionContext) -> Bool {
        let left = context.value(of: comparison.property.variable)
        let right = comparison.value.value
        let isEqual = (left - right).magnitude <= tolerance
        return switch comparison.relation {
        case .eq: isEqual
        case .ne: !isEqual
        case .gt: left > right && !isEqual
        case .gte: left > right || isEqual
        case .lt: left < right && !isEqual
        case .lte: left < right || isEqual
        }
    }
}

extension Condition.Property {
    /// `w h ar` are those at the step, `iw ih iar` those of the source.
    fileprivate var variable: Expression.Variable {
        switch self {
        case .w: .cw
        case .h: .ch
        case .ar: .car
        case .iw: .iw
        case .ih: .ih
        case .iar: .iar
        }
    }
}

extension Condition.Value {
    fileprivate var value: Double {
        switch self {
        case .number(let number): number.value
        case .ratio(let width, let height): width.value / height.value
        }
    }
}

extension Condition {
    /// As the URL writes it behind `if-`.
    package var canonical: String {
        alternatives.map { comparisons in
            comparisons.map { "\($0.property.rawValue)_\($0.relation.rawValue)_\($0.value.canonical)" }
                .joined(separator: "_and_")
        }.joined(separator: "_or_")
    }
}

extension Condition.Value {
    fileprivate var canonical: String {
        switch self {
        case .number(let number): number.canonical
        case .ratio(let width, let height): width.canonical + "-" + height.canonical
        }
    }
}
