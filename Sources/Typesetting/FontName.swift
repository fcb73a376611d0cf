/// Font names as people write them: `PT_Serif`, `pt-serif` and `PT Serif` are one.
enum FontName {
    /// The key under which a name is looked up: letters in lower case, without spaces, underscores and dashes.
    static func key(_ name: String) -> String {
        String(name.lowercased().filter { $0 != " " && $0 != "_" && $0 != "-" })
    }
}
