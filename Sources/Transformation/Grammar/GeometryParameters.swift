extension ParameterTable {
    private static let side =
        "1 to 65535 pixels (0, and more, count as not named), a fraction between 0 and 1, or an expression such as iw_div_2"
    private static let strategies = ResizeStrategy.allCases.map(\.rawValue).joined(separator: ", ")
    private static let offset = "a number of pixels or an expression such as iw_sub_cw"

    static let geometry: [ParameterDeclaration] = [
        ParameterDeclaration(
            "w", side + ", or auto", in: [.step, .layers], "Width; other sides follow; auto: that of the client's hint"
        ) { value, draft throws(ValueFault) in
            draft.widthFollowsHint = value == "auto"
            draft.width = draft.widthFollowsHint ? nil : try Length.read(value)
        },
        ParameterDeclaration("h", side, "Height") { value, draft throws(ValueFault) in
            draft.height = try Length.read(value)
        },
        ParameterDeclaration(
            "ar", "WIDTH-HEIGHT such as 4-3, or an expression such as iar_div_2", "Ratio, beside one of w and h"
        ) { value, draft throws(ValueFault) in
            draft.ratio = try AspectRatio.read(value)
        },
        ParameterDeclaration("c", strategies, "How the picture is brought to w and h") {
            value, draft throws(ValueFault) in
            draft.crop = try ResizeStrategy.read(value)
        },
        ParameterDeclaration("cm", strategies, "As c; wins over it") { value, draft throws(ValueFault) in
            draft.cropMode = try ResizeStrategy.read(value)
        },
        ParameterDeclaration(
            "fo",
            "center, top, left, bottom, right, top_left, top_right, bottom_left, bottom_right, auto, face, custom, an object",
            "Which part is kept, or where the picture lies"
        ) { value, draft throws(ValueFault) in
            draft.focus = try FocusRequest.read(value)
        },
        ParameterDeclaration("x", offset, "Left edge of the window of cm-extract") { value, draft throws(ValueFault) in
            draft.x = try Expression.readEdge(value)
        },
        ParameterDeclaration("y", offset, "Top edge of the window of cm-extract") { value, draft throws(ValueFault) in
            draft.y = try Expression.readEdge(value)
        },
        ParameterDeclaration("xc", offset, "Centre of the window, horizontally") { value, draft throws(ValueFault) in
            draft.xCentre = try Expression.read(value, in: ParameterTable.places)
        },
        ParameterDeclaration("yc", offset, "Centre of the window, vertically") { value, draft throws(ValueFault) in
            draft.yCentre = try Expression.read(value, in: ParameterTable.places)
        },
        ParameterDeclaration(
            "dpr", "0.1 to 5, an expression, or auto", "Factor on w and h; auto: that of the client's hint"
        ) { value, draft throws(ValueFault) in
            draft.pixelRatioFollowsHint = value == "auto"
            draft.pixelRatio = draft.pixelRatioFollowsHint ? nil : try Expression.readPixelRatio(value)
        },
        ParameterDeclaration("z", "a number above 0", "Zoom around a face or an object: above 1 is closer") {
            value, draft throws(ValueFault) in
            guard let value, let zoom = Number(unsigned: Substring(value).utf8), zoom > Number(0) else {
                throw .invalid
            }
            draft.zoom = zoom
        },
    ]
}

extension Length {
    /// nil for what reference §4.1 ignores: 0 and more than 65535 pixels.
    fileprivate static func read(_ value: String?) throws(ValueFault) -> Length? {
        guard let value, !value.isEmpty else { throw .invalid }
        let text = Substring(value).utf8
        if let number = Number(unsigned: text) {
            if number == Number(0) { return nil }
            if number < Number(1) { return .fraction(number) }
            let pixels = wholePixels(number.value)
            return pixels <= OutputLimits.maximumSide ? .pixels(pixels) : nil
        }
        guard let expression = Expression(text) else { throw .invalid }
        guard let number = expression.number else { return .expression(expression) }
        let pixels = wholePixels(number.value)
        guard number >= Number(0), pixels <= OutputLimits.maximumSide else { throw .invalid }
        return .pixels(pixels)
    }
}

extension AspectRatio {
    /// The largest term of a ratio; terms in lowest form stay below its millionfold.
    private static let maximumTerm = Number(1_000_000)

    fileprivate static func read(_ value: String?) throws(ValueFault) -> AspectRatio {
        guard let value, !value.isEmpty else { throw .invalid }
        let text = Substring(value).utf8
        for separator in [UInt8(ascii: "-"), UInt8(ascii: "_")] {
            let terms = text.split(separator: separator, maxSplits: 2, omittingEmptySubsequences: false)
            if terms.count == 2, let width = Number(unsigned: terms[0]), let height = Number(unsigned: terms[1]) {
                return try fixed(width, height)
            }
        }
        guard let expression = Expression(text) else { throw .invalid }
        guard let number = expression.number else { return .expression(expression) }
        return try fixed(number, Number(1))
    }

    private static func fixed(_ width: Number, _ height: Number) throws(ValueFault) -> AspectRatio {
        guard width > Number(0), height > Number(0) else { throw .invalid }
        let divisor = greatestCommonDivisor(width.units, height.units)
        let (width, height) = (width.units / divisor, height.units / divisor)
        let limit = maximumTerm.units
        guard width <= limit, height <= limit else { throw .invalid }
        return .fixed(width: width, height: height)
    }
}

extension ResizeStrategy {
    fileprivate static func read(_ value: String?) throws(ValueFault) -> ResizeStrategy {
        // An older name of the default (reference §4.3).
        if value == "resize" { return .maintainRatio }
        guard let strategy = value.flatMap(ResizeStrategy.init(rawValue:)) else { throw .invalid }
        return strategy
    }
}

extension FocusRequest {
    fileprivate static func read(_ value: String?) throws(ValueFault) -> FocusRequest {
        guard let value else { throw .invalid }
        if let focus = Focus(value) { return .position(focus) }
        if DetectedSubject.areas.contains(value) { return .attention }
        if DetectedSubject.isKnown(value) { return .subject }
        throw .invalid
    }
}

extension ParameterTable {
    /// Places in pixels; whether they lie on the picture is known where there is one.
    static let places = 0...Double(Number.maximumWhole)
}

extension Expression {
    fileprivate static func read(_ value: String?) throws(ValueFault) -> Expression {
        guard let value, let expression = Expression(Substring(value).utf8) else { throw .invalid }
        return expression
    }

    /// - Parameter range: of a number; what an expression is worth is only known where it is carried out.
    static func read(_ value: String?, in range: ClosedRange<Double>) throws(ValueFault) -> Expression {
        let expression = try read(value)
        if let number = expression.number, !range.contains(number.value) { throw .invalid }
        return expression
    }

    /// An edge is clamped to the picture, so a negative number is 0; it is a whole number of pixels.
    fileprivate static func readEdge(_ value: String?) throws(ValueFault) -> Expression {
        guard let value else { throw .invalid }
        guard let number = Number(signed: Substring(value).utf8) ?? Expression(Substring(value).utf8)?.number else {
            return try read(value)
        }
        guard let pixels = Number(rounding: (max(0, number.value) + 0.5).rounded(.down)) else { throw .invalid }
        return Expression(pixels)
    }

    fileprivate static func readPixelRatio(_ value: String?) throws(ValueFault) -> Expression {
        let expression = try read(value)
        if let number = expression.number, !Resize.pixelRatioRange.contains(number.value) { throw .invalid }
        return expression
    }
}
