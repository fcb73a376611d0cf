/// The fonts that ImageKit's URLs may name without bringing a file (reference §9.5), and what stands for them here.
package struct BuiltInFont: Sendable {
    /// ImageKit's name.
    let name: String
    /// The family under which the font itself is installed, if it is.
    let family: String
    /// What is used where it is not: `nil` if Debian has the font itself. Not the same letters, but the nearest
    /// relative among Debian's packages.
    let relative: String?
    /// The relative is the one cut in bold that comes near.
    let isRelativeBold: Bool

    private init(_ name: String, family: String? = nil, relative: String? = nil, bold: Bool = false) {
        self.name = name
        self.family = family ?? name
        self.relative = relative
        isRelativeBold = bold
    }

    /// What is drawn when a URL names no font or an unknown one (reference §16, row 19).
    package static let defaultFamily = "Open Sans"

    private static let all: [BuiltInFont] = [
        BuiltInFont("AbrilFatFace", family: "Abril Fatface", relative: "Old Standard TT", bold: true),
        BuiltInFont("Amaranth", relative: "Cabin"),
        BuiltInFont("Arvo", relative: "Roboto Slab"),
        BuiltInFont("Audiowide", relative: "Play", bold: true),
        BuiltInFont("Chivo", relative: "Roboto"),
        BuiltInFont("Crimson Text", relative: "EB Garamond"),
        BuiltInFont("exo", family: "Exo", relative: "Play"),
        BuiltInFont("Fredoka One", relative: "Quicksand", bold: true),
        BuiltInFont("Gravitas One", relative: "Old Standard TT", bold: true),
        BuiltInFont("Kanit", relative: "Cabin"),
        BuiltInFont("Lato"),
        BuiltInFont("Lobster", relative: "Lobster Two", bold: true),
        BuiltInFont("Lora", relative: "PT Serif"),
        BuiltInFont("Monoton", relative: "Play", bold: true),
        BuiltInFont("Montserrat", relative: "Manrope"),
        BuiltInFont("PT Mono"),
        BuiltInFont("PT_Serif", family: "PT Serif"),
        BuiltInFont("Open Sans"),
        BuiltInFont("Roboto"),
        BuiltInFont("Old Standard", family: "Old Standard TT"),
        BuiltInFont("Ubuntu", relative: "Cantarell"),
        BuiltInFont("Vollkorn"),
    ]

    /// Names that people expect everywhere, and free fonts of the same widths or the same sort.
    static let commonNames: [String: String] = [
        "arial": "Liberation Sans", "helvetica": "Liberation Sans", "helveticaneue": "Liberation Sans",
        "times": "Liberation Serif", "timesnewroman": "Liberation Serif",
        "courier": "Liberation Mono", "couriernew": "Liberation Mono",
        "sans": defaultFamily, "sansserif": defaultFamily, "systemui": defaultFamily,
        "serif": "Noto Serif", "georgia": "Noto Serif", "mono": "DejaVu Sans Mono", "monospace": "DejaVu Sans Mono",
        "verdana": "DejaVu Sans", "cursive": "Lobster", "emoji": "Noto Color Emoji",
    ]

    /// By ImageKit's name in any case, with spaces, underscores or dashes.
    static func named(_ name: String) -> BuiltInFont? {
        byKey[FontName.key(name)]
    }

    private static let byKey = Dictionary(
        all.map { (FontName.key($0.name), $0) }, uniquingKeysWith: { first, _ in first })
}
