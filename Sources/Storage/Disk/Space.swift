import Deadlines

#if canImport(Glibc)
    import Glibc
#endif

/// Keeps what lies in a store's folder below the size limit, together with all others that share the folder.
///
/// Space is reserved before it is written to. Whoever finds none evicts, one thread of all processes at a time, and a
/// little more than it needs; the bulk is left to `maintain`, which keeps below the limit in good time.
final class Space: Sendable {
    let limit: Int
    private let folder: StoreFolder
    private let ledger: Ledger
    private let observer: @Sendable (StoreEvent) -> Void
    private let isEvicting = Monitor(false)

    /// How long a writer waits for space.
    private static let patience = Duration.milliseconds(250)
    /// Microseconds between two looks whether another process has freed some.
    private static let pause: UInt32 = 1_000
    /// How long `maintain` evicts at a stretch.
    private static let stretch = Duration.seconds(5)
    /// What a writer evicts for those after it, in files.
    private static let mostEvictedByWriter = 128
    /// What a writer evicts at least if the disk is full, though the limit is not reached.
    private static let leastFreedOnDisk = 1 << 20

    /// Where `maintain` begins to evict, and how far eviction goes.
    private var highMark: Int { limit - limit / 40 }
    private var lowMark: Int { limit - limit / 20 }

    init(folder: StoreFolder, limit: Int, observer: @escaping @Sendable (StoreEvent) -> Void) {
        self.folder = folder
        self.limit = max(0, limit)
        self.observer = observer
        ledger = Ledger(folder)
    }

    /// Footprints of all files; `nil` while unknown.
    var used: Int? {
        guard let account = ledger.account, account.isCounted else { return nil }
        return account.used
    }

    // MARK: For writers

    /// Takes space, which is to be released when it is not used after all.
    ///
    /// `.unavailable` until somebody has called `maintain` in a folder whose ledger is missing; `.full` if nothing can be
    /// evicted or that takes too long.
    func reserve(_ footprint: Int, until deadline: Deadline) throws(StoreError) {
        let deadline = deadline.capped(to: Self.patience)
        guard try !tryReserve(footprint) else { return }
        let isOurTurn: Void? = isEvicting.wait(until: deadline) { isEvicting in
            guard !isEvicting else { return nil }
            isEvicting = true
            return ()
        }
        guard isOurTurn != nil else { throw .full }
        defer { isEvicting.update { $0 = false } }
        while try !tryReserve(footprint) {
            // Whoever holds the lock frees space piece by piece, and so does not keep others waiting for all of it.
            if let lock = FolderLock.take(evictionLock) {
                defer { withExtendedLifetime(lock) {} }
                try evictAsWriter(for: footprint, until: deadline)
            } else {
                guard !deadline.hasPassed else { throw .full }
                usleep(Self.pause)
            }
        }
    }

    private func evictAsWriter(for footprint: Int, until deadline: Deadline) throws(StoreError) {
        let enough = limit - footprint
        let freed = try evict(
            downTo: min(enough, lowMark), enough: enough, mostFiles: Self.mostEvictedByWriter, until: deadline)
        guard freed > 0, !deadline.hasPassed else { throw .full }
    }

    private func tryReserve(_ footprint: Int) throws(StoreError) -> Bool {
        try ledger.change { (account) throws(StoreError) in
            guard account.isCounted else { throw .unavailable }
            return account.reserve(footprint, limit: limit)
        }
    }

    /// Gives space back: what lay there has been removed. Should it fail, the next recount makes up for it.
    func release(_ footprint: Int) {
        guard footprint > 0 else { return }
        try? ledger.change { $0.release(footprint) }
    }

    /// Evicts because the disk has no room for `footprint`, whatever the limit. False if that did not help.
    func makeRoomOnDisk(for footprint: Int, until deadline: Deadline) -> Bool {
        let deadline = deadline.capped(to: Self.patience)
        guard let lock = FolderLock.take(evictionLock, until: deadline), let used else { return false }
        defer { withExtendedLifetime(lock) {} }
        let target = max(0, used - max(min(used, footprint * 2), Self.leastFreedOnDisk))
        let freed = try? evict(downTo: target, enough: target, mostFiles: 0, until: deadline)
        return (freed ?? 0) > 0
    }

    private var evictionLock: String { folder.new }

    private func evict(
        downTo target: Int, enough: Int, mostFiles: Int, until deadline: Deadline, isStopping: () -> Bool = { false }
    ) throws(StoreError) -> Int {
        let removed = try Eviction(folder: folder, ledger: ledger)
            .run(downTo: target, enough: enough, mostFiles: mostFiles, until: deadline, isStopping: isStopping)
        if removed.files > 0 { observer(.evicted(files: removed.files, bytes: removed.footprint)) }
        return removed.footprint
    }

    // MARK: In the background

    /// Removes what killed writers have left, adds the folder up if that is due, evicts if there is little space left.
    func maintain(isStopping: () -> Bool) throws(StoreError) {
        guard SystemCalls.status(of: folder.root) != nil else { return }
        try removeLeftovers()
        if let event = try Recount(folder: folder, ledger: ledger).runIfDue(isStopping: isStopping) { observer(event) }
        guard let used, used > highMark, let lock = FolderLock.take(evictionLock) else { return }
        defer { withExtendedLifetime(lock) {} }
        _ = try evict(
            downTo: lowMark, enough: lowMark, mostFiles: 0, until: Deadline(in: Self.stretch), isStopping: isStopping)
    }

    func removeLeftovers() throws(StoreError) {
        let removed = try NewFile.removeLeftovers(in: folder)
        guard removed.files > 0 else { return }
        release(removed.footprint)
        observer(.leftoversRemoved(files: removed.files))
    }
}
