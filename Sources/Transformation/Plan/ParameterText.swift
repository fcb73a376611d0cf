/// The parameters of one step as the URL writes them, joined by commas.
struct ParameterText {
    private(set) var text = ""

    /// Appends a parameter, or the beginning of one and its rest.
    mutating func append(_ beginning: String, _ rest: String = "") {
        if !text.isEmpty { text += "," }
        text += beginning
        text += rest
    }

    /// An effect with its arguments, or its bare name where they are empty.
    mutating func append(effect: String, _ arguments: String) {
        append(effect, arguments.isEmpty ? "" : "-" + arguments)
    }
}
