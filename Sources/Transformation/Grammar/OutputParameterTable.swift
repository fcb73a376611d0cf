extension ParameterTable {
    static let output: [ParameterDeclaration] = [
        ParameterDeclaration("f", "auto, jpg, jpeg, png, webp, avif, gif, orig", in: .step, "Format") {
            value, draft throws(ValueFault) in
            draft.output.format = try FormatChoice.read(value)
        },
        ParameterDeclaration("q", "a whole number from 1 to 100", "Quality of lossy formats") {
            value, draft throws(ValueFault) in
            draft.output.quality = try readWhole(value, in: 1...100)
        },
        ParameterDeclaration("orig", "true, false", in: .step, "The stored bytes, untouched") {
            value, draft throws(ValueFault) in
            guard value == "true" || value == "false" else { throw .invalid }
        },
        ParameterDeclaration("n", "the name of a named transformation", in: .step, "A stored chain of steps") {
            value, draft throws(ValueFault) in
            guard let value, !value.isEmpty else { throw .invalid }
            draft.named = value
        },
        ParameterDeclaration("lo", "true, false", in: .step, harmless: "false", "Lossless WebP or PNG"),
        ParameterDeclaration("pr", "true, false", in: .step, harmless: "false", "Progressive JPEG"),
        ParameterDeclaration("cp", "true, false", in: .step, harmless: "false", "Keeps the colour profile"),
        ParameterDeclaration("md", "true, false", in: .step, harmless: "false", "Keeps metadata"),
        ParameterDeclaration("c2pa", "true, false", in: .step, harmless: "false", "Keeps content credentials"),
        ParameterDeclaration("di", "a path with @@ for slashes", in: .step, "Default image"),
        ParameterDeclaration("pg", "a page number, a list or a range", "Page, layer or frame"),
        ParameterDeclaration("dn", "1 to 1200 or an expression", in: .step, "Density"),
    ]
}

extension FormatChoice {
    /// Formats that the URL language knows beyond those that are written.
    private static let unavailable: Set<String> = ["svg", "mp4", "webm"]

    fileprivate static func read(_ value: String?) throws(ValueFault) -> FormatChoice {
        guard let value else { throw .invalid }
        guard !unavailable.contains(value) else { throw .notAvailable }
        guard let choice = FormatChoice(value) else { throw .invalid }
        return choice
    }

    /// The value of `f`, also of an endpoint's `format` setting; nil if no variant can be made in that format.
    package init?(_ word: String) {
        switch word {
        case "auto": self = .auto
        case "orig": self = .source
        case "jpg": self = .fixed(.jpeg)
        default:
            guard let format = ImageFormat(rawValue: word), format.isWritable else { return nil }
            self = .fixed(format)
        }
    }
}
