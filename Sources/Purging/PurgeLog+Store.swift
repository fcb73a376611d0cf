import Deadlines
import Storage

extension PurgeLog {
    /// Reads what is new in the store. True if everything that it has is known now.
    func look(into archive: PurgeArchive, _ sync: inout PurgeSync) -> Bool {
        let start = Deadline.now
        defer {
            sync.lastLook = start
            sync.lookTook = start.elapsed
        }
        do throws(StoreError) {
            let limit = Deadline(in: PurgeSync.timeToRead)
            let (top, storeTop) = inspect { ($0.top, $0.storeTop) }
            let names = try archive.names(until: limit)
            let isWhole = try read(names, from: archive, above: top, &sync, until: limit)
            if sync.isStoreAway {
                sync.isStoreAway = false
                tell(.storeBack)
            }
            if isWhole {
                sync.isStoreRead = true
                compare(with: names, expecting: storeTop)
            }
            return isWhole
        } catch {
            lose(error, &sync)
            return false
        }
    }

    private func lose(_ error: StoreError, _ sync: inout PurgeSync) {
        guard !sync.isStoreAway else { return }
        sync.isStoreAway = true
        tell(.storeAway(error))
    }

    /// False if the time was up before the end.
    private func read(
        _ names: [StoreName], from archive: PurgeArchive, above top: UInt64, _ sync: inout PurgeSync,
        until limit: Deadline
    ) throws(StoreError) -> Bool {
        sync.known.formIntersection(names)
        for name in names where !sync.known.contains(name) {
            guard !limit.hasPassed else { return false }
            guard let label = PurgeArchive.Label(name) else {
                reject(name, &sync)
                continue
            }
            let (isInFlight, isKnown) = change { state in
                let isInFlight = state.inFlight.contains(label.requestID)
                return (isInFlight, !isInFlight && state.recognise(label, name))
            }
            // What this process is just writing it will know soon enough.
            if isInFlight { continue }
            if !isKnown {
                switch try archive.read(name, until: limit) {
                case .gone: continue
                case .unreadable:
                    reject(name, &sync)
                    continue
                case .rule(let rule):
                    let now = settings.now()
                    change { $0.takeFromArchive(rule, isShared: label.isShared, top: top, at: now) }
                }
            }
            sync.known.insert(name)
        }
        return true
    }

    private func reject(_ name: StoreName, _ sync: inout PurgeSync) {
        sync.known.insert(name)
        tell(.unreadableInStore(name: name.text))
    }

    /// Finds out what the store should have and has not, and what it has too much.
    private func compare(with names: [StoreName], expecting storeTop: UInt64) {
        let listed = Set(names)
        let labels = names.compactMap(PurgeArchive.Label.init)
        let top = labels.lazy.map(\.number).max() ?? 0
        let isLost = top < storeTop
        let filled = change { state in
            state.storeTop = isLost ? top : max(top, state.storeTop)
            let wanted = isLost ? state.book.ordered : state.chores.unstored
            state.chores.unstored = []
            let missing = wanted.filter { rule in
                guard let known = state.book.rules[rule.requestID], known.number == rule.number else { return false }
                let isShared = !state.book.unshared.contains(rule.requestID)
                return PurgeArchive.Label(rule, isShared: isShared).name.map { !listed.contains($0) } ?? false
            }
            state.chores.storeWrites += missing
            if labels.count > settings.mostRules { removeLeftovers(labels, from: &state) }
            return missing.count
        }
        if isLost { tell(.storeFilled(rules: filled)) }
    }

    /// Files whose rules were merged by somebody who died before it had removed them all.
    private func removeLeftovers(_ labels: [PurgeArchive.Label], from state: inout PurgeLogState) {
        guard state.chores.storeRemovals.isEmpty else { return }
        for label in labels where label.isShared {
            if state.book.rules[label.requestID]?.number == label.number { continue }
            if state.inFlight.contains(label.requestID) { continue }
            if let name = label.name { state.chores.storeRemovals.append(name) }
        }
    }

    /// Writes and removes what is to be written and removed.
    func tidy(_ archive: PurgeArchive, _ sync: inout PurgeSync) {
        do throws(StoreError) {
            let limit = Deadline(in: PurgeSync.timeToWrite)
            while !limit.hasPassed, let rule = inspect({ $0.chores.storeWrites.first }) {
                let isShared = inspect { state -> Bool? in
                    guard state.book.rules[rule.requestID]?.number == rule.number else { return nil }
                    return !state.book.unshared.contains(rule.requestID)
                }
                if let isShared { try archive.write(rule, isShared: isShared, until: limit) }
                change { state in
                    state.chores.storeWrites.removeFirst()
                    if isShared != nil { state.storeTop = max(state.storeTop, rule.number) }
                }
            }
            guard inspect({ $0.chores.storeWrites.isEmpty && $0.chores.unstored.isEmpty }) else { return }
            while !limit.hasPassed, let name = inspect({ $0.chores.storeRemovals.last }) {
                try archive.remove(name, until: limit)
                change { state in
                    if let place = state.chores.storeRemovals.lastIndex(of: name) {
                        state.chores.storeRemovals.remove(at: place)
                    }
                }
            }
            sync.isTidyFailing = false
        } catch {
            sync.nextTidy = Deadline(in: PurgeSync.pauseAfterFailure)
            if !sync.isTidyFailing { tell(.storeNotTidied(error)) }
            sync.isTidyFailing = true
        }
    }
}
