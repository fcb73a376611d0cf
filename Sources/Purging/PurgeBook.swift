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
    /// The merged rules alone.
    private(set) var merged = PurgeRules()
    private(set) var positions = PurgePositions()
    /// Requests that were not completed when that was asked last.
    var unsettled: Set<String> = []
    let region: String

    init(region: String, mostPastRequests: Int) {
        self.region = region
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
    ///
    /// - Parameter isInOrder: whether everything before it in its log is known.
    mutating func learn(_ rule: PurgeRule, isShared: Bool, isInOrder: Bool = true, at now: Deadline) {
        let id = rule.requestID
        let isRenumbered = rules[id]?.number != rule.number
        if let known = rules[id], known.number > rule.number || !isRenumbered && !isShared { return }
        let wasUnshared = unshared.contains(id)
        if isShared { unshared.remove(id) } else { unshared.insert(id) }
        if !rule.isMerged, isRenumbered || wasUnshared {
            begin(rule, isShared: isShared, at: now)
            // What is entered here gets another number before anybody else hears of it.
            if isShared || rule.source != nil { place(rule, isInOrder: isInOrder) }
        }
        guard isRenumbered else { return }
        rules[id] = rule
        index.insert(rule)
        if rule.isMerged { merged.insert(rule) }
        revision += 1
    }

    /// Remembers a request whose rule is not needed, because a newer one covers it.
    mutating func note(_ rule: PurgeRule, isShared: Bool, at now: Deadline) {
        guard !rule.isMerged else { return }
        begin(rule, isShared: isShared, at: now)
        requests.letGo(rule.requestID)
        place(rule, isInOrder: true)
    }

    private mutating func begin(_ rule: PurgeRule, isShared: Bool, at now: Deadline) {
        requests.begin(rule, isShared: isShared, at: now)
        unsettled.insert(rule.requestID)
    }

    private mutating func place(_ rule: PurgeRule, isInOrder: Bool) {
        guard let source = rule.source(in: region) else { return }
        positions.note(rule, from: source, isInOrder: isInOrder)
    }

    /// Counts a request's time from now on.
    mutating func restart(_ id: String, at now: Deadline) {
        requests.restart(id, at: now)
    }

    /// Every rule up to a number is known.
    ///
    /// - Parameters:
    ///   - late: rules that are to get new numbers.
    ///   - isWhole: whether every place was looked through just now.
    ///   - isHeldBack: this region's own log was lost, and what is known of it stands for nothing before that is made good.
    mutating func raise(epoch number: UInt64, late: Set<String>, isWhole: Bool, isHeldBack: Bool) {
        if number > index.epoch {
            index.raise(epoch: number)
            revision += 1
        }
        var firstLate: [String: UInt64] = isHeldBack ? [region: 0] : [:]
        for source in late.compactMap({ rules[$0]?.source }) {
            firstLate[source.region] = min(firstLate[source.region] ?? .max, source.number)
        }
        let taken = positions.take(upTo: index.epoch) { id, source, local in
            if let rule = rules[id], rule.number != local { return .forget }
            return late.contains(id) || source.number >= firstLate[source.region] ?? .max ? .wait : .count
        }
        if isWhole { positions.settleOrder() }
        raise(vector: taken)
    }

    /// Takes note of how much is known of the logs.
    mutating func raise(vector: PurgeVector) {
        guard !index.vector.covers(vector) else { return }
        index.raise(vector: vector)
        revision += 1
    }

    /// Up to which number every rule is one that the vector stands for. What was entered here and has yet to get its
    /// number is none of these.
    ///
    /// - Parameter late: rules that are to get new numbers.
    func vouched(late: Set<String>) -> UInt64 {
        let own = unshared.lazy.compactMap { rules[$0] }.filter { $0.source == nil }
        var first = (late.lazy.compactMap { rules[$0]?.number } + own.map(\.number)).min() ?? .max
        if let waiting = positions.firstWaiting, waiting <= index.epoch {
            // A merged rule may stand for older ones of the same log, and the position for these is that of the newest.
            first = min(first, waiting, rules.values.lazy.filter(\.isMerged).map(\.number).min() ?? .max)
        }
        return min(index.epoch, max(first, 1) - 1)
    }

    /// Takes note of a number in use whose rule is not known.
    mutating func raise(to number: UInt64) {
        guard number > index.number else { return }
        index.raise(to: number)
        revision += 1
    }

    /// Merges what is more than `limit` to `goal`. Rules that are late or not shared stay as they are, and the newest of
    /// each log, which stands for how far that is known.
    mutating func merge(above limit: Int, to goal: Int, late: Set<String>) -> Change? {
        guard rules.count > limit else { return nil }
        let untouched = unshared.union(late).union(newest)
        let apart = rules.values.filter { untouched.contains($0.requestID) }
        let merged = Merging.merged(rules.values.filter { !untouched.contains($0.requestID) }, goal: goal)
        guard merged.count + apart.count < rules.count else { return nil }
        let written = merged.filter { rules[$0.requestID] == nil }
        return replace(by: merged + apart, written: written)
    }

    /// Of every log the rule with the highest number there: by it its position is known after a restart.
    private var newest: Set<String> {
        var newest: [String: (number: UInt64, id: String)] = [:]
        for rule in rules.values {
            guard let source = rule.source(in: region) else { continue }
            let place = (source.number, rule.requestID)
            if newest[source.region].map({ $0 < place }) ?? true { newest[source.region] = place }
        }
        return Set(newest.values.map(\.id))
    }

    /// Drops the oldest rules as long as they were accepted before `time`; the newest of all and of each log stay.
    ///
    /// It stops at the first that is young enough, so that a single rule with a wrong time does not go early.
    mutating func drop(acceptedBefore time: Int64) -> Change? {
        let (ordered, newest) = (ordered, newest)
        let old = ordered.dropLast().prefix { $0.acceptedAt < time && !unshared.contains($0.requestID) }
        let kept = old.filter { newest.contains($0.requestID) }
        guard kept.count < old.count else { return nil }
        return replace(by: kept + ordered.dropFirst(old.count), written: [])
    }

    private mutating func replace(by kept: [PurgeRule], written: [PurgeRule]) -> Change {
        var next: [String: PurgeRule] = [:]
        var index = PurgeRules()
        index.raise(to: self.index.number)
        index.raise(epoch: self.index.epoch)
        index.raise(vector: self.index.vector)
        merged = PurgeRules()
        for rule in kept {
            next[rule.requestID] = rule
            index.insert(rule)
            if rule.isMerged { merged.insert(rule) }
        }
        let gone = ordered.filter { next[$0.requestID] == nil }
        for rule in gone { requests.letGo(rule.requestID) }
        rules = next
        self.index = index
        revision += 1
        return Change(written: written, removed: gone)
    }
}
