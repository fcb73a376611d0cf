/// A requested width or height.
package enum Length: Hashable, Sendable {
    /// 1 to 65535.
    case pixels(Int)
    /// Of the picture as the step finds it; above 0 and below 1.
    case fraction(Number)
    case expression(Expression)

    package var canonical: String {
        switch self {
        case .pixels(let pixels): String(pixels)
        case .fraction(let fraction): fraction.canonical
        case .expression(let expression): expression.canonical
        }
    }
}

/// Width ÷ height.
package enum AspectRatio: Hashable, Sendable {
    /// In lowest terms.
    case fixed(width: Int64, height: Int64)
    case expression(Expression)

    var expression: Expression? {
        if case .expression(let expression) = self { expression } else { nil }
    }

    package var canonical: String {
        switch self {
        case .fixed(let width, let height): "\(width)-\(height)"
        case .expression(let expression): expression.canonical
        }
    }
}
