/// Prometheus' text exposition format, version 0.0.4, as it is written: a family's help and type, then its samples.
/// https://prometheus.io/docs/instrumenting/exposition_formats/
package struct PrometheusText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package enum Kind: String {
        case counter, gauge, histogram
    }

    package struct Label: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package private(set) var text = ""

    package init() {}

    /// A line for people; its text is one line.
    package mutating func comment(_ comment: String) {
        text += "# \(Self.escaped(comment))\n"
    }

    /// Begins a family.
    package mutating func begin(_ name: String, _ kind: Kind, help: String) {
        text += "# HELP \(name) \(Self.escaped(help))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// A sample of the family that was begun last; `value` is a number in the format's spelling.
    package mutating func sample(_ name: String, _ labels: [Label] = [], _ value: String) {
        let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value, alsoQuotes: true))\"" }
        text += pairs.isEmpty ? "\(name) \(value)\n" : "\(name){\(pairs.joined(separator: ","))} \(value)\n"
    }

    private static func escaped(_ text: String, alsoQuotes: Bool = false) -> String {
        var result = ""
        // By scalars: "\r\n" is one character.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where alsoQuotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Nanoseconds as seconds, exactly: Prometheus counts time in seconds, and a Double would lose digits.
    package static func seconds(ofNanoseconds nanoseconds: UInt64) -> String {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        guard rest > 0 else { return "\(whole)" }
        var digits = String(rest)
        digits = String(repeating: "0", count: 9 - digits.utf8.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}
