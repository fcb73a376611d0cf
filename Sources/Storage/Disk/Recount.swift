import Deadlines

/// Adds up what lies in the folder, while others go on writing to it, and corrects the account.
struct Recount {
    let folder: StoreFolder
    let ledger: Ledger

    /// Seconds between two recounts at least.
    private static let shortestInterval: Int64 = 600
    /// Seconds after which the clock must have been set back.
    private static let longestInterval: Int64 = 86_400
    /// At most that share of the time is spent adding up.
    private static let idleShare: Int64 = 100

    /// Does so if it is due and nobody else is at it. `nil` if it was not, or was stopped.
    func runIfDue(isStopping: () -> Bool) throws(StoreError) -> StoreEvent? {
        guard Self.isDue(try ledger.change { $0 }), let lock = FolderLock.take(folder.root) else { return nil }
        defer { withExtendedLifetime(lock) {} }
        let start = Deadline.now
        let earlier = try ledger.change { $0 }
        guard Self.isDue(earlier) else { return nil }
        // Files go from `new` to the shards, so that in this order none is missed.
        let beingWritten = try sum(of: folder.new)
        var placed = 0
        for number in 0..<StoreFolder.shardCount {
            guard !isStopping() else { return nil }
            placed = Self.sum(placed, try sum(of: folder.shard(number)))
        }
        let took = start.elapsed.wholeNanoseconds / 1_000_000_000
        let interval = min(max(Self.shortestInterval, took * Self.idleShare), Self.longestInterval)
        return try ledger.change { account in
            let before = account
            account.correct(since: earlier, placed: placed, beingWritten: beingWritten)
            account.nextRecount = WallClock.unixSeconds + interval
            let correction = before.isCounted ? account.used - before.used : nil
            return .recounted(bytes: account.used, correction: correction)
        }
    }

    private static func isDue(_ account: Account) -> Bool {
        guard account.isCounted else { return true }
        let (left, overflow) = account.nextRecount.subtractingReportingOverflow(WallClock.unixSeconds)
        return overflow || left <= 0 || left > longestInterval
    }

    private func sum(of path: String) throws(StoreError) -> Int {
        guard let listing = try FolderListing.open(path) else { return 0 }
        var total = 0
        while let name = try listing.next() {
            guard let status = listing.status(of: name), status.isRegular else { continue }
            total = Self.sum(total, status.footprint)
        }
        return total
    }

    private static func sum(_ one: Int, _ other: Int) -> Int {
        let (sum, overflow) = one.addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
