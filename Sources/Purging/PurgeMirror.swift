import Deadlines
import Memory
import Redis

/// The copy of the log in Redis, under one key without expiry, which gives out the numbers and carries the news.
struct PurgeMirror: Sendable {
    let client: any RedisClient
    let key: String

    /// The most of one call: small enough for the time limit that clients set for a value.
    private static let mostRules = 500
    /// Of a question or an answer. With what Redis puts around it, it fits 64 KiB; a client that takes at least that
    /// much (`RedisClient.replyBytes`) can read every log. Below twice this the pages get smaller, down to a single
    /// rule, which is up to 9,104 bytes and may be more than such a client takes.
    private static let mostBytes = 60 * 1024

    struct Page {
        /// Whether Redis says that nothing is missing.
        var isFilled: Bool
        /// Whether nothing comes after these rules.
        var isLast: Bool
        /// In the order of their numbers.
        var rules: [PurgeRule] = []
        /// The highest score among them, of readable rules and others.
        var highest: UInt64 = 0
        var unreadable = 0
    }

    enum Appended {
        case number(UInt64)
        case notFilled
        case noNumbersLeft
    }

    private var bytesOfCall: Int { max(1, min(Self.mostBytes, client.replyBytes / 2)) }

    /// The rules from a number on.
    func read(from number: UInt64, until deadline: Deadline) throws(RedisError) -> Page {
        let command = Command(
            "EVAL", .text(MirrorScripts.read), .number(1), .text(key), .text(String(max(1, number))),
            .number(Self.mostRules), .number(bytesOfCall), .number(RuleText.longest))
        let reply = try client.call(command, on: key, until: deadline, expecting: .bytes)
        let text = String(decoding: reply.copied, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        guard let head = lines.first, head.utf8.count == 2 else { throw .unexpectedReply }
        var page = Page(isFilled: head.first == "1", isLast: head.last == "1")
        for line in lines.dropFirst() {
            let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let number = UInt64(parts[0]) else {
                page.unreadable += 1
                continue
            }
            page.highest = max(page.highest, number)
            if let rule = RuleText.rule(of: String(parts[1]), number: number) {
                page.rules.append(rule)
            } else {
                page.unreadable += 1
            }
        }
        return page
    }

    /// Gives a rule a number above all that Redis has and above `known`.
    func append(_ rule: PurgeRule, above known: UInt64, until deadline: Deadline) throws(RedisError) -> Appended {
        let command = Command(
            "EVAL", .text(MirrorScripts.append), .number(1), .text(key), .text(String(known)),
            .text(RuleText.line(of: rule)))
        let reply = try client.call(command, on: key, until: deadline, expecting: .integer)
        guard case .integer(let number) = reply.kind else { throw .unexpectedReply }
        switch number {
        case 0: return .notFilled
        case 1...: return .number(UInt64(number))
        default: return .noNumbersLeft
        }
    }

    /// Puts back the rules that are missing, and returns all with the numbers that they have in Redis.
    ///
    /// - Parameter rules: in the order of their numbers.
    func restore(
        _ rules: [PurgeRule], above known: UInt64, until deadline: Deadline
    ) throws(RedisError) -> [PurgeRule] {
        var restored: [PurgeRule] = []
        for part in parts(of: rules) {
            let numbered = try numbered(part, by: MirrorScripts.restore, above: known, until: deadline)
            guard numbered.count == part.count else { throw .unexpectedReply }
            restored += numbered
        }
        return restored
    }

    enum Adopted {
        /// With the numbers that they have in Redis.
        case rules([PurgeRule])
        case notFilled
        case noNumbersLeft
    }

    /// Gives rules of other regions that are not there yet numbers above all that Redis has and above `known`, in the
    /// order given. Whoever else adopts the same ones gets the same numbers.
    func adopt(_ rules: [PurgeRule], above known: UInt64, until deadline: Deadline) throws(RedisError) -> Adopted {
        var adopted: [PurgeRule] = []
        for part in parts(of: rules) {
            let numbered = try numbered(part, by: MirrorScripts.adopt, above: known, until: deadline)
            guard !numbered.isEmpty else { return .notFilled }
            guard numbered.count == part.count else { return .noNumbersLeft }
            adopted += numbered
        }
        return .rules(adopted)
    }

    /// The first of the rules, as many as the script answers numbers for, under these numbers.
    private func numbered(
        _ rules: [PurgeRule], by script: String, above known: UInt64, until deadline: Deadline
    ) throws(RedisError) -> [PurgeRule] {
        let command = Command(
            "EVAL", .text(script), .number(1), .text(key), .text(String(known)), .text(Self.lines(of: rules)))
        let reply = try client.call(command, on: key, until: deadline, expecting: .bytes)
        let lines = String(decoding: reply.copied, as: UTF8.self).split(separator: "\n")
        let numbers = lines.compactMap { UInt64($0) }
        guard numbers.count == lines.count, numbers.count <= rules.count else { throw .unexpectedReply }
        return zip(rules, numbers).map { $0.renumbered($1) }
    }

    /// Says that nothing is missing.
    func markFilled(until deadline: Deadline) throws(RedisError) {
        let command = Command("ZADD", .text(key), .number(0), .text(MirrorScripts.marker))
        _ = try client.call(command, on: key, until: deadline, expecting: .integer)
    }

    func place(_ rules: [PurgeRule], until deadline: Deadline) throws(RedisError) {
        try run(MirrorScripts.place, on: rules, until: deadline)
    }

    func remove(_ rules: [PurgeRule], until deadline: Deadline) throws(RedisError) {
        try run(MirrorScripts.remove, on: rules, until: deadline)
    }

    private func run(_ script: String, on rules: [PurgeRule], until deadline: Deadline) throws(RedisError) {
        for part in parts(of: rules) {
            let command = Command("EVAL", .text(script), .number(1), .text(key), .text(Self.lines(of: part)))
            _ = try client.call(command, on: key, until: deadline, expecting: .integer)
        }
    }

    private static func lines(of rules: [PurgeRule]) -> String {
        rules.map { "\($0.number)\t\(RuleText.line(of: $0))" }.joined(separator: "\n")
    }

    /// Pieces for one call each.
    private func parts(of rules: [PurgeRule]) -> [[PurgeRule]] {
        var parts: [[PurgeRule]] = []
        var bytes = 0
        for rule in rules {
            let size = RuleText.line(of: rule).utf8.count + 32
            if bytes + size > bytesOfCall || parts.last.map({ $0.count >= Self.mostRules }) ?? true {
                parts.append([])
                bytes = 0
            }
            parts[parts.count - 1].append(rule)
            bytes += size
        }
        return parts
    }
}
