/// Where a layer lies on what is below it (reference §9.2).
package struct LayerPlacement: Hashable, Sendable {
    package enum Axis: Hashable, Sendable {
        /// At an edge, or in the middle: `lfo`.
        case flush(Focus.Alignment)
        /// `lx`, `ly`: the layer's edge.
        case edge(LayerOffset)
        /// `lxc`, `lyc`: the layer's centre.
        case centre(LayerOffset)
    }

    package var horizontal = Axis.flush(.centre)
    package var vertical = Axis.flush(.centre)
    /// The point that offsets count from, and the point of the layer that is put there (`lap`). nil is the top left, and
    /// `N` counts from the far edge then; with an anchor `N` is plain minus.
    package var anchor: Focus?
}

/// An expression with `N` in front or without, where `N0` is not 0.
package struct LayerOffset: Hashable, Sendable {
    package let expression: Expression
    package let isNegative: Bool

    static let zero = LayerOffset(expression: Expression(Number(0)), isNegative: false)

    private init(expression: Expression, isNegative: Bool) {
        self.expression = expression
        self.isNegative = isNegative
    }

    init?(_ text: Substring.UTF8View) {
        let isNegative = text.first == UInt8(ascii: "N") || text.first == UInt8(ascii: "-")
        guard let expression = Expression(isNegative ? text.dropFirst() : text) else { return nil }
        // `N` in front means something else than a number below 0, which would be spelled with it.
        if let number = expression.number, number < Number(0) { return nil }
        self.init(expression: expression, isNegative: isNegative)
    }

    package var canonical: String { (isNegative ? "N" : "") + expression.canonical }

    /// In pixels, without the sign.
    /// - Throws: `undefinedExpression`
    package func value(_ parameter: String, in context: ExpressionContext) throws(TransformationError) -> Double {
        guard let value = expression.value(in: context) else {
            throw .undefinedExpression(parameter: parameter, value: expression.canonical)
        }
        return value
    }
}

extension LayerPlacement {
    /// The top-left corner of the layer on its base, moved so that as much as possible of it lies inside.
    ///
    /// - Parameter context: `current` is the layer's own size, `base` that of what it is laid on.
    /// - Throws: `undefinedExpression`
    package func origin(in context: ExpressionContext) throws(TransformationError) -> (x: Int, y: Int) {
        let base = context.base ?? context.current
        return (
            try start(
                horizontal, anchor?.horizontal, layer: context.current.width, base: base.width, ("lx", "lxc"), context),
            try start(
                vertical, anchor?.vertical, layer: context.current.height, base: base.height, ("ly", "lyc"), context)
        )
    }

    private func start(
        _ axis: Axis, _ anchor: Focus.Alignment?, layer: Int, base: Int, _ names: (edge: String, centre: String),
        _ context: ExpressionContext
    ) throws(TransformationError) -> Int {
        let free = base - layer
        let start: Double
        switch axis {
        case .flush(let alignment): return alignment.offset(in: free)
        case .edge(let offset):
            let value = try offset.value(names.edge, in: context)
            if let anchor {
                start = Double(anchor.offset(in: free)) + (offset.isNegative ? -value : value)
            } else {
                start = offset.isNegative ? Double(free) - value : value
            }
        case .centre(let offset):
            let value = try offset.value(names.centre, in: context)
            let point = Double((anchor ?? .start).offset(in: base))
            start = point + (offset.isNegative ? -value : value) - Double(layer) / 2
        }
        let inside = Double(min(0, free))...Double(max(0, free))
        return Int((min(inside.upperBound, max(inside.lowerBound, start)) + 0.5).rounded(.down))
    }

    /// How far `displace` moves pixels at most; negative to the other side.
    /// - Throws: `undefinedExpression`
    package func displacement(
        in context: ExpressionContext
    ) throws(TransformationError) -> (x: Double, y: Double) {
        (try displacement(horizontal, "lx", in: context), try displacement(vertical, "ly", in: context))
    }

    private func displacement(
        _ axis: Axis, _ parameter: String, in context: ExpressionContext
    ) throws(TransformationError) -> Double {
        switch axis {
        case .flush: return 0
        case .edge(let offset), .centre(let offset):
            let value = try offset.value(parameter, in: context)
            return offset.isNegative ? -value : value
        }
    }
}
