import Deadlines

extension PurgeLog {
    /// Brings memory, Redis and the store in step, as far as bounded time allows. `start()` has a thread do it again
    /// and again; it may be called at any time.
    package func synchronise() {
        turn.withLock { synchronise(&$0) }
    }

    private func synchronise(_ sync: inout PurgeSync) {
        let start = settings.now()
        let ownNumber = inspect { $0.ownLoss.told }
        var heard = mirror.map { follow($0, &sync) }
        var looked: Deadline?
        if let archive, isLookDue(heard, sync) {
            looked = look(into: archive, &sync)
            if case .notFilled = heard, looked != nil { heard = mirror.map { follow($0, &sync) } }
        }
        switch heard {
        case .all:
            if isRedisEnough(&sync) {
                confirm(from: start, position: sync.position)
                change { $0.compare(ownNumber: ownNumber) }
            }
        case nil, .away:
            if let looked {
                confirm(from: min(start, looked), position: nil)
                // Without Redis the store may lack what other hosts have accepted.
                if heard == nil { change { $0.compare(ownNumber: ownNumber) } }
            }
        case .part, .notFilled: break
        }
        switch heard {
        case .all: if let mirror { share(mirror, &sync) }
        case nil, .away: renumberAlone()
        case .part, .notFilled: break
        }
        if let archive, !sync.isStoreAway, sync.nextTidy.hasPassed { tidy(archive, &sync) }
        dropOld(&sync)
    }

    /// Whether a Redis that lacks nothing is believed alone: if the store was read whole since this process started, or
    /// has not answered for `storePatience`. A Redis that was restored from an old copy does not know what it lacks.
    private func isRedisEnough(_ sync: inout PurgeSync) -> Bool {
        guard archive != nil, !sync.isStoreRead, !sync.isStoreGivenUp else { return true }
        guard let since = sync.awaySince, settings.now() >= since.later(by: settings.storePatience) else {
            return false
        }
        sync.isStoreGivenUp = true
        tell(.storeGivenUp)
        return true
    }

    private func isLookDue(_ heard: Heard?, _ sync: PurgeSync) -> Bool {
        guard sync.listing == nil, let last = sync.lastLook else { return true }
        let interval =
            switch heard {
            case nil: settings.storeInterval
            case .all, .part: sync.isStoreRead ? settings.idleInterval : settings.awayInterval
            case .away, .notFilled: min(settings.awayInterval, settings.storeInterval)
            }
        // A store of this host's own must have what Redis has told before the purge is called completed: nobody else
        // writes it there, and both Redis and this process may be gone then.
        let isOwed = !settings.isStoreShared && inspect { !$0.chores.unstored.isEmpty }
        // A long list must not keep the thread busy for good, nor let the confirmation run out.
        let rest = sync.lookTook < settings.quickLook ? .zero : min(sync.lookTook * 10, settings.confirmLimit / 2)
        return last.later(by: max(isOwed ? min(interval, settings.storeInterval) : interval, rest)).hasPassed
    }

    private func dropOld(_ sync: inout PurgeSync) {
        guard sync.nextDrop.hasPassed else { return }
        sync.nextDrop = Deadline(in: PurgeSync.dropInterval)
        let age = (settings.maxAge + PurgeSettings.droppingMargin).components.seconds
        let (time, overflows) = settings.unixSeconds().subtractingReportingOverflow(age)
        if !overflows { change { $0.drop(acceptedBefore: time) } }
    }

    /// Gives rules that turned up late new numbers without Redis.
    func renumberAlone() {
        let now = settings.now()
        let count = change { state in
            var count = 0
            for id in state.chores.late.sorted().prefix(PurgeSync.mostChores) {
                guard let number = state.reserve(spread: .random(in: 0..<64)) else { break }
                state.renumber(id, to: number, isShared: mirror == nil, at: now)
                count += 1
            }
            return count
        }
        if count > 0 { tell(.renumbered(rules: count)) }
    }
}
