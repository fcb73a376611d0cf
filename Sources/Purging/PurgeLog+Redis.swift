import Deadlines
import Redis

extension PurgeLog {
    /// What asking Redis came to.
    enum Heard {
        /// Everything it has is known here, and it has everything.
        case all
        /// There is more than one synchronisation reads.
        case part
        /// It lacks rules, and cannot get them before the store is read.
        case notFilled
        case away
    }

    /// Reads what is new in Redis, and fills it where it has lost rules.
    func follow(_ mirror: PurgeMirror, _ sync: inout PurgeSync) -> Heard {
        do throws(RedisError) {
            let limit = Deadline(in: PurgeSync.timeToRead)
            let expected = inspect { $0.chores.unseen }
            let page = try mirror.read(from: sync.position, until: limit)
            let hasAnchor = sync.anchor.map { anchor in page.rules.contains { $0.requestID == anchor } } ?? true
            var isLost = !(page.isFilled && hasAnchor)
            var isWhole = false
            if !isLost {
                isWhole = try readOn(mirror, page, &sync, until: limit)
                isLost = isWhole && inspect { !$0.chores.unseen.isDisjoint(with: expected) }
            }
            if isLost {
                guard archive == nil || sync.isStoreRead || inspect({ $0.isRead }) else { return .notFilled }
                isWhole = try fill(mirror, &sync)
            }
            if sync.isRedisAway {
                sync.isRedisAway = false
                tell(.redisBack)
            }
            return isWhole ? .all : .part
        } catch {
            lose(error, &sync)
            return .away
        }
    }

    private func lose(_ error: RedisError, _ sync: inout PurgeSync) {
        guard !sync.isRedisAway else { return }
        sync.isRedisAway = true
        tell(.redisAway(error))
    }

    /// False if there is more than the time was enough for.
    private func readOn(
        _ mirror: PurgeMirror, _ first: PurgeMirror.Page, _ sync: inout PurgeSync, until limit: Deadline
    ) throws(RedisError) -> Bool {
        var page = first
        take(page, &sync)
        for _ in 0..<PurgeSync.mostPages where !page.isLast {
            guard !limit.hasPassed else { return false }
            page = try mirror.read(from: sync.position, until: limit)
            take(page, &sync)
        }
        return page.isLast
    }

    private func take(_ page: PurgeMirror.Page, _ sync: inout PurgeSync) {
        let position = sync.position
        let now = settings.now()
        if !page.rules.isEmpty {
            change { state in
                for rule in page.rules { state.takeFromMirror(rule, at: now) }
            }
        }
        if page.highest > position || sync.anchor == nil {
            sync.position = max(position, page.highest)
            sync.anchor = page.rules.last { $0.number == sync.position }?.requestID
            if page.unreadable > 0, sync.position > position { tell(.unreadableInRedis(count: page.unreadable)) }
        } else if !page.isLast {
            // A page full of one number: no log of ours, but no reason to read it forever.
            (sync.position, sync.anchor) = (position + 1, nil)
        }
    }

    /// Reads all that Redis has, puts back what it lacks, and says that it is filled. False if the time was up before.
    private func fill(_ mirror: PurgeMirror, _ sync: inout PurgeSync) throws(RedisError) -> Bool {
        let limit = Deadline(in: PurgeSync.timeToRead * 2)
        let now = settings.now()
        var (present, merged) = (Set<String>(), PurgeRules())
        let expected = inspect { $0.chores.unseen }
        var place = (number: UInt64(0), id: String?.none)
        var next: UInt64? = 0
        while let from = next {
            guard !limit.hasPassed else { return false }
            let page = try mirror.read(from: from, until: limit)
            change { state in
                for rule in page.rules { state.takeFromMirror(rule, at: now) }
            }
            for rule in page.rules {
                present.insert(rule.requestID)
                if rule.isMerged { merged.insert(rule) }
            }
            if let last = page.rules.last { place = (last.number, last.requestID) }
            next = page.isLast ? nil : max(page.highest, from + 1)
        }
        let (missing, top, pending) = inspect { state in
            let book = state.book
            let shared = book.ordered.filter { rule in
                !book.unshared.contains(rule.requestID) && !present.contains(rule.requestID) && !merged.covers(rule)
            }
            // What is on its way into the store is not in the book yet, or not as a shared one, and is not restored here.
            return (shared, state.top, state.inFlight.union(book.unshared))
        }
        let restored = try restore(missing, to: mirror, above: top, until: limit)
        try mirror.markFilled(until: limit)
        change { state in
            state.chores.unseen.subtract(expected.subtracting(pending))
            state.chores.unseen.formUnion(restored.lazy.filter { $0.number > place.number }.map(\.requestID))
        }
        // Where reading ended, not where writing did: somebody else's rule may have come between.
        (sync.position, sync.anchor) = (place.number, place.id)
        if !missing.isEmpty { tell(.redisFilled(rules: missing.count)) }
        return true
    }

