/// A rule as one line of text: fields between tabs, the first the version of the form. The number is not among them: it
/// is Redis' score and part of the name in the store, so that a rule gets a new one without becoming another.
enum RuleText {
    private static let version = "1"
    private static let merged = "merged"
    private static let plain = "plain"
    /// The longest line, in bytes: twice the longest texts, because every byte may need an escape, and the rest.
    static let longest = 2 * (PurgeTarget.longestTexts + PurgeRule.longestAccount) + 512

    static func line(of rule: PurgeRule) -> String {
        let head = [
            version, rule.requestID, String(rule.acceptedAt), rule.isMerged ? merged : plain, escaped(rule.account),
        ]
        return (head + fields(of: rule.target).map(escaped)).joined(separator: "\t")
    }

    /// `nil` for what no line of this version is.
    static func rule(of line: String, number: UInt64) -> PurgeRule? {
        guard line.utf8.count <= longest, (1...PurgeRule.highestNumber).contains(number) else { return nil }
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard parts.count > 6, parts[0] == version, RequestID.isValid(parts[1]), let acceptedAt = Int64(parts[2]),
            parts[3] == merged || parts[3] == plain, let account = unescaped(parts[4]), !account.isEmpty,
            account.utf8.count <= PurgeRule.longestAccount
        else { return nil }
        let fields = parts[5...].compactMap(unescaped)
        guard fields.count == parts.count - 5, let target = target(of: fields[...]), target.isValid else { return nil }
        return PurgeRule(
            requestID: String(parts[1]), account: account, target: target, acceptedAt: acceptedAt, number: number,
            isMerged: parts[3] == merged)
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
