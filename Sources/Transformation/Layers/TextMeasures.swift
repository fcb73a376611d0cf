/// The lengths of a text block in pixels, once it is known what it is laid on.
package struct TextMeasures: Hashable, Sendable {
    package struct Padding: Hashable, Sendable {
        package var top, right, bottom, left: Int

        package init(top: Int, right: Int, bottom: Int, left: Int) {
            (self.top, self.right, self.bottom, self.left) = (top, right, bottom, left)
        }
    }

    /// Of the font, above 0.
    package var size: Double
    /// 1 or more; nil where lines are not wrapped.
    package var width: Int?
    package var lineHeight: Double?
    package var padding: Padding
}

extension TextBlock {
    /// - Throws: `undefinedExpression`, `limitExceeded`.
    package func measures(in context: ExpressionContext) throws(TransformationError) -> TextMeasures {
        let base = context.base ?? context.current
        let width: Double? = try self.width?.pixels("w", of: base.width, in: context)
        return TextMeasures(
            size: try Self.height(size, "fs", in: context),
            width: width.map { wholePixels($0) },
            lineHeight: try lineHeight.map { (height) throws(TransformationError) in
                try Self.height(height, "lh", in: context)
            },
            padding: .init(
                top: try Self.padding(padding.top, in: context), right: try Self.padding(padding.right, in: context),
                bottom: try Self.padding(padding.bottom, in: context), left: try Self.padding(padding.left, in: context)
            ))
    }

    private static func height(
        _ expression: Expression, _ parameter: String, in context: ExpressionContext
    ) throws(TransformationError) -> Double {
        guard let value = expression.value(in: context), sizes.contains(value) else {
            throw .undefinedExpression(parameter: parameter, value: expression.canonical)
        }
        return value
    }

    private static func padding(
        _ expression: Expression, in context: ExpressionContext
    ) throws(TransformationError) -> Int {
        guard let value = expression.value(in: context), value >= 0, value <= Double(OutputLimits.maximumSide) else {
            throw .undefinedExpression(parameter: "pa", value: expression.canonical)
        }
        return Int((value + 0.5).rounded(.down))
    }
}
