import Deadlines
import Storage

/// What a purge log knows and has to do, changed under one lock and without waiting for anybody.
struct PurgeLogState {
    private(set) var book: PurgeBook
    var chores = PurgeChores()
    /// Whether everything was read once, so that entries have been stamped.
    private(set) var isRead = false
    /// Requests whose rules are being written to the store just now.
    var inFlight: Set<String> = []
    /// The highest number that this process knows to have been in the store. A store that lists only lower ones has
    /// lost rules.
    var storeTop: UInt64 = 0
    private(set) var events: [PurgeEvent] = []
    private(set) var ownLoss = OwnLogLoss()
    /// What somebody outside has still to be told.
    var untold = UntoldPurges()

    private let limits: (most: Int, merged: Int)
    private let hasMirror: Bool
    private let hasArchive: Bool
    /// The highest number that was given out here without Redis.
    private var reserved: UInt64 = 0
    /// The highest epoch that the store and not Redis vouches for: a rule with a number from Redis may still turn up in
    /// the store below it.
    private var loneEpoch: UInt64 = 0
    /// Above so many rules merging is tried next.
    private var mergeAbove: Int

    init(_ settings: PurgeSettings, hasMirror: Bool, hasArchive: Bool) {
        book = PurgeBook(region: settings.region, mostPastRequests: settings.mostPastRequests)
        reserved = settings.firstNumber
        limits = (max(2, settings.mostRules), max(1, settings.mergedRules))
        mergeAbove = limits.most
        self.hasMirror = hasMirror
        self.hasArchive = hasArchive
    }

    /// What slots see.
    var rules: PurgeRules {
        var rules = book.index
        rules.vouch(upTo: book.vouched(late: chores.late))
        return rules
    }

    /// The highest number that is in use or given out.
    var top: UInt64 { max(book.index.number, reserved, ownLoss.told) }

    var isFlooded: Bool {
        chores.removals > PurgeSettings.mostRemovals || book.unshared.count >= limits.most
    }

    /// A number above all that are known, where Redis cannot give one; `nil` if there is none.
    ///
    /// Another process may take the same one at the same time. Whoever has stamped entries with it by then finds the
    /// other's rule late, and gives it a new number; `spread` keeps two that do so apart.
    mutating func reserve(spread: UInt64 = 0) -> UInt64? {
        guard top < PurgeRule.highestNumber - spread else { return nil }
        reserved = top + 1 + spread
        return reserved
    }

    /// The log was read whole, and in Redis up to `position`; `nil` where only the store was read.
    ///
    /// Alone this lets the epoch rise. In Redis nothing comes at or below a position any more. In the store something
    /// may, of another process that did not know better; it is late then.
    mutating func confirm(position: UInt64?) {
        isRead = true
        book.raise(
            epoch: position ?? book.index.number, late: chores.late, isWhole: true,
            isHeldBack: ownLoss.uncovered != nil)
        if position == nil { loneEpoch = book.index.epoch }
    }

    mutating func takeEvents() -> [PurgeEvent] {
        defer { events = [] }
        return events
    }

    // MARK: Learning

    /// A rule that this process has accepted, and written just now: from now on it is in every place it has to be in.
    mutating func enter(_ rule: PurgeRule, isShared: Bool, at now: Deadline) {
        let isNews = book.requests[rule.requestID].map { $0.number < rule.number } ?? true
        let epoch = book.index.epoch
        if let known = book.rules[rule.requestID], known.number < rule.number { leave(known, for: rule) }
        book.learn(rule, isShared: isShared, at: now)
        book.restart(rule.requestID, at: now)
        if isNews, isRead, rule.number <= epoch { chores.late.insert(rule.requestID) }
        markIfLost(rule)
        // Nothing lies between, so that what is made from here on need not wait for the next look.
        if isNews, isRead, rule.number == epoch + 1 {
            book.raise(
                epoch: rule.number, late: chores.late, isWhole: false, isHeldBack: ownLoss.uncovered != nil)
            if !(hasMirror && isShared) { loneEpoch = rule.number }
        }
        merge()
    }

