extension ParameterTable {
    static let effects: [ParameterDeclaration] = [
        ParameterDeclaration("e-bgremove", "nothing", not: .model, "Removes the background"),
        ParameterDeclaration("e-removedotbg", "nothing", not: .model, "Removes the background"),
        ParameterDeclaration("e-changebg", "prompt-TEXT", in: .step, not: .model, "Generates a background"),
        ParameterDeclaration("e-edit", "prompt-TEXT", in: .step, not: .model, "Edits by prompt"),
        ParameterDeclaration("e-dropshadow", "az, el, st", not: .model, "Realistic shadow"),
        ParameterDeclaration("e-retouch", "nothing", in: .step, not: .model, "Improves quality"),
        ParameterDeclaration("e-upscale", "nothing", in: .step, not: .model, "Super-resolution"),
        ParameterDeclaration("e-genvar", "nothing", in: .step, not: .model, "Makes a variation"),
    ]

    static let layer: [ParameterDeclaration] = [
        ParameterDeclaration("i", "a path or a text", in: .layers, "What the layer shows"),
        ParameterDeclaration("ie", "base64 of a path or a text", in: .layers, "What the layer shows"),
        ParameterDeclaration(
            "lx", "pixels, N from the far edge, or an expression", in: .layers, "Left edge of the layer"),
        ParameterDeclaration(
            "ly", "pixels, N from the far edge, or an expression", in: .layers, "Top edge of the layer"),
        ParameterDeclaration("lxc", "pixels or an expression", in: .layers, "Centre of the layer, horizontally"),
        ParameterDeclaration("lyc", "pixels or an expression", in: .layers, "Centre of the layer, vertically"),
        ParameterDeclaration("lap", "a position word", in: .layers, "Point that offsets count from"),
        ParameterDeclaration("lfo", "a position word", in: .layers, "Where the layer lies"),
        ParameterDeclaration("lm", "multiply, cutter, cutout, displace", in: .layers, "How the layer is combined"),
        ParameterDeclaration("fs", "pixels or an expression", in: .textLayer, "Font size"),
        ParameterDeclaration("ff", "a font name or file", in: .textLayer, "Font"),
        ParameterDeclaration("co", "a colour", in: .textLayer, "Text colour"),
        ParameterDeclaration("ia", "left, right, center", in: .textLayer, "Alignment of text"),
        ParameterDeclaration("pa", "one to four numbers joined by _", in: .textLayer, "Padding of text"),
        ParameterDeclaration("al", "1 to 9", in: .layers, "Opacity in tenths"),
        ParameterDeclaration("tg", "b, i, strikethrough", in: .textLayer, "Typography"),
        ParameterDeclaration("lh", "pixels or an expression", in: .textLayer, "Line height"),
    ]

    static let video: [ParameterDeclaration] = [
        ParameterDeclaration("vc", "h264, vp9, av1, none", in: .step, not: .video, "Video codec"),
        ParameterDeclaration("ac", "aac, opus, none", in: .step, not: .video, "Audio codec"),
        ParameterDeclaration("so", "seconds or an expression", in: .step, not: .video, "Start"),
        ParameterDeclaration("eo", "seconds or an expression", in: .step, not: .video, "End"),
        ParameterDeclaration("du", "seconds or an expression", in: .step, not: .video, "Duration"),
        ParameterDeclaration("sr", "240_360_480_720_1080_1440_2160", in: .step, not: .video, "Streaming resolutions"),
        ParameterDeclaration("lso", "seconds or an expression", in: .layers, not: .video, "Start of the layer"),
        ParameterDeclaration("leo", "seconds or an expression", in: .layers, not: .video, "End of the layer"),
        ParameterDeclaration("ldu", "seconds or an expression", in: .layers, not: .video, "Duration of the layer"),
        ParameterDeclaration("fol", "WIDTH_COLOUR", in: .textLayer, not: .video, "Outline of subtitles"),
        ParameterDeclaration("fsh", "COLOUR_INDENT", in: .textLayer, not: .video, "Shadow of subtitles"),
    ]
}
