extension Resize {
    /// Moves the window of `.extract` to where `x`, `y`, `xc` or `yc` want it.
    func placeWindow(
        requested: Size, of current: Size, context: ExpressionContext, into geometry: inout StepGeometry
    ) throws(TransformationError) {
        var window = geometry.crop ?? Rectangle(x: 0, y: 0, width: current.width, height: current.height)
        if let horizontal {
            let axis = Axis(picture: current.width, requested: requested.width, names: ("x", "xc"))
            window.x = try axis.start(of: horizontal, in: context)
        }
        if let vertical {
            let axis = Axis(picture: current.height, requested: requested.height, names: ("y", "yc"))
            window.y = try axis.start(of: vertical, in: context)
        }
        if geometry.crop != nil { geometry.crop = window }
    }
}

/// One axis of a window: its length, that of the picture, and the parameters that place it.
private struct Axis {
    let picture: Int
    let requested: Int
    let names: (edge: String, centre: String)

    func start(of position: WindowPosition, in context: ExpressionContext) throws(TransformationError) -> Int {
        switch position {
        case .edge(let expression):
            let value = try self.value(of: expression, parameter: names.edge, in: context)
            let free = max(0, picture - requested)
            return Int(min(Double(free), max(0, value + 0.5).rounded(.down)))
        case .centre(let expression):
            let value = try self.value(of: expression, parameter: names.centre, in: context)
            let start = (value - Double(requested) / 2).rounded(.down)
            guard start >= 0, start + Double(requested) <= Double(picture) else {
                throw .windowOutOfBounds(parameter: names.centre, value: expression.canonical)
            }
            return Int(start)
        }
    }

    private func value(
        of expression: Expression, parameter: String, in context: ExpressionContext
    ) throws(TransformationError) -> Double {
        guard let value = expression.value(in: context) else {
            throw .undefinedExpression(parameter: parameter, value: expression.canonical)
        }
        return value
    }
}