    /// Redis has numbered a rule for this process, so that the next reading should show it. It may have been read already.
    mutating func expect(_ id: String, under number: UInt64) {
        if book.requests[id].map({ $0.number < number }) ?? true { chores.unseen.insert(id) }
    }

    /// A rule found in Redis.
    mutating func takeFromMirror(_ rule: PurgeRule, at now: Deadline) {
        chores.unseen.remove(rule.requestID)
        if let known = book.rules[rule.requestID] {
            let isNews = known.number < rule.number
            // The same number: Redis took a rule in after all, whose caller had given up waiting.
            let isShared = known.number == rule.number && book.unshared.contains(rule.requestID)
            guard isNews || isShared else { return }
            replaceFile(of: known)
            leaveMirror(known, for: rule)
            // What came from other regions meanwhile, which could not know of it, may have been stamped with its number.
            if isShared, isRead, rule.source == nil { chores.late.insert(rule.requestID) }
        } else {
            guard admit(rule, ifAbove: book.index.epoch, at: now) else { return }
            if hasArchive { chores.unstored.insert(rule.requestID) }
        }
        book.learn(rule, isShared: true, at: now)
        markIfLost(rule)
        merge()
    }

    /// A rule found in the store.
    mutating func takeFromArchive(_ rule: PurgeRule, isShared: Bool, at now: Deadline) {
        if book.rules[rule.requestID] == nil {
            let bound = hasMirror && isShared ? loneEpoch : book.index.epoch
            guard admit(rule, ifAbove: bound, at: now) || !isShared else { return }
            if hasMirror, isShared { chores.unmirrored.append(rule) }
        }
        book.learn(rule, isShared: isShared || !hasMirror, isInOrder: false, at: now)
        markIfLost(rule)
        merge()
    }

    /// Takes note of the number of a rule that is not in the book, and tells whether it belongs there. It does not if it
    /// was there under this number and is merged or dropped, or if it comes in order and a merged one covers it.
    ///
    /// Not above `bound` it is late: entries have been stamped with numbers above it, and rules that seem to cover it may
    /// be older than it is.
    private mutating func admit(_ rule: PurgeRule, ifAbove bound: UInt64, at now: Deadline) -> Bool {
        book.raise(to: rule.number)
        if let request = book.requests[rule.requestID], request.number >= rule.number { return false }
        if isRead, !rule.isMerged, rule.number <= bound {
            chores.late.insert(rule.requestID)
            return true
        }
        guard book.merged.covers(rule) else { return true }
        book.note(rule, isShared: true, at: now)
        return false
    }

    /// Whether the rule of a file is known, so that it need not be read.
    mutating func recognise(_ label: PurgeArchive.Label, _ name: StoreName) -> Bool {
        book.raise(to: label.number)
        guard let known = book.rules[label.requestID] else {
            return label.isShared && book.requests[label.requestID].map { $0.number >= label.number } ?? false
        }
        guard known.number >= label.number else { return false }
        if known.number > label.number, !book.unshared.contains(label.requestID) { chores.dismiss([name]) }
        return true
    }

    // MARK: Changing

    /// Gives a known rule a higher number, here and in the store.
    mutating func renumber(_ id: String, to number: UInt64, isShared: Bool, at now: Deadline) {
        chores.late.remove(id)
        guard let rule = book.rules[id], rule.number < number else { return }
        replaceFile(of: rule)
        let isInOrder = rule.source.map { $0.number <= book.positions.reached[$0.region] } ?? true
        book.learn(rule.renumbered(number), isShared: isShared, isInOrder: isInOrder, at: now)
        merge()
    }

    /// What is left of a rule that has got another number and whose new file is there.
    private mutating func leave(_ known: PurgeRule, for rule: PurgeRule) {
        if hasArchive, let name = book.fileName(of: known.requestID) { chores.dismiss([name]) }
        leaveMirror(known, for: rule)
    }

