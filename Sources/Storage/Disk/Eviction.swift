import Deadlines

#if canImport(Glibc)
    import Glibc
#endif

/// Removes files, those first that nobody has used for longest: about. Only who holds the lock of `Space` may evict.
///
/// Names are spread over the shards by a hash, so that any few shards are a fair sample. Of each sample the eighth that
/// has lain unused for longest is removed, and the next sample comes from the next shards.
struct Eviction {
    struct Removed: Equatable {
        var files = 0
        var footprint = 0
    }

    private struct Candidate {
        let path: String
        let status: stat
    }

    private struct Sample {
        var candidates: [Candidate] = []
        /// Whether the store has no others.
        var isAll = false

        var footprint: Int { candidates.reduce(0) { $0 &+ $1.status.footprint } }
    }

    let folder: StoreFolder
    let ledger: Ledger

    /// Fewer would make a sample unfair.
    private static let smallestSample = 64
    /// What is looked at of one shard.
    private static let mostOfShard = 1024
    private static let removedShare = 8

    /// Removes files until `account.used` is at most `target`; after `mostFiles` also if it is at most `enough`.
    ///
    /// Ends early if there is nothing to remove, `isStopping` says so or the deadline passes.
    func run(
        downTo target: Int, enough: Int, mostFiles: Int, until deadline: Deadline, isStopping: () -> Bool
    ) throws(StoreError) -> Removed {
        var removed = Removed()
        while let account = ledger.account, account.used > target {
            if account.used <= enough, removed.files >= mostFiles { break }
            let sample = try sample()
            if sample.isAll, sample.footprint < account.used / 2 {
                // The files that it counts are not there: somebody else has removed them.
                try ledger.change { $0.nextRecount = 0 }
            }
            let batch = try removeOldest(of: sample, atLeast: account.used - target)
            guard batch.files > 0 else { break }
            removed.files += batch.files
            removed.footprint += batch.footprint
            guard !deadline.hasPassed, !isStopping() else { break }
        }
        return removed
    }

    /// Removes the oldest of a sample, no more than needed.
    private func removeOldest(of sample: Sample, atLeast wanted: Int) throws(StoreError) -> Removed {
        let candidates = sample.candidates.sorted { $0.status.lastUse < $1.status.lastUse }
        let most = max(1, candidates.count / Self.removedShare)
        var removed = Removed()
        var failure: StoreError?
        for candidate in candidates where failure == nil {
            guard removed.footprint < wanted, removed.files < most else { break }
            do throws(StoreError) {
                guard try remove(candidate) else { continue }
                removed.files += 1
                removed.footprint += candidate.status.footprint
            } catch {
                failure = error
            }
        }
        try ledger.change { $0.release(removed.footprint) }
        if let failure { throw failure }
        return removed
    }

    /// False if it is another file now, was used since or is gone.
    private func remove(_ candidate: Candidate) throws(StoreError) -> Bool {
        guard let status = SystemCalls.status(of: candidate.path), status.st_ino == candidate.status.st_ino,
            status.lastUse == candidate.status.lastUse
        else { return false }
        if unlink(candidate.path) == 0 { return true }
        guard errno == ENOENT else { throw StoreError(changing: "unlink", errno) }
        return false
    }

    // MARK: Samples

    /// Files of the next shards, as many shards as it takes.
    private func sample() throws(StoreError) -> Sample {
        let first = try ledger.change { $0.nextShard }
        var sample = Sample()
        var visited = 0
        while sample.candidates.count < Self.smallestSample, visited < StoreFolder.shardCount {
            sample.candidates += try candidates(of: folder.shard(first &+ visited))
            visited += 1
        }
        try ledger.change { $0.nextShard = first &+ visited }
        sample.isAll = sample.candidates.count < Self.smallestSample
        return sample
    }

    private func candidates(of shard: String) throws(StoreError) -> [Candidate] {
        guard let listing = try FolderListing.open(shard) else { return [] }
        var names: [String] = []
        while let name = try listing.next() { names.append(name) }
        let step = names.count / Self.mostOfShard + 1
        var candidates: [Candidate] = []
        for index in stride(from: Int.random(in: 0..<step), to: names.count, by: step) {
            guard let status = listing.status(of: names[index]), status.isRegular else { continue }
            candidates.append(Candidate(path: shard + "/" + names[index], status: status))
        }
        return candidates
    }
}
