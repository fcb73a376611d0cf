/// A JSON value (RFC 8259).
package enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    /// As written: nothing here counts with it.
    case number(String)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    /// How deep values may lie in each other; also what bounds the reader's own recursion.
    package static let deepest = 64

    /// Reads a whole text, which the caller has bounded in length.
    ///
    /// `nil` if it is not JSON, not UTF-8, deeper than `deepest`, or names a field of an object twice, of which nobody
    /// could say which one counts.
    package init?(_ text: [UInt8]) {
        guard String(validating: text, as: UTF8.self) != nil else { return nil }
        var reader = JSONReader(text)
        guard let value = try? reader.whole() else { return nil }
        self = value
    }

    /// The text of an object of texts, in the order given.
    package static func text(_ fields: [(name: String, value: String)]) -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "{")]
        for (name, value) in fields {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            append(name, to: &text)
            text.append(UInt8(ascii: ":"))
            append(value, to: &text)
        }
        return text + [UInt8(ascii: "}")]
    }

    /// One text as a JSON string, its quotes included.
    package static func quoted(_ value: String) -> String {
        var text: [UInt8] = []
        append(value, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// All controls are escaped, DEL and those of 0x80 to 0x9F too, which tell some terminals something (RFC 8259 §7 asks
    /// for those below 0x20 alone).
    private static func append(_ value: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for scalar in value.unicodeScalars {
            switch scalar.value {
            case 0x22, 0x5C: text += [UInt8(ascii: "\\"), UInt8(scalar.value)]
            case 0..<0x20, 0x7F...0x9F:
                let digits = String(scalar.value, radix: 16)
                text += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
            default: text += Array(String(scalar).utf8)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}
