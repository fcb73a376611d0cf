import JSONReading

extension Fact {
    /// JSON (RFC 8259), indented by two spaces, fields in their order, a line feed at the end.
    package var json: String {
        var text = ""
        writeJSON(to: &text, indentation: "")
        return text + "\n"
    }

    private func writeJSON(to text: inout String, indentation: String) {
        switch self {
        case .unknown: text += "null"
        case .flag(let value): text += value ? "true" : "false"
        case .number(let value): text += "\(value)"
        case .decimal(let value): text += "\(value)"
        case .described(_, let fact): fact.writeJSON(to: &text, indentation: indentation)
        case .text(let value): text += JSON.quoted(value)
        case .list(let values):
            Self.write(values, "[", "]", to: &text, indentation) { value, text, inner in
                value.writeJSON(to: &text, indentation: inner)
            }
        case .fields(let fields):
            Self.write(fields, "{", "}", to: &text, indentation) { field, text, inner in
                text += JSON.quoted(field.name) + ": "
                field.value.writeJSON(to: &text, indentation: inner)
            }
        }
    }

    private static func write<Item>(
        _ items: [Item], _ start: String, _ end: String, to text: inout String, _ indentation: String,
        _ body: (Item, inout String, String) -> Void
    ) {
        guard !items.isEmpty else {
            text += start + end
            return
        }
        let inner = indentation + "  "
        text += start
        for (index, item) in items.enumerated() {
            text += (index == 0 ? "\n" : ",\n") + inner
            body(item, &text, inner)
        }
        text += "\n" + indentation + end
    }
}