    /// Puts rules into Redis that are known to be in the store only, and takes over the numbers that they get.
    private func restore(
        _ rules: [PurgeRule], to mirror: PurgeMirror, above top: UInt64, until limit: Deadline
    ) throws(RedisError) -> [PurgeRule] {
        guard !rules.isEmpty else { return [] }
        let restored = try mirror.restore(rules, above: top, until: limit)
        let now = settings.now()
        change { state in
            for rule in restored { state.renumber(rule.requestID, to: rule.number, isShared: true, at: now) }
        }
        return restored
    }

    /// Lets Redis number what it did not number yet, and does there what has to be done.
    func share(_ mirror: PurgeMirror, _ sync: inout PurgeSync) {
        guard sync.nextSharing.hasPassed else { return renumberAlone() }
        do throws(RedisError) {
            let limit = Deadline(in: PurgeSync.timeToWrite)
            try shareOffline(mirror, until: limit)
            try settle(mirror, until: limit)
            sync.isSharingFailing = false
        } catch {
            sync.nextSharing = Deadline(in: PurgeSync.pauseAfterFailure)
            if !sync.isSharingFailing { tell(.redisNotUpdated(error)) }
            sync.isSharingFailing = true
            renumberAlone()
        }
    }

    private func shareOffline(_ mirror: PurgeMirror, until limit: Deadline) throws(RedisError) {
        let (rules, offline) = inspect { state in
            let ids = state.book.unshared.union(state.chores.late)
            let rules = ids.compactMap { state.book.rules[$0] }.sorted(by: PurgeRule.isEarlier)
            return (rules.prefix(PurgeSync.mostChores), state.book.unshared)
        }
        guard !rules.isEmpty else { return }
        var count = (shared: 0, renumbered: 0)
        for rule in rules where !limit.hasPassed {
            guard case .number(let number) = try mirror.append(rule, above: inspect { $0.top }, until: limit) else {
                break
            }
            let now = settings.now()
            change { state in
                state.expect(rule.requestID, under: number)
                state.renumber(rule.requestID, to: number, isShared: true, at: now)
            }
            if offline.contains(rule.requestID) { count.shared += 1 } else { count.renumbered += 1 }
        }
        if count.shared > 0 { tell(.shared(rules: count.shared)) }
        if count.renumbered > 0 { tell(.renumbered(rules: count.renumbered)) }
    }

    private func settle(_ mirror: PurgeMirror, until limit: Deadline) throws(RedisError) {
        guard inspect({ $0.chores.isForMirror }) else { return }
        let (chores, book, top) = inspect { ($0.chores, $0.book, $0.top) }
        let found = chores.unmirrored.prefix(PurgeSync.mostChores)
        let wanted = found.filter { book.rules[$0.requestID]?.number == $0.number }.sorted(by: PurgeRule.isEarlier)
        _ = try restore(wanted, to: mirror, above: top, until: limit)
        try mirror.place(chores.mirrorWrites, until: limit)
        change { state in
            state.chores.unmirrored.removeFirst(found.count)
            state.chores.mirrorWrites.removeFirst(chores.mirrorWrites.count)
        }
        guard chores.unmirrored.count == found.count else { return }
        let gone = chores.mirrorRemovals.prefix(PurgeSync.mostChores)
        try mirror.remove(Array(gone), until: limit)
        change { $0.chores.mirrorRemovals.removeFirst(gone.count) }
    }
}
