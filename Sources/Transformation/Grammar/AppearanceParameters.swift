extension ParameterTable {
    static let appearance: [ParameterDeclaration] = [
        ParameterDeclaration(
            "bg",
            """
            a colour (RGB, RRGGBB, RRGGBB with two decimal digits of opacity, or a CSS name), or for padding \
            blurred_INTENSITY_BRIGHTNESS, dominant, gradient_dominant_2, gradient_dominant_4
            """, in: [.step, .layers],
            "Colour of padding (black if it is not named) and behind transparent pixels, or padding made of the picture"
        ) { value, draft throws(ValueFault) in
            draft.computedBackground = value.flatMap { ComputedBackground($0) }
            draft.background = draft.computedBackground == nil ? try Colour.readBackground(value) : nil
            draft.backgroundIsName = value.map { Colour.isName($0) } ?? false
        },
        ParameterDeclaration("o", "a whole number from 0 to 100", "Opacity in percent") {
            value, draft throws(ValueFault) in
            draft.opacity = try readWhole(value, in: 0...100)
        },
        ParameterDeclaration(
            "r", "max, a radius in pixels, or four of them joined by _", in: [.step, .layers],
            "Rounded corners: all, or top-left, top-right, bottom-right, bottom-left"
        ) { value, draft throws(ValueFault) in
            guard let value, let radius = CornerRadii(Substring(value).utf8) else { throw .invalid }
            draft.radius = radius
        },
        ParameterDeclaration(
            "rt", "degrees clockwise, N in front for counter-clockwise, or auto", in: [.step, .layers], "Rotation"
        ) { value, draft throws(ValueFault) in
            draft.rotation = try readRotation(value)
        },
        ParameterDeclaration("fl", "h, v, h_v", in: [.step, .layers], "Mirroring") { value, draft throws(ValueFault) in
            guard let flip = value.flatMap({ Flip($0) }) else { throw .invalid }
            draft.flip = flip
        },
        ParameterDeclaration("bl", "a number from 0; above 100 counts as 100", "Blur") {
            value, draft throws(ValueFault) in
            guard let value, let blur = Number(unsigned: Substring(value).utf8) else { throw .invalid }
            draft.blur = min(blur, Number(100))
        },
        ParameterDeclaration("e-grayscale", "nothing", "Shades of grey") { value, draft throws(ValueFault) in
            guard value == nil || value == "" || value == "true" else { throw .invalid }
            draft.isGrayscale = true
        },
    ]

    /// A whole number within `range`; decimals may follow if they are zero.
    static func readWhole(_ value: String?, in range: ClosedRange<Int>) throws(ValueFault) -> Int {
        guard let value, let whole = Number(unsigned: Substring(value).utf8)?.whole, range.contains(whole) else {
            throw .invalid
        }
        return whole
    }

    /// Degrees in `0 ..< 360`; nil for `auto`, because the picture is turned upright anyway.
    private static func readRotation(_ value: String?) throws(ValueFault) -> Number? {
        guard let value else { throw .invalid }
        if value == "auto" { return nil }
        guard let degrees = Number(signed: Substring(value).utf8) else { throw .invalid }
        return degrees.modulo(360)
    }
}

extension Colour {
    fileprivate static func readBackground(_ value: String?) throws(ValueFault) -> Colour {
        guard let value else { throw .invalid }
        if let colour = Colour(Substring(value).utf8) { return colour }
        if value == "genfill" || value.hasPrefix("genfill-") { throw .notAvailable }
        throw .invalid
    }
}
