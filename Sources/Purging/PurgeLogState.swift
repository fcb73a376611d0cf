import Deadlines
import Storage

/// What a purge log knows and has to do, changed under one lock and without waiting for anybody.
struct PurgeLogState {
    private(set) var book: PurgeBook
    var chores = PurgeChores()
    /// Whether everything was read once, so that numbers have been handed out to entries.
    var isRead = false
    /// Requests whose rules are being written to the store just now.
    var inFlight: Set<String> = []
    /// The highest number that this process knows to have been in the store. A store that lists only lower ones has
    /// lost rules.
    var storeTop: UInt64 = 0
    private(set) var events: [PurgeEvent] = []

    private let limits: (most: Int, merged: Int)
    private let hasMirror: Bool
    private let hasArchive: Bool
    /// The highest number that was given out here without Redis.
    private var reserved: UInt64 = 0
    /// The highest number here that Redis did not give.
    private var offlineTop: UInt64 = 0
    /// Above so many rules merging is tried next.
    private var mergeAbove: Int

    init(_ settings: PurgeSettings, hasMirror: Bool, hasArchive: Bool) {
        book = PurgeBook(mostPastRequests: settings.mostPastRequests)
        limits = (max(2, settings.mostRules), max(1, settings.mergedRules))
        mergeAbove = limits.most
        self.hasMirror = hasMirror
        self.hasArchive = hasArchive
    }

    /// The highest number that is in use or given out.
    var top: UInt64 { max(book.index.number, reserved) }

    var isFlooded: Bool {
        chores.removals > PurgeSettings.mostRemovals || book.unshared.count >= limits.most
    }

    /// A number above all that are known, where Redis cannot give one; `nil` if there is none.
    ///
    /// Another process may take the same one at the same time. Each of the two finds the other's rule late, and whoever
    /// does gives it a new number; `spread` keeps them apart then.
    mutating func reserve(spread: UInt64 = 0) -> UInt64? {
        guard top < PurgeRule.highestNumber - spread else { return nil }
        reserved = top + 1 + spread
        return reserved
    }

    mutating func takeEvents() -> [PurgeEvent] {
        defer { events = [] }
        return events
    }

    // MARK: Learning

    /// A rule that this process has accepted, and written.
    mutating func enter(_ rule: PurgeRule, isShared: Bool, at now: Deadline) {
        if !isShared { offlineTop = max(offlineTop, rule.number) }
        book.learn(rule, isShared: isShared, at: now)
        merge()
    }

    /// A rule found in Redis, which was read up to `position` before.
    mutating func takeFromMirror(_ rule: PurgeRule, position: UInt64, at now: Deadline) {
        if let known = book.rules[rule.requestID] {
            let isNews = known.number < rule.number
            // The same number: Redis took a rule in after all, whose caller had given up waiting.
            let isShared = known.number == rule.number && book.unshared.contains(rule.requestID)
            guard isNews || isShared else { return }
            dismissFile(of: known)
        } else {
            guard isNeeded(rule, ifAbove: max(position, offlineTop), at: now) else { return }
        }
        if hasArchive { chores.unstored.append(rule) }
        book.learn(rule, isShared: true, at: now)
        merge()
    }

    /// A rule found in the store, while numbers up to `top` were in use.
    mutating func takeFromArchive(_ rule: PurgeRule, isShared: Bool, top: UInt64, at now: Deadline) {
        if book.rules[rule.requestID] == nil {
            let bound = hasMirror && isShared ? offlineTop : top
            guard isNeeded(rule, ifAbove: bound, at: now) || !isShared else { return }
            if hasMirror, isShared { chores.unmirrored.append(rule) }
            if hasMirror, !isShared { offlineTop = max(offlineTop, rule.number) }
        }
        book.learn(rule, isShared: isShared || !hasMirror, at: now)
        merge()
    }

    /// Whether a rule that is not in the book belongs there. It does not if it was there and is merged or dropped, or
    /// if it comes in order and is covered.
    ///
    /// Not above `bound` it is late: numbers above it have been handed out, and rules that seem to cover it may be
    /// older than it is.
    private mutating func isNeeded(_ rule: PurgeRule, ifAbove bound: UInt64, at now: Deadline) -> Bool {
        book.raise(to: rule.number)
        guard book.requests[rule.requestID] == nil else { return false }
        if isRead, !rule.isMerged, rule.number <= bound {
            chores.late.insert(rule.requestID)
            return true
        }
        guard book.index.covers(rule) else { return true }
        book.note(rule, isShared: true, at: now)
        return false
    }

    /// Whether the rule of a file is known, so that it need not be read.
    mutating func recognise(_ label: PurgeArchive.Label, _ name: StoreName) -> Bool {
        book.raise(to: label.number)
        guard let known = book.rules[label.requestID] else {
            return label.isShared && book.requests[label.requestID] != nil
        }
        guard known.number >= label.number else { return false }
        if known.number > label.number, !book.unshared.contains(label.requestID) { chores.storeRemovals.append(name) }
        return true
    }

    // MARK: Changing

    /// Gives a known rule a higher number, here and in the store.
    mutating func renumber(_ id: String, to number: UInt64, isShared: Bool, at now: Deadline) {
        chores.late.remove(id)
        guard let rule = book.rules[id], rule.number < number else { return }
        dismissFile(of: rule)
        let fresh = rule.renumbered(number)
        if hasArchive { chores.storeWrites.append(fresh) }
        enter(fresh, isShared: isShared, at: now)
    }

    private mutating func dismissFile(of rule: PurgeRule) {
        let isShared = !book.unshared.contains(rule.requestID)
        if hasArchive, let name = PurgeArchive.Label(rule, isShared: isShared).name {
            chores.storeRemovals.append(name)
        }
    }

    private mutating func merge() {
        let before = book.rules.count
        guard before > mergeAbove else { return }
        if let change = book.merge(above: limits.most, to: limits.merged) {
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
            chores.storeWrites += change.written
            chores.storeRemovals += change.removed.compactMap { PurgeArchive.Label($0, isShared: true).name }
        }
        for rule in change.removed { chores.late.remove(rule.requestID) }
    }
}
