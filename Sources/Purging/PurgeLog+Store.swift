import Deadlines
import Storage

extension PurgeLog {
    /// Reads what is new in the store. True if everything that it has is known now.
    func look(into archive: PurgeArchive, _ sync: inout PurgeSync) -> Bool {
        let start = Deadline.now
        let since = settings.now()
        defer {
            sync.lastLook = start
            sync.lookTook = start.elapsed
        }
        do throws(StoreError) {
            let limit = Deadline(in: isConfirmed ? PurgeSync.timeToRead : PurgeSync.timeToReadAll)
            let storeTop = inspect { $0.storeTop }
            let names = try archive.names(until: limit)
            let isWhole = try read(names, from: archive, &sync, until: limit)
            sync.awaySince = nil
            if sync.isStoreAway {
                sync.isStoreAway = false
                tell(.storeBack)
            }
            if isWhole {
                sync.isStoreRead = true
                compare(with: names, expecting: storeTop, sync)
            }
            return isWhole
        } catch {
            lose(error, since: since, &sync)
            return false
        }
    }

    private func lose(_ error: StoreError, since: Deadline, _ sync: inout PurgeSync) {
        sync.awaySince = sync.awaySince ?? since
        guard !sync.isStoreAway else { return }
        sync.isStoreAway = true
        tell(.storeAway(error))
    }

    /// False if the time was up before the end; the next look goes on there.
    private func read(
        _ names: [StoreName], from archive: PurgeArchive, _ sync: inout PurgeSync, until limit: Deadline
    ) throws(StoreError) -> Bool {
        sync.known.formIntersection(names)
        sync.rejected.formIntersection(names)
        var unread = unknown(names, &sync)[...]
        while !unread.isEmpty {
            guard !limit.hasPassed, !isStopped else { return false }
            let part = Array(unread.prefix(PurgeSync.filesAtOnce))
            unread = unread.dropFirst(part.count)
            let answers = Helpers.map(part) { file in
                Result { () throws(StoreError) in try archive.read(file.name, until: limit) }
            }
            for (file, answer) in zip(part, answers) {
                switch answer {
                case .success(.gone): break
                case .success(.unreadable): reject(file.name, &sync)
                case .success(.rule(let rule)):
                    let now = settings.now()
                    change { $0.takeFromArchive(rule, isShared: file.isShared, at: now) }
                    sync.known.insert(file.name)
                case .failure(.timedOut) where limit.hasPassed: return false
                case .failure(let error): throw error
                }
            }
        }
        return true
    }

    /// The files whose rules are not known, in the order of their numbers.
    private func unknown(_ names: [StoreName], _ sync: inout PurgeSync) -> [(name: StoreName, isShared: Bool)] {
        var unknown: [(name: StoreName, isShared: Bool)] = []
        for name in names where !sync.known.contains(name) {
            guard let label = PurgeArchive.Label(name) else {
                unknown.append((name, isShared: true))
                continue
            }
            let (isInFlight, isKnown) = change { state in
                let isInFlight = state.inFlight.contains(label.requestID)
                return (isInFlight, !isInFlight && state.recognise(label, name))
            }
            // What this process is just writing it will know soon enough.
            if isInFlight { continue }
            if isKnown { sync.known.insert(name) } else { unknown.append((name, label.isShared)) }
        }
        return unknown
    }

    private func reject(_ name: StoreName, _ sync: inout PurgeSync) {
        sync.known.insert(name)
        sync.rejected.insert(name)
        tell(.unreadableInStore(name: name.text))
    }

    /// Finds out what the store should have and has not, and what it has too much.
    private func compare(with names: [StoreName], expecting storeTop: UInt64, _ sync: PurgeSync) {
        // The names come in the order of their numbers.
        let top = names.lazy.reversed().compactMap { PurgeArchive.Label($0)?.number }.first ?? 0
        let isLost = top < storeTop
        let filled = change { state in
            state.storeTop = isLost ? top : max(top, state.storeTop)
            let wanted = isLost ? Set(state.book.rules.keys) : state.chores.unstored
            let listed = wanted.isEmpty ? [] : Set(names)
            let missing = wanted.filter { id in state.book.fileName(of: id).map { !listed.contains($0) } ?? false }
            state.chores.settle(missing: missing)
            if names.count > settings.mostRules { removeLeftovers(names, from: &state, sync) }
            return missing.count
        }
        if isLost { tell(.storeFilled(rules: filled)) }
    }

    /// Files whose rules were merged by somebody who died before it had removed them all.
    private func removeLeftovers(_ names: [StoreName], from state: inout PurgeLogState, _ sync: PurgeSync) {
        guard state.chores.storeRemovals.isEmpty else { return }
        for name in names where !sync.rejected.contains(name) {
            guard let label = PurgeArchive.Label(name), label.isShared,
                state.book.rules[label.requestID]?.number != label.number, !state.inFlight.contains(label.requestID)
            else { continue }
            state.chores.storeRemovals.append(name)
        }
    }
}
