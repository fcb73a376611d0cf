/// A rule as one line of text: fields between tabs, the first the version of the form. The number is not among them: it
/// is Redis' score and part of the name in the store, so that a rule gets a new one without becoming another.
///
/// Version 2 says where the rule comes from. What was entered in this region, or merged, has version 1, which older
/// programs read too.
enum RuleText {
    private static let version = "1"
    private static let versionWithSource = "2"
    private static let merged = "merged"
    private static let plain = "plain"
    /// The longest line, in bytes: twice the longest texts, because every byte may need an escape, and the rest.
    static let longest = 2 * (PurgeTarget.longestTexts + PurgeRule.longestAccount) + 512

    static func line(of rule: PurgeRule) -> String {
        let head =
            rule.source.map { [versionWithSource, $0.region, String($0.number)] } ?? [version]
        let body = [
            rule.requestID, String(rule.acceptedAt), rule.isMerged ? merged : plain, escaped(rule.account),
        ]
        return (head + body + fields(of: rule.target).map(escaped)).joined(separator: "\t")
    }

    /// `nil` for what no line of this version is.
    static func rule(of line: String, number: UInt64) -> PurgeRule? {
        guard (1...PurgeRule.highestNumber).contains(number) else { return nil }
        return rule(of: line)?.renumbered(number)
    }

    /// The rule without a number.
    static func rule(of line: String) -> PurgeRule? {
        guard line.utf8.count <= longest else { return nil }
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
        switch parts[0] {
        case version: return rule(of: parts.dropFirst(), from: nil)
        case versionWithSource:
            guard parts.count > 3, let number = UInt64(parts[2]),
                case let source = PurgeRule.Source(region: String(parts[1]), number: number), source.isValid
            else { return nil }
            return rule(of: parts.dropFirst(3), from: source)
        default: return nil
        }
    }

    private static func rule(of fields: ArraySlice<Substring>, from source: PurgeRule.Source?) -> PurgeRule? {
        let parts = Array(fields)
        guard parts.count > 5, RequestID.isValid(parts[0]), let acceptedAt = Int64(parts[1]),
            parts[2] == plain || parts[2] == merged && source == nil, let account = unescaped(parts[3]),
            !account.isEmpty, account.utf8.count <= PurgeRule.longestAccount
        else { return nil }
        let texts = parts[4...].compactMap(unescaped)
        guard texts.count == parts.count - 4, let target = target(of: texts[...]), target.isValid else { return nil }
        return PurgeRule(
            requestID: String(parts[0]), account: account, target: target, acceptedAt: acceptedAt, number: 0,
            isMerged: parts[2] == merged, source: source)
    }

    private static func fields(of target: PurgeTarget) -> [String] {
        switch target {
        case .originals(let pattern): fields(of: pattern)
        case .variant(let pattern, let plans): ["variant"] + fields(of: pattern) + plans.sorted()
        case .tag(let tag): ["tag", tag]
        case .origin(let id): ["origin", id]
        }
    }

    private static func fields(of pattern: PurgePattern) -> [String] {
        switch pattern {
        case .path(let path): ["path", path, ""]
        case .exact(let path, let query): ["exact", path, query]
        case .prefix(let text): ["prefix", text, ""]
        }
    }

    private static func target(of fields: ArraySlice<String>) -> PurgeTarget? {
        guard let kind = fields.first else { return nil }
        let rest = fields.dropFirst()
        switch (kind, rest.count) {
        case ("tag", 1): return .tag(rest[rest.startIndex])
        case ("origin", 1): return .origin(rest[rest.startIndex])
        case ("variant", 4...):
            guard let pattern = pattern(of: rest.prefix(3)) else { return nil }
            return .variant(pattern, plans: Set(rest.dropFirst(3)))
        default: return pattern(of: fields).map(PurgeTarget.originals)
        }
    }

    private static func pattern(of fields: ArraySlice<String>) -> PurgePattern? {
        guard fields.count == 3, let kind = fields.first else { return nil }
        let (text, query) = (fields[fields.startIndex + 1], fields[fields.startIndex + 2])
        return switch kind {
        case "path" where query.isEmpty: .path(text)
        case "exact": .exact(path: text, query: query)
        case "prefix" where query.isEmpty: .prefix(text)
        default: nil
        }
    }

    private static let escapes: [(plain: UInt8, escaped: UInt8)] = [
        (UInt8(ascii: "\\"), UInt8(ascii: "\\")), (UInt8(ascii: "\t"), UInt8(ascii: "t")),
        (UInt8(ascii: "\n"), UInt8(ascii: "n")), (UInt8(ascii: "\r"), UInt8(ascii: "r")),
    ]

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { byte in escapes.contains { $0.plain == byte } }) else { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if let escape = escapes.first(where: { $0.plain == byte }) {
                bytes += [UInt8(ascii: "\\"), escape.escaped]
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func unescaped(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return String(text) }
        var bytes: [UInt8] = []
        var isEscape = false
        for byte in text.utf8 {
            if isEscape {
                guard let escape = escapes.first(where: { $0.escaped == byte }) else { return nil }
                bytes.append(escape.plain)
                isEscape = false
            } else if byte == UInt8(ascii: "\\") {
                isEscape = true
            } else {
                bytes.append(byte)
            }
        }
        return isEscape ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
