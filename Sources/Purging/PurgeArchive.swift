import Deadlines
import Memory
import Storage

/// The durable log in the store: a small file for each rule.
struct PurgeArchive: Sendable {
    let store: any Store

    /// What the name of a rule's file says: `{20 digits}-{request id}`, and an end for rules that were accepted without
    /// Redis and that it has yet to number.
    struct Label: Hashable {
        let number: UInt64
        let requestID: String
        let isShared: Bool

        private static let digits = 20
        private static let offlineEnd = "-offline"

        init(_ rule: PurgeRule, isShared: Bool) {
            (number, requestID, self.isShared) = (rule.number, rule.requestID, isShared)
        }

        init?(_ name: StoreName) {
            let isOffline = name.text.hasSuffix(Self.offlineEnd)
            let text = name.text.dropLast(isOffline ? Self.offlineEnd.count : 0)
            let number = text.prefix(Self.digits)
            let rest = text.dropFirst(Self.digits)
            guard number.utf8.count == Self.digits, number.utf8.allSatisfy({ (48...57).contains($0) }),
                let value = UInt64(number), (1...PurgeRule.highestNumber).contains(value), rest.first == "-",
                RequestID.isValid(rest.dropFirst())
            else { return nil }
            (self.number, requestID, isShared) = (value, String(rest.dropFirst()), !isOffline)
        }

        /// Never `nil` for what an id is.
        var name: StoreName? {
            let digits = String(number)
            let padded = String(repeating: "0", count: Self.digits - digits.utf8.count) + digits
            return StoreName(.purge, padded + "-" + requestID + (isShared ? "" : Self.offlineEnd))
        }
    }

    enum Found {
        case rule(PurgeRule)
        /// It was removed since it was listed.
        case gone
        case unreadable
    }

    private static let title = "apus-purge 1"

    func names(until deadline: Deadline) throws(StoreError) -> [StoreName] {
        try store.names(of: .purge, until: deadline)
    }

    func write(_ rule: PurgeRule, isShared: Bool, until deadline: Deadline) throws(StoreError) {
        guard let name = Label(rule, isShared: isShared).name else { return }
        try store.write([Self.file(of: rule)], as: name, until: deadline)
    }

    func remove(_ name: StoreName, until deadline: Deadline) throws(StoreError) {
        try store.remove(name, until: deadline)
    }

    func read(_ name: StoreName, until deadline: Deadline) throws(StoreError) -> Found {
        guard let label = Label(name) else { return .unreadable }
        guard let file = try store.read(name, until: deadline) else { return .gone }
        guard file.count <= RuleText.longest + 200, let rule = Self.rule(of: file.copied),
            rule.number == label.number, rule.requestID == label.requestID
        else { return .unreadable }
        return .rule(rule)
    }

    /// Two lines: title, number and checksum; the rule.
    private static func file(of rule: PurgeRule) -> [UInt8] {
        let line = RuleText.line(of: rule)
        return Array("\(title) \(rule.number) \(checksum(of: line, rule.number))\n\(line)\n".utf8)
    }

    private static func rule(of bytes: [UInt8]) -> PurgeRule? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 3, lines[2].isEmpty else { return nil }
        let head = lines[0].split(separator: " ", omittingEmptySubsequences: false)
        let line = String(lines[1])
        guard head.count == 4, head[0...1].joined(separator: " ") == title, let number = UInt64(head[2]),
            head[3] == checksum(of: line, number)
        else { return nil }
        return RuleText.rule(of: line, number: number)
    }

    private static func checksum(of line: String, _ number: UInt64) -> String {
        var digest = TextDigest()
        for byte in "\(number) \(line)".utf8 { digest.add(byte) }
        return RequestID.hexadecimal(digest.value)
    }
}
