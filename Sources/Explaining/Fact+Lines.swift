extension Fact {
    /// One line for each fact, what belongs together indented, a line feed at the end. For people: names are written in
    /// words, and what nobody knows says so.
    package var lines: String {
        var text = ""
        writeLines(to: &text, indentation: "")
        return text
    }

    private func writeLines(to text: inout String, indentation: String) {
        switch self {
        case .fields(let fields):
            for field in fields {
                text += "\(indentation)\(field.name.inWords):"
                field.value.writeBehindName(to: &text, indentation: indentation)
            }
        case .list(let values):
            for value in values { value.writeItem(to: &text, indentation: indentation) }
        case .unknown, .flag, .number, .decimal, .text, .described: text += "\(indentation)\(inline)\n"
        }
    }

    private func writeBehindName(to text: inout String, indentation: String) {
        if isInline {
            text += " \(inline)\n"
        } else {
            text += "\n"
            writeLines(to: &text, indentation: indentation + "  ")
        }
    }

    /// What is in a list begins with a dash.
    private func writeItem(to text: inout String, indentation: String) {
        var item = ""
        writeLines(to: &item, indentation: indentation + "  ")
        text += "\(indentation)- \(item.dropFirst(indentation.count + 2))"
    }

    private var isInline: Bool {
        switch self {
        case .unknown, .flag, .number, .decimal, .text, .described: true
        case .list(let values): values.isEmpty
        case .fields(let fields): fields.isEmpty
        }
    }

    private var inline: String {
        switch self {
        case .unknown: "not known"
        case .flag(let value): value ? "yes" : "no"
        case .number(let value): "\(value)"
        case .decimal(let value): "\(value)"
        case .text(let value), .described(let value, _): value.isEmpty ? "none" : value.withoutControls
        case .list, .fields: "none"
        }
    }
}

extension String {
    /// `stringToSign` → `string to sign`
    fileprivate var inWords: String {
        var words = ""
        for character in self {
            words += character.isUppercase ? " " + character.lowercased() : String(character)
        }
        return words
    }

    /// One line, which tells a terminal nothing but its text.
    fileprivate var withoutControls: String {
        let shown = unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }
        return String(String.UnicodeScalarView(shown))
    }
}
