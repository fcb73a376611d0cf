extension ParameterTable {
    private static let height = "1 to 5000 pixels, or an expression such as bh_div_20"

    /// How a text layer is set (reference §9.5); its width, background, radius, rotation and mirroring are those of steps.
    static let text: [ParameterDeclaration] = [
        ParameterDeclaration("fs", height, in: .textLayer, "Font size; 45 if it is not named") {
            value, draft throws(ValueFault) in
            draft.layer.fontSize = try Expression.read(value, in: TextBlock.sizes)
        },
        ParameterDeclaration(
            "ff", "the name of a font, or the path of a font file with @@ for slashes", in: .textLayer,
            "Font; Open Sans where it is not named or not known"
        ) { value, draft throws(ValueFault) in
            guard let value, let font = TextBlock.Font(value) else { throw .invalid }
            draft.layer.font = font
        },
        ParameterDeclaration("co", colour, in: .textLayer, "Text colour; black if it is not named") {
            value, draft throws(ValueFault) in
            draft.layer.textColour = try read(value) { Colour($0) }
            draft.layer.textColourIsName = value.map { Colour.isName($0) } ?? false
        },
        ParameterDeclaration("ia", "left, center, right", in: .textLayer, "Alignment of lines within w") {
            value, draft throws(ValueFault) in
            guard let alignment = value.flatMap({ TextBlock.Alignment(rawValue: $0) }) else { throw .invalid }
            draft.layer.textAlignment = alignment
        },
        ParameterDeclaration(
            "pa", "one to four numbers of pixels joined by _, in the order of CSS, or one expression for all sides",
            in: .textLayer, "Padding around the text, whose box else hugs its ink"
        ) { value, draft throws(ValueFault) in
            draft.layer.textPadding = try read(value) { TextPadding($0) }
        },
        ParameterDeclaration("tg", "b, i and strikethrough, joined by _", in: .textLayer, "Typography") {
            value, draft throws(ValueFault) in
            guard let value else { throw .invalid }
            let words = value.split(separator: "_", omittingEmptySubsequences: false)
            guard words.allSatisfy({ ["b", "i", "strikethrough"].contains($0) }) else { throw .invalid }
            draft.layer.isBold = words.contains("b")
            draft.layer.isItalic = words.contains("i")
            draft.layer.isStruckThrough = words.contains("strikethrough")
        },
        ParameterDeclaration("lh", height, in: .textLayer, "From one line to the next") {
            value, draft throws(ValueFault) in
            draft.layer.lineHeight = try Expression.read(value, in: TextBlock.sizes)
        },
    ]
}

extension TextBlock.Font {
    private static let fileEndings = [".ttf", ".otf", ".ttc", ".woff", ".woff2"]
    private static let longestName = 128

    /// The value of `ff`: a file if it ends like one (reference §9.5).
    init?(_ value: String) {
        let path = ObjectPath(reference: value)
        let name = path?.name.lowercased() ?? ""
        if let path, Self.fileEndings.contains(where: { name.hasSuffix($0) }) {
            self = .file(LayerInput(.font, path))
            return
        }
        guard !value.isEmpty, value.utf8.count <= Self.longestName, !Array(value.utf8).containsControl,
            !Self.fileEndings.contains(where: { value.lowercased().hasSuffix($0) })
        else { return nil }
        self = .installed(value)
    }

    /// As `ff` writes it; nil for the default font.
    var canonical: String? {
        switch self {
        case .installed(let name): name
        case .file(let input): input.path.reference
        }
    }
}
