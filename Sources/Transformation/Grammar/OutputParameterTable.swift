extension ParameterTable {
    static let output: [ParameterDeclaration] = [
        ParameterDeclaration("f", "auto, jpg, jpeg, png, webp, avif, gif, svg, orig", in: .step, "Format") {
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
        declaration(of: .lossless, "Lossless WebP or PNG"),
        declaration(of: .progressive, "Progressive JPEG"),
        declaration(of: .profile, "Keeps the colour profile; f-avif becomes another format then"),
        declaration(of: .metadata, "Keeps EXIF, XMP, IPTC and the colour profile"),
        ParameterDeclaration("c2pa", "true, false", in: .step, harmless: "false", "Keeps content credentials"),
        ParameterDeclaration(
            "di", "a path with @@ for slashes, without . and .. segments", in: .step,
            "Default image: looked up where the original is missing"
        ) { value, draft throws(ValueFault) in
            guard let value, !value.isEmpty else {
                draft.output.defaultImage = nil
                return
            }
            guard let path = ObjectPath(reference: value) else { throw .invalid }
            draft.output.defaultImage = path
        },
        ParameterDeclaration(
            "pg",
            "the number of a page or frame, from 1 (lists, ranges and names are for layers of PSD, which is not read)",
            "A still of one page or frame"
        ) { value, draft throws(ValueFault) in
            draft.output.page = try readWhole(value, in: 1...maximumPage)
        },
        ParameterDeclaration(
            "dn", "a number from 1 to 1200 or an expression", in: .step,
            "Pixels an inch: the density tag of JPEG and PNG, and the density at which SVG and PDF are rasterised"
        ) { value, draft throws(ValueFault) in
            guard let density = value.flatMap({ Density(Substring($0).utf8) }) else { throw .invalid }
            draft.output.density = density
        },
    ]
}

extension ParameterTable {
    private static func declaration(of item: OutputSwitch, _ summary: String) -> ParameterDeclaration {
        ParameterDeclaration(item.rawValue, "true, false", in: .step, summary) { value, draft throws(ValueFault) in
            switch value {
            case "true": draft.output.switches[item] = true
            case "false": draft.output.switches[item] = false
            default: throw .invalid
            }
        }
    }

    /// libvips' own limit.
    private static let maximumPage = 100_000
}

extension FormatChoice {
    /// Formats that the URL language knows beyond those that are written.
    private static let unavailable: Set<String> = ["mp4", "webm"]

    fileprivate static func read(_ value: String?) throws(ValueFault) -> FormatChoice {
        guard let value else { throw .invalid }
        guard !unavailable.contains(value) else { throw .notAvailable }
        // Of an SVG only, so that no endpoint can have it as its default.
        if value == "svg" { return .fixed(.svg) }
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
