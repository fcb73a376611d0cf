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

    static let video: [ParameterDeclaration] = [
        ParameterDeclaration("vc", "h264, vp9, av1, none", in: .step, not: .video, "Video codec"),
        ParameterDeclaration("ac", "aac, opus, none", in: .step, not: .video, "Audio codec"),
        ParameterDeclaration("so", "seconds or an expression", in: .step, not: .video, "Start"),
        ParameterDeclaration("eo", "seconds or an expression", in: .step, not: .video, "End"),
        ParameterDeclaration("du", "seconds or an expression", in: .step, not: .video, "Duration"),
        ParameterDeclaration("sr", "240_360_480_720_1080_1440_2160", in: .step, not: .video, "Streaming resolutions"),
        ParameterDeclaration("fol", "WIDTH_COLOUR", in: .textLayer, not: .video, "Outline of subtitles"),
        ParameterDeclaration("fsh", "COLOUR_INDENT", in: .textLayer, not: .video, "Shadow of subtitles"),
    ]
}
