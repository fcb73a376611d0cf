/// Makes few rules of many. Pure, and the same for every process that knows the same rules.
///
/// Whatever the rules made void stays void: a rule gives way only to one of the same or a higher number that covers it.
/// The newest rule's number is always kept.
enum Merging {
    /// After so many foldings of folders into their parents everything old becomes one rule for the account.
    private static let mostFoldings = 16

    /// At most `goal` rules, in the order of their numbers, where the accounts are not more than that.
    ///
    /// First go rules that newer ones cover. Then older rules are widened to the folder around them, again and again;
    /// the newest, half of the goal, are touched last.
    static func merged(_ rules: [PurgeRule], goal: Int) -> [PurgeRule] {
        var kept = uncovered(rules)
        var untouched = goal / 2
        var foldings = 0
        while kept.count > goal {
            let old = kept.dropLast(untouched)
            let wide = foldings < mostFoldings ? old.map { widened($0) } : old.map { $0.widened(to: .prefix("")) }
            let next = uncovered(wide + kept.suffix(untouched))
            if next.count == kept.count, foldings > mostFoldings {
                guard untouched > 0 else { break }
                (untouched, foldings) = (0, 0)
            }
            kept = next
            foldings += 1
        }
        let known = Set(rules)
        return kept.map { known.contains($0) ? $0 : $0.renamedByContent() }
    }

    /// The rules that no newer one covers, in the order of their numbers.
    ///
    /// A rule gives way to a merged one, or to one of the same log. A newer one of another log may be older than it is
    /// where that was entered, and other regions, to whom both are told, know only one of them perhaps. For the same
    /// reason a merged one, which others are not told of, gives way to merged ones only.
    private static func uncovered(_ rules: [PurgeRule]) -> [PurgeRule] {
        var merged = PurgeRules()
        var logs: [String?: PurgeRules] = [:]
        var kept: [PurgeRule] = []
        for rule in rules.sorted(by: PurgeRule.isEarlier).reversed() where !merged.covers(rule) {
            if rule.isMerged {
                merged.insert(rule)
            } else {
                let original = rule.renumbered(rule.source?.number ?? rule.number)
                let log = rule.source?.region
                if logs[log]?.covers(original) ?? false { continue }
                logs[log, default: PurgeRules()].insert(original)
            }
            kept.append(rule)
        }
        return kept.reversed()
    }

    private static func widened(_ rule: PurgeRule) -> PurgeRule {
        let wide: PurgeTarget =
            switch rule.target {
            case .originals(let pattern), .variant(let pattern, _): .prefix(folder(around: text(of: pattern)))
            case .tag, .origin: .prefix("")
            }
        return wide == rule.target ? rule : rule.widened(to: wide)
    }

    private static func text(of pattern: PurgePattern) -> String {
        switch pattern {
        case .path(let text), .exact(let text, _), .prefix(let text): text
        }
    }

    /// The text up to the slash before its last name: a beginning of it, and shorter unless it is empty.
    static func folder(around text: String) -> String {
        let bytes = text.utf8.dropLast()
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return String(decoding: bytes[...slash], as: UTF8.self)
    }
}

extension PurgeRules {
    /// Few rules that cover many: at most `goal`, in the order of their numbers, where the accounts are not more.
    package static func merged(_ rules: [PurgeRule], goal: Int) -> [PurgeRule] {
        Merging.merged(rules, goal: goal)
    }
}
