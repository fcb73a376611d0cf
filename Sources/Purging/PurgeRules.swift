/// All purges that a process knows at one moment, for matching. A value: readers keep theirs while others grow.
///
/// An entry carries the `epoch` that was current when its making began. It is void if and only if `newest(matching:)`
/// is above that; where `number` itself is not, there is no need to ask.
package struct PurgeRules: Sendable {
    /// The highest number known; 0 while there was no purge. Lower ones may not be known yet.
    package private(set) var number: UInt64 = 0
    /// What entries are stamped with: every purge up to this number is known. Never above `number`; it never goes down.
    ///
    /// Between a purge that this worker accepts and its next look into the log, `epoch` may be lower than that purge's
    /// number: what is made meanwhile of things that it means is void as soon as it is made.
    package private(set) var epoch: UInt64 = 0
    /// How much is known of every region's log, by the rules at or below `epoch`: of each, this one too, the number of
    /// its newest rule, up to which every rule is known. Raised with the epoch; it never goes down. A purge entered here
    /// counts once it has the number under which others hear of it.
    package private(set) var vector = PurgeVector()
    /// Up to which number, at most `epoch`, every rule here is one that `vector` stands for, so that whoever covers the
    /// vector knows it. What comes from another region that covers it is stamped with this. It may go down: while Redis is
    /// away it stays below what is entered here, of which no other region hears.
    package private(set) var vouched: UInt64 = 0
    /// Most rules, by account.
    private var settled: [String: AccountRules] = [:]
    /// The last ones, apart: a value that readers hold is copied with the next insertion, and these are few.
    private var fresh: [String: AccountRules] = [:]
    private var freshRules: [PurgeRule] = []
    private static let mostFresh = 256

    package init() {}

    /// The highest number of a purge that means `subject`; 0 if none does.
    ///
    /// Two hash look-ups for the account, and, where it has any purges, a few for each name in `subject`.
    package func newest(matching subject: PurgeSubject) -> UInt64 {
        max(
            settled[subject.account]?.newest(matching: subject) ?? 0,
            fresh[subject.account]?.newest(matching: subject) ?? 0)
    }

    /// Whether a purge has made an entry unusable that was made under `epoch`.
    package func void(_ subject: PurgeSubject, madeUnder epoch: UInt64) -> Bool {
        number > epoch && newest(matching: subject) > epoch
    }

    package mutating func insert(_ rule: PurgeRule) {
        raise(to: rule.number)
        fresh[rule.account, default: AccountRules()].insert(rule)
        freshRules.append(rule)
        guard freshRules.count >= Self.mostFresh else { return }
        for rule in freshRules { settled[rule.account, default: AccountRules()].insert(rule) }
        (fresh, freshRules) = ([:], [])
    }

    /// Takes note of a number that was given to a rule which is not known, or no more.
    mutating func raise(to number: UInt64) {
        self.number = max(self.number, number)
    }

    /// Every rule up to a number is known.
    mutating func raise(epoch number: UInt64) {
        raise(to: number)
        epoch = max(epoch, number)
    }

    /// Every rule that the positions of other logs stand for is at or below the epoch.
    mutating func raise(vector positions: PurgeVector) {
        vector.raise(to: positions)
    }

    /// - Parameter number: up to which every rule is one that the vector stands for.
    mutating func vouch(upTo number: UInt64) {
        vouched = min(number, epoch)
    }

    /// Whether rules of the same or a higher number mean everything that `rule` means.
    func covers(_ rule: PurgeRule) -> Bool {
        (settled[rule.account]?.newest(covering: rule.target) ?? 0) >= rule.number
            || (fresh[rule.account]?.newest(covering: rule.target) ?? 0) >= rule.number
    }
}

/// The purges of one account.
private struct AccountRules: Sendable {
    private var originals = PatternTable<UInt64>()
    /// By plan.
    private var variants = PatternTable<[String: UInt64]>()
    private var hasVariants = false
    private var tags: [String: UInt64] = [:]
    private var origins: [String: UInt64] = [:]

    mutating func insert(_ rule: PurgeRule) {
        let number = rule.number
        switch rule.target {
        case .originals(let pattern): originals.update(pattern, from: 0) { $0 = max($0, number) }
        case .variant(let pattern, let plans):
            hasVariants = true
            variants.update(pattern, from: [:]) { numbers in
                for plan in plans { numbers[plan] = max(numbers[plan] ?? 0, number) }
            }
        case .tag(let tag): tags[tag] = max(tags[tag] ?? 0, number)
        case .origin(let id): origins[id] = max(origins[id] ?? 0, number)
        }
    }

    func newest(matching subject: PurgeSubject) -> UInt64 {
        var newest = newestOriginals(covering: subject.place.pattern)
        for input in subject.inputs {
            newest = max(newest, newestOriginals(covering: input.place.pattern))
            if let origin = input.origin { newest = max(newest, origins[origin] ?? 0) }
        }
        for tag in subject.tags { newest = max(newest, tags[tag] ?? 0) }
        for origin in subject.origin.map({ [$0] }) ?? subject.possibleOrigins {
            newest = max(newest, origins[origin] ?? 0)
        }
        return max(newest, newestVariant(matching: subject))
    }

    private func newestOriginals(covering pattern: PurgePattern) -> UInt64 {
        var newest: UInt64 = 0
        originals.forEach(covering: pattern) { newest = max(newest, $0) }
        return newest
    }

    private func newestVariant(matching subject: PurgeSubject) -> UInt64 {
        guard hasVariants else { return 0 }
        var newest: UInt64 = 0
        var name: String??
        variants.forEach(covering: subject.place.pattern) { numbers in
            let plan = name ?? subject.plan().map(PlanName.short)
            name = .some(plan)
            if let plan { newest = max(newest, numbers[plan] ?? 0) }
        }
        return newest
    }

    /// The highest number under which everything that `target` means was purged.
    func newest(covering target: PurgeTarget) -> UInt64 {
        // Every path begins with nothing, so this one covers tags and origins too.
        let all = newestOriginals(covering: .prefix(""))
        switch target {
        case .originals(let pattern): return max(all, newestOriginals(covering: pattern))
        case .tag(let tag): return max(all, tags[tag] ?? 0)
        case .origin(let id): return max(all, origins[id] ?? 0)
        case .variant(let pattern, let plans):
            let lowest = plans.map { newestVariant($0, covering: pattern) }.min() ?? 0
            return max(all, newestOriginals(covering: pattern), lowest)
        }
    }

    private func newestVariant(_ plan: String, covering pattern: PurgePattern) -> UInt64 {
        var newest: UInt64 = 0
        variants.forEach(covering: pattern) { newest = max(newest, $0[plan] ?? 0) }
        return newest
    }
}
