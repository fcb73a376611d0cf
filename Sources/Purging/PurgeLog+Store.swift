import Deadlines
import Storage

extension PurgeLog {
    /// Reads what is new in the store. Tells as of when everything that it has is known; `nil` if it is not.
    ///
    /// A listing that takes long is waited for a moment, and looked after again with every synchronisation.
    func look(into archive: PurgeArchive, _ sync: inout PurgeSync) -> Deadline? {
        let now = settings.now()
        do throws(StoreError) {
            let patience = sync.listing == nil ? PurgeSync.timeToRead : .zero
            let listing: PurgeListing
            if let begun = sync.listing { listing = begun } else { listing = try startListing(archive, at: now) }
            sync.listing = listing
            guard let answer = listing.answer(until: Deadline(in: patience)) else {
                sync.awaySince = sync.awaySince ?? listing.since
                return nil
            }
            sync.listing = nil
            return try look(through: answer.get(), of: listing, archive, &sync) ? listing.since : nil
        } catch {
            if sync.listing == nil { sync.lastLook = .now }
            lose(error, since: now, &sync)
            return nil
        }
    }

    private func startListing(_ archive: PurgeArchive, at now: Deadline) throws(StoreError) -> PurgeListing {
        try PurgeListing(
            of: archive, since: now, storeTop: inspect { $0.storeTop }, until: Deadline(in: PurgeSync.timeToReadAll))
    }

    private func look(
        through names: [StoreName], of listing: PurgeListing, _ archive: PurgeArchive, _ sync: inout PurgeSync
    ) throws(StoreError) -> Bool {
        defer {
            sync.lastLook = listing.start
            sync.lookTook = listing.start.elapsed
        }
        let limit = Deadline(in: isConfirmed ? PurgeSync.timeToRead : PurgeSync.timeToReadAll)
        let isWhole = try read(names, from: archive, &sync, until: limit)
        sync.awaySince = nil
        if sync.isStoreAway {
            sync.isStoreAway = false
            tell(.storeBack)
        }
        if isWhole {
            sync.isStoreRead = true
            compare(with: names, expecting: listing.storeTop, sync)
        }
        return isWhole
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
        if names == sync.listed { return true }
        sync.listed = nil
        sync.known.formIntersection(names)
        sync.rejected.formIntersection(names)
        var unread = unknown(names, &sync)[...]
        while !unread.isEmpty {
            guard !limit.hasPassed, !isStopped else { return false }
            let part = Array(unread.prefix(PurgeSync.filesAtOnce))
            unread = unread.dropFirst(part.count)
            let answers = Concurrently.map(part) { file in
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
        if sync.known.count == names.count { sync.listed = names }
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
