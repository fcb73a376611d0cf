import TextEncodings

extension ParameterTable {
    private static let positions =
        "center, top, left, bottom, right, top_left, top_right, bottom_left, bottom_right"
    private static let offset = "a number of pixels or an expression such as bw_div_2"
    private static let centreOffset = offset + ", N in front: minus"
    private static let edgeOffset = offset + ", N in front: counted from the far edge"

    /// What a layer shows, where it lies and how it is laid down (reference §9.1–9.4).
    static let layer: [ParameterDeclaration] = [
        ParameterDeclaration(
            "i", "a path with @@ for slashes, ik_canvas, or a text", in: .layers, "What the layer shows"
        ) { value, draft throws(ValueFault) in
            guard let value, !value.isEmpty else { throw .invalid }
            draft.layer.plainInput = value
        },
        ParameterDeclaration(
            "ie", "base64, with _ or %2F for its slashes, of a path or a text in UTF-8", in: .layers,
            "What the layer shows; wins over i"
        ) {
            value, draft throws(ValueFault) in
            guard let value, let bytes = Base64.decoded(Substring(value), urlSafeToo: true), !bytes.isEmpty,
                let text = String(validating: bytes, as: UTF8.self)
            else { throw .invalid }
            draft.layer.encodedInput = text
        },
        ParameterDeclaration(
            "lx", edgeOffset, in: .layers,
            "Left edge of the layer, which stays inside the picture; of lm-displace how far pixels are moved to the side"
        ) {
            value, draft throws(ValueFault) in
            draft.layer.left = try read(value) { LayerOffset($0) }
        },
        ParameterDeclaration(
            "ly", edgeOffset, in: .layers,
            "Top edge of the layer, which stays inside the picture; of lm-displace how far pixels are moved up or down"
        ) {
            value, draft throws(ValueFault) in
            draft.layer.top = try read(value) { LayerOffset($0) }
        },
        ParameterDeclaration("lxc", centreOffset, in: .layers, "Centre of the layer, horizontally") {
            value, draft throws(ValueFault) in
            draft.layer.horizontalCentre = try read(value) { LayerOffset($0) }
        },
        ParameterDeclaration("lyc", centreOffset, in: .layers, "Centre of the layer, vertically") {
            value, draft throws(ValueFault) in
            draft.layer.verticalCentre = try read(value) { LayerOffset($0) }
        },
        ParameterDeclaration(
            "lap", positions, in: .layers,
            "The point of the picture that lx, ly, lxc and lyc count from, and the point of the layer that is put there; N is minus"
        ) { value, draft throws(ValueFault) in
            draft.layer.anchor = try readPosition(value)
        },
        ParameterDeclaration("lfo", positions, in: .layers, "Where the layer lies, unless lx, ly, lxc or lyc say it") {
            value, draft throws(ValueFault) in
            draft.layer.focus = try readPosition(value)
        },
        ParameterDeclaration(
            "lm", "multiply, cutter, cutout, displace", in: .layers,
            "multiply darkens what is below; cutter keeps it under the layer only, cutout elsewhere only; displace moves its pixels by the layer's red and green"
        ) { value, draft throws(ValueFault) in
            guard let mode = value.flatMap({ LayerMode(rawValue: $0) }), mode != .over else { throw .invalid }
            draft.layer.mode = mode
        },
        ParameterDeclaration(
            "al", "a whole number from 1 to 9, or as much as 0.1 to 0.9", in: .layers,
            "Opacity, in tenths, of the text or of ik_canvas, where its colour names none"
        ) { value, draft throws(ValueFault) in
            draft.layer.opacity = try readTenths(value)
        },
    ]

    /// When a layer is seen, on a film; on a picture it always is (reference §12.4).
    static let layerTiming: [ParameterDeclaration] = [
        ("lso", "Start of the layer on a film"), ("leo", "End of the layer on a film"),
        ("ldu", "Duration of the layer on a film"),
    ].map { name, summary in
        ParameterDeclaration(
            name, "a number of seconds, or an expression", in: .layers, summary + "; pictures ignore it"
        ) {
            value, _ throws(ValueFault) in
            guard let value, !value.isEmpty else { throw .invalid }
        }
    }

    /// Clients write tenths as whole numbers and as decimals.
    private static func readTenths(_ value: String?) throws(ValueFault) -> Int {
        let number: Number = try read(value) { Number(unsigned: $0) }
        let tenths = number < Number(1) ? number.value * 10 : number.value
        guard let whole = Number(rounding: tenths)?.whole, (1...9).contains(whole) else { throw .invalid }
        return whole
    }

    private static func readPosition(_ value: String?) throws(ValueFault) -> Focus {
        guard let focus = value.flatMap({ Focus($0) }) else { throw .invalid }
        return focus
    }
}
