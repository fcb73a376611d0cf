extension ParameterTable {
    static let colour = "RGB, RRGGBB, RRGGBB with two decimal digits of opacity, or a CSS name"

    /// Effects that need no model, and the parameters of appearance that change more than single pixels.
    static let ownEffects: [ParameterDeclaration] = [
        ParameterDeclaration(
            "t", "true, false or a whole number from 1 to 99",
            "Trims uniform edges; pictures of layers are trimmed unless it is named"
        ) {
            value, draft throws(ValueFault) in
            draft.trim = try readTrim(value)
            draft.layer.namesTrim = true
        },
        ParameterDeclaration(
            "cr", "TO, TO_TOLERANCE or TO_TOLERANCE_FROM: colours, and a number from 0 to 100",
            "Gives pixels near one colour (without it the dominant one) the shades of another"
        ) { value, draft throws(ValueFault) in
            draft.replacement = try read(value) { ColourReplacement($0) }
        },
        ParameterDeclaration("e-contrast", "nothing; a number is ignored", "Stretches contrast to the full range") {
            value, draft throws(ValueFault) in
            let isNumber = value.map { Number(signed: Substring($0).utf8) != nil } ?? false
            guard isFlag(value) || isNumber else { throw .invalid }
            draft.stretchesContrast = true
        },
        ParameterDeclaration(
            "e-colorize", "co-COLOUR and in-PERCENT (0 to 100), joined by _, or nothing", "Mixes a colour in"
        ) { value, draft throws(ValueFault) in
            draft.tint = try readArguments(value) { Tint($0) }
        },
        ParameterDeclaration(
            "e-sharpen", "nothing, or a number from 0; above 100 counts as 100", "Sharpens"
        ) { value, draft throws(ValueFault) in
            draft.sharpening = isFlag(value) ? Step.standardSharpening : try read(value) { Number(unsigned: $0) }
        },
        ParameterDeclaration(
            "e-usm", "RADIUS-SIGMA-AMOUNT-THRESHOLD, four numbers from 0, or nothing", "Unsharp mask"
        ) { value, draft throws(ValueFault) in
            draft.unsharpMask = try readArguments(value) { UnsharpMask($0) }
        },
        ParameterDeclaration(
            "e-gradient",
            "ld-DIRECTION (0 to 359 or a word such as top_right), from-COLOUR, to-COLOUR and sp-STOP, joined by _",
            "Gradient over the picture"
        ) { value, draft throws(ValueFault) in
            draft.gradient = try readArguments(value) { GradientOverlay($0) }
        },
        ParameterDeclaration(
            "e-distort",
            "p-X1_Y1_X2_Y2_X3_Y3_X4_Y4, convex and clockwise from the top left, or a-DEGREES from N360 to 360, not 0",
            "Perspective or arc"
        ) { value, draft throws(ValueFault) in
            draft.distortion = try read(value) { Distortion($0) }
        },
        ParameterDeclaration(
            "b", "WIDTH_COLOUR: pixels or an expression, and \(colour)", "Border outside the picture"
        ) { value, draft throws(ValueFault) in
            draft.border = try read(value) { Border($0) }
        },
        ParameterDeclaration(
            "e-shadow", "bl (0 to 15), st (0 to 100), x and y (N100 to 100), each as NAME-NUMBER, joined by _",
            "Shadow under opaque pixels"
        ) { value, draft throws(ValueFault) in
            draft.shadow = try readArguments(value) { Shadow($0) }
        },
    ]

    private static func isFlag(_ value: String?) -> Bool { value == nil || value == "" || value == "true" }

    static func read<Value>(
        _ value: String?, _ make: (Substring.UTF8View) -> Value?
    ) throws(ValueFault) -> Value {
        guard let value, let made = make(Substring(value).utf8) else { throw .invalid }
        return made
    }

    private static func readArguments<Value>(
        _ value: String?, _ make: (String?) -> Value?
    ) throws(ValueFault) -> Value {
        guard let made = make(value) else { throw .invalid }
        return made
    }

    /// nil for `false`.
    private static func readTrim(_ value: String?) throws(ValueFault) -> Int? {
        if value == "false" { return nil }
        return isFlag(value) ? Step.standardTrim : try readWhole(value, in: 1...99)
    }
}

extension Step {
    /// The threshold of `t-true` (reference §6.12).
    static let standardTrim = 10
    /// What `e-sharpen` without a number means (reference §6.4).
    static let standardSharpening = Number(50)
    /// The strongest sharpening; larger numbers mean no more.
    static let strongestSharpening = Number(100)

    /// What the draft says of effects, with everything dropped that does nothing.
    mutating func setEffects(_ draft: StepDraft) {
        trim = draft.trim
        replacement = draft.replacement
        stretchesContrast = draft.stretchesContrast
        tint = draft.tint.flatMap { $0.share > 0 ? $0 : nil }
        sharpening = draft.sharpening.flatMap { $0 > Number(0) ? min($0, Self.strongestSharpening) : nil }
        unsharpMask = draft.unsharpMask.flatMap { $0.isNothing ? nil : $0 }
        gradient = draft.gradient.flatMap { $0.isNothing ? nil : $0 }
        distortion = draft.distortion
        border = draft.border.flatMap { $0.isNothing ? nil : $0 }
        shadow = draft.shadow.flatMap { $0.strength > Number(0) ? $0 : nil }
    }
}
