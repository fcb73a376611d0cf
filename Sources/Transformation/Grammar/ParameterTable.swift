/// Every parameter of the URL language, declared once. The parser, the errors and the documentation read this table.
package enum ParameterTable {
    /// In the order of documentation.
    package static let all: [ParameterDeclaration] =
        geometry + appearance + ownEffects + effects + output + layer + layerTiming + text + video

    /// The declaration of a key.
    package static func declaration(of key: String) -> ParameterDeclaration? { byName[key] }

    private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

    /// What has to be known before the picture is opened, so that no `if` block can decide it (reference §11).
    static let unconditional: Set<String> = ["orig", "pg", "dn", "di"]

    /// The overlay keys that layers have replaced (reference §15.1).
    static let obsoleteOverlays: Set<String> = [
        "oi", "ot", "ote", "obg", "ox", "oy", "ofo", "ow", "oh", "oic", "oicm", "oifo", "oix", "oiy", "oixc", "oiyc",
        "oit",
        "oib", "oibg", "oiq", "oiar", "oidpr", "otw", "otbg", "otp", "otia", "otc", "otf", "ots", "ott", "or", "oa",
    ]
}
