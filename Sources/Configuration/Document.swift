internal import Yams

/// The YAML text of a configuration as a tree, with everything refused that could make reading it expensive.
enum Document {
    /// Aliases are refused after parsing, where they can be told from text; this many cannot do harm until then.
    private static let suspectedAliasesLimit = 8
    /// Deeper than any configuration is.
    private static let depthLimit = 32

    static func parse(_ bytes: [UInt8]) throws(ConfigurationProblem.Reason) -> Node? {
        let hasByteOrderMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        guard let text = String(validating: hasByteOrderMark ? bytes.dropFirst(3) : bytes[...], as: UTF8.self) else {
            throw .notUTF8
        }
        guard suspectedAliases(in: bytes) <= suspectedAliasesLimit else { throw .aliases(line: nil) }
        do {
            // The basic resolver leaves every scalar a text: what `no` or `1e3` means is for the reader of the key to
            // say.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            let root = try parser.singleRoot()
            if let root { try check(root, depth: 0) }
            withExtendedLifetime(parser) {}  // nodes refer weakly to their anchors, which the parser owns
            return root
        } catch let reason as ConfigurationProblem.Reason {
            throw reason
        } catch let error as YamlError {
            throw .init(error)
        } catch {
            throw .notYAML(problem: "cannot be parsed", line: 1, column: 1)
        }
    }

    /// Looks for the first anchor. Nodes that an alias repeats have one, so none is ever visited twice.
    private static func check(_ node: Node, depth: Int) throws(ConfigurationProblem.Reason) {
        guard depth < depthLimit else {
            throw .notYAML(problem: "nested too deeply", line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        }
        switch node {
        case .scalar(let scalar):
            if scalar.anchor != nil { throw .aliases(line: node.mark?.line) }
        case .sequence(let sequence):
            if sequence.anchor != nil { throw .aliases(line: node.mark?.line) }
            for item in sequence { try check(item, depth: depth + 1) }
        case .mapping(let mapping):
            if mapping.anchor != nil { throw .aliases(line: node.mark?.line) }
            for (key, value) in mapping {
                try check(key, depth: depth + 1)
                try check(value, depth: depth + 1)
            }
        case .alias:
            throw .aliases(line: node.mark?.line)
        }
    }

    /// Counts at least every alias: words that begin with `*`, other than on comment lines without quotation marks.
    ///
    /// The parser hashes keys for duplicates, so a few dozen aliases inside a key would keep it busy for ever.
    private static func suspectedAliases(in bytes: [UInt8]) -> Int {
        var count = 0
        for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let isComment =
                line.first { $0 != UInt8(ascii: " ") } == UInt8(ascii: "#")
                && !line.contains(UInt8(ascii: "\"")) && !line.contains(UInt8(ascii: "'"))
            if isComment { continue }
            for index in line.indices where line[index] == UInt8(ascii: "*") {
                let before = index == line.startIndex ? UInt8(ascii: " ") : line[line.index(before: index)]
                if " \t[{,:-?".utf8.contains(before) { count += 1 }
            }
        }
        return count
    }
}

extension ConfigurationProblem.Reason {
    /// Takes what is wrong and where; never the text, which may hold secrets.
    fileprivate init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self = .notYAML(problem: problem, line: mark.line, column: mark.column)
        case .duplicatedKeysInMapping(let duplicates, let context):
            self = .duplicateKeys(duplicates, line: context.mark.line)
        case .reader(let problem, _, _, _):
            self = .notYAML(problem: problem, line: 1, column: 1)
        default:
            self = .notYAML(problem: "cannot be parsed", line: 1, column: 1)
        }
    }
}
