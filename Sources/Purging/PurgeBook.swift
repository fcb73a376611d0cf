import Deadlines
import Storage

/// The log as one process knows it. Pure: it neither reads nor writes nor asks for the time.
struct PurgeBook {
    /// By request id.
    private(set) var rules: [String: PurgeRule] = [:]
    private(set) var index = PurgeRules()
    private(set) var requests: PurgeRequests
    /// The rules that Redis does not have yet.
    private(set) var unshared: Set<String> = []
    /// Changes with `index`.
    private(set) var revision: UInt64 = 0

    init(mostPastRequests: Int) {
        requests = PurgeRequests(mostPast: mostPastRequests)
    }

    /// What merging or dropping changes in the places where the log lies.
    struct Change {
        /// Merged rules, to be written before the others are removed.
        var written: [PurgeRule] = []
        var removed: [PurgeRule] = []
    }

    /// In the order of their numbers.
    var ordered: [PurgeRule] {
        rules.values.sorted(by: PurgeRule.isEarlier)
    }

    /// What the file of a rule is called; `nil` if there is no such rule.
    func fileName(of id: String) -> StoreName? {
        rules[id].flatMap { PurgeArchive.Label($0, isShared: !unshared.contains(id)).name }
    }

    /// Takes a rule in, or the higher number of one that is known.
    mutating func learn(_ rule: PurgeRule, isShared: Bool, at now: Deadline) {
        let id = rule.requestID
        let isRenumbered = rules[id]?.number != rule.number
        if let known = rules[id], known.number > rule.number || !isRenumbered && !isShared { return }
        let wasUnshared = unshared.contains(id)
        if isShared { unshared.remove(id) } else { unshared.insert(id) }
        if !rule.isMerged, isRenumbered || wasUnshared { requests.begin(rule, isShared: isShared, at: now) }
        guard isRenumbered else { return }
        rules[id] = rule
        index.insert(rule)
        revision += 1
    }

    /// Remembers a request whose rule is not needed, because a newer one covers it.
    mutating func note(_ rule: PurgeRule, isShared: Bool, at now: Deadline) {
        guard !rule.isMerged else { return }
        requests.begin(rule, isShared: isShared, at: now)
        requests.letGo(rule.requestID)
    }

    /// Counts a request's time from now on.
    mutating func restart(_ id: String, at now: Deadline) {
        requests.restart(id, at: now)
    }

    /// Every rule up to a number is known.
    mutating func raise(epoch number: UInt64) {
        guard number > index.epoch else { return }
        index.raise(epoch: number)
        revision += 1
    }

    /// Takes note of a number in use whose rule is not known.
    mutating func raise(to number: UInt64) {
        guard number > index.number else { return }
        index.raise(to: number)
        revision += 1
    }

    /// Merges what is more than `limit` to `goal`. Rules that are not shared stay as they are.
    mutating func merge(above limit: Int, to goal: Int) -> Change? {
        guard rules.count > limit else { return nil }
        let apart = rules.values.filter { unshared.contains($0.requestID) }
        let merged = Merging.merged(rules.values.filter { !unshared.contains($0.requestID) }, goal: goal)
        guard merged.count + apart.count < rules.count else { return nil }
        let written = merged.filter { rules[$0.requestID] == nil }
        return replace(by: merged + apart, written: written)
    }

    /// Drops the oldest rules as long as they were accepted before `time`; the newest of all stays.
    ///
    /// It stops at the first that is young enough, so that a single rule with a wrong time does not go early.
    mutating func drop(acceptedBefore time: Int64) -> Change? {
        let ordered = ordered
        let old = ordered.dropLast().prefix { $0.acceptedAt < time && !unshared.contains($0.requestID) }
        guard !old.isEmpty else { return nil }
        return replace(by: Array(ordered.dropFirst(old.count)), written: [])
    }

    private mutating func replace(by kept: [PurgeRule], written: [PurgeRule]) -> Change {
        var next: [String: PurgeRule] = [:]
        var index = PurgeRules()
        index.raise(to: self.index.number)
        index.raise(epoch: self.index.epoch)
        for rule in kept {
            next[rule.requestID] = rule
            index.insert(rule)
        }
        let gone = ordered.filter { next[$0.requestID] == nil }
        for rule in gone { requests.letGo(rule.requestID) }
        rules = next
        self.index = index
        revision += 1
        return Change(written: written, removed: gone)
    }
}