    /// With another source it is another line, and does not take the old one's place in Redis by itself.
    private mutating func leaveMirror(_ known: PurgeRule, for rule: PurgeRule) {
        if hasMirror, known.source != rule.source { chores.mirrorRemovals.append(known) }
    }

    /// The rule gets another number, or becomes a shared one, and a new file with it.
    private mutating func replaceFile(of rule: PurgeRule) {
        guard hasArchive else { return }
        if let name = book.fileName(of: rule.requestID) { chores.dismiss([name]) }
        chores.storeWrites.insert(rule.requestID)
    }

    private mutating func merge() {
        let before = book.rules.count
        guard before > mergeAbove else { return }
        if let change = book.merge(above: limits.most, to: limits.merged, late: chores.late.union(untold.requests)) {
            adopt(change)
            events.append(.merged(from: before, to: book.rules.count))
        }
        // Where merging helps little, it is not tried again with every rule.
        mergeAbove = max(limits.most, book.rules.count + (limits.most - limits.merged) / 2)
    }

    mutating func drop(acceptedBefore time: Int64) {
        guard let change = book.drop(acceptedBefore: time) else { return }
        adopt(change)
        events.append(.dropped(rules: change.removed.count))
    }

    private mutating func adopt(_ change: PurgeBook.Change) {
        if hasMirror {
            chores.mirrorWrites += change.written
            chores.mirrorRemovals += change.removed
        }
        if hasArchive {
            chores.storeWrites.formUnion(change.written.map(\.requestID))
            chores.dismiss(change.removed.compactMap { PurgeArchive.Label($0, isShared: true).name })
        }
        for rule in change.removed {
            chores.late.remove(rule.requestID)
            chores.unstored.remove(rule.requestID)
            chores.storeWrites.remove(rule.requestID)
        }
    }

    /// Rules to be written to the store: first this region's own in any order, then the others, the lowest numbers first.
    func nextStoreWrites(most: Int) -> [(rule: PurgeRule, isShared: Bool)] {
        let rules = chores.storeWrites.compactMap { book.rules[$0] }
        let own = rules.filter { $0.source == nil }.prefix(most)
        // One after the other takes its time.
        let next = own.isEmpty ? rules.sorted(by: PurgeRule.isEarlier).prefix(most / 8) : own
        return next.map { ($0, !book.unshared.contains($0.requestID)) }
    }

    // MARK: What other regions know

    /// Other regions know this log up to a number.
    mutating func noteOwnNumber(_ number: UInt64) {
        ownLoss.note(number)
    }

    /// The log was looked through after others had said that they know it up to a number.
    mutating func compare(ownNumber number: UInt64) {
        guard let taken = ownLoss.compare(number, with: book) else { return }
        chores.late.formUnion(taken)
        events.append(.ownLogLost(upTo: number))
    }

    /// Rules that stand for all of the log's up to a number are known.
    mutating func coverOwnLoss(upTo number: UInt64, isNothingToPurge: Bool) {
        ownLoss.cover(upTo: number)
        if isNothingToPurge { book.raise(vector: PurgeVector([book.region: number])) }
    }

    private mutating func markIfLost(_ rule: PurgeRule) {
        guard ownLoss.isTaken(by: rule), book.rules[rule.requestID] == rule else { return }
        chores.late.insert(rule.requestID)
    }

    /// Forgets requests that are completed, and tells the first of each log that is not.
    mutating func firstUnsettled(_ isCompleted: (PurgeRequests.Request) -> Bool) -> [String: UInt64] {
        var first: [String: UInt64] = [:]
        for id in book.unsettled {
            guard let request = book.requests[id], !isCompleted(request) else {
                book.unsettled.remove(id)
                continue
            }
            let region = request.source?.region ?? book.region
            first[region] = min(first[region] ?? .max, request.source?.number ?? request.number)
        }
        return first
    }
}
