/// A strict reader of the text exposition format: families with their help and type first, every sample after them.
struct Exposition {
    struct Family: Equatable {
        var name: String
        var help: String
        var kind = ""
        var samples: [Sample] = []
    }

    struct Sample: Equatable {
        var name: String
        var labels: [[String]]
        var value: String
    }

    struct Malformed: Error, Equatable {
        let line: String
        let reason: String
    }

    private(set) var comments: [String] = []
    private(set) var families: [Family] = []

    init(_ text: String) throws(Malformed) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.popLast() == "" else { throw Malformed(line: "", reason: "no line feed at the end") }
        for line in lines {
            if line.hasPrefix("# HELP ") {
                let (name, help) = try Self.halves(line.dropFirst(7), line)
                try require(!families.contains { $0.name == name }, "declared twice", line)
                families.append(Family(name: name, help: help))
            } else if line.hasPrefix("# TYPE ") {
                let (name, kind) = try Self.halves(line.dropFirst(7), line)
                try require(families.last?.name == name && families.last?.kind == "", "no help before it", line)
                try require(["counter", "gauge", "histogram"].contains(kind), "unknown type", line)
                families[families.count - 1].kind = kind
            } else if line.hasPrefix("# ") {
                comments.append(String(line.dropFirst(2)))
            } else {
                try append(Self.sample(line), line)
            }
        }
    }

    private func require(_ condition: Bool, _ reason: String, _ line: String) throws(Malformed) {
        if !condition { throw Malformed(line: line, reason: reason) }
    }

    private static func halves(_ text: Substring, _ line: String) throws(Malformed) -> (String, String) {
        guard let space = text.firstIndex(of: " ") else { throw Malformed(line: line, reason: "no second word") }
        return (String(text[..<space]), String(text[text.index(after: space)...]))
    }

    private mutating func append(_ sample: Sample, _ line: String) throws(Malformed) {
        guard let family = families.last, family.kind != "" else {
            throw Malformed(line: line, reason: "a sample before its type")
        }
        let endings = family.kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        try require(endings.contains { family.name + $0 == sample.name }, "a sample of another family", line)
        let isTwice = family.samples.contains { $0.name == sample.name && $0.labels == sample.labels }
        try require(!isTwice, "the same series twice", line)
        families[families.count - 1].samples.append(sample)
    }

    private static func sample(_ line: String) throws(Malformed) -> Sample {
        var rest = line[...]
        let name = String(rest.prefix { isInName($0) || $0 == ":" })
        rest = rest.dropFirst(name.count)
        var labels: [[String]] = []
        while let opening = rest.first, opening == "{" || (opening == "," && !labels.isEmpty) {
            rest = rest.dropFirst()
            labels.append(try label(&rest, line))
            if rest.first == "}" {
                rest = rest.dropFirst()
                break
            }
        }
        guard let first = name.first, !first.isNumber, rest.first == " " else {
            throw Malformed(line: line, reason: "no name or no value")
        }
        let value = String(rest.dropFirst())
        guard Double(value) != nil, value.allSatisfy({ $0.isNumber || $0 == "." }) else {
            throw Malformed(line: line, reason: "not a number")
        }
        return Sample(name: name, labels: labels, value: value)
    }

    /// `name="value"`, as a pair; takes it from the front of `rest`.
    private static func label(_ rest: inout Substring, _ line: String) throws(Malformed) -> [String] {
        let name = String(rest.prefix(while: isInName))
        rest = rest.dropFirst(name.count)
        guard let first = name.first, !first.isNumber, rest.hasPrefix("=\"") else {
            throw Malformed(line: line, reason: "a label without name or value")
        }
        rest = rest.dropFirst(2)
        var value = ""
        while let character = rest.popFirst(), character != "\"" {
            guard character == "\\" else {
                value.append(character)
                continue
            }
            switch rest.popFirst() {
            case "\\": value.append("\\")
            case "n": value.append("\n")
            case "\"": value.append("\"")
            default: throw Malformed(line: line, reason: "an unknown escape")
            }
        }
        guard rest.first == "}" || rest.first == "," else { throw Malformed(line: line, reason: "an open label") }
        return [name, value]
    }

    private static func isInName(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_")
    }

    /// The value of a series, spelt as in the format: `name` or `name{label="value"}`.
    subscript(_ series: String) -> String? {
        for sample in families.flatMap(\.samples) {
            let labels = sample.labels.map { "\($0[0])=\"\($0[1])\"" }.joined(separator: ",")
            if (labels.isEmpty ? sample.name : "\(sample.name){\(labels)}") == series { return sample.value }
        }
        return nil
    }
}
