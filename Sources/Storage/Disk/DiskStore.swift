package import Deadlines
package import Memory

#if canImport(Glibc)
    import Glibc
#endif

/// A store in a folder of a local file system, which any number of processes share.
///
/// Variants and originals are a cache: they are not brought to the disk at once, and are evicted to keep a size limit. A
/// failed write holds off further ones for a while, so that a full or read-only disk costs next to nothing; reading,
/// removing and purges go on. Whatever happens to the folder, the next call after it is mended works.
package final class DiskStore: Store {
    private let folder: StoreFolder
    private let space: Space
    private let breaker: Monitor<Breaker>
    private let maintenanceFailure = Monitor<StoreError?>(nil)
    private let observer: @Sendable (StoreEvent) -> Void

    /// What the folders take up beside what lies in them, in bytes: not part of `maxBytes`.
    package static let folderBytes = (StoreFolder.shardCount + 8) * 4096

    /// The most bytes of one purge.
    private static let mostPurgeBytes = 16 << 20
    /// The most bytes of one value, as a share of all.
    private static let largestShare = 4

    /// - Parameters:
    ///   - path: Absolute. The folder, and those that it lies in, need not exist yet; they are made for this user alone.
    ///   - maxBytes: Limit for variants and originals together. A quarter of it is the limit for a single one.
    ///   - breaker: How long writing pauses after a failure.
    ///   - observer: Called on whatever thread something happens on; must not call the store.
    package init(
        path: String, maxBytes: Int,
        breaker: Breaker.Limits = Breaker.Limits(firstHoldOff: .milliseconds(500), longestHoldOff: .seconds(10)),
        observer: @escaping @Sendable (StoreEvent) -> Void
    ) {
        folder = StoreFolder(root: path)
        space = Space(folder: folder, limit: maxBytes, observer: observer)
        self.breaker = Monitor(Breaker(breaker))
        self.observer = observer
        try? space.removeLeftovers()
    }

    package var usage: StoreUsage { StoreUsage(bytes: space.used, limit: space.limit) }

    /// Work that no request should wait for: clearing up after killed writers, adding up the folder when that is due
    /// (seconds per million files), evicting before the limit is reached.
    ///
    /// To be called every few seconds by a thread of its own, in each process that writes; of several only one works. In
    /// a folder that has lost its ledger nothing is written before the first call.
    /// - Parameter isStopping: Asked between pieces of work.
    package func maintain(isStopping: () -> Bool = { false }) {
        var failure: StoreError?
        do throws(StoreError) {
            try space.maintain(isStopping: isStopping)
        } catch {
            failure = error
        }
        let isNews = maintenanceFailure.withLock { known in
            defer { known = failure }
            return known != failure
        }
        if let failure, isNews { observer(.maintenanceFailed(failure)) }
    }

    // MARK: Store

    /// Fewer bytes than there were if the file is cut short meanwhile. `.tooLarge` for one that this store would not take.
    package func read(_ name: StoreName, until deadline: Deadline) throws(StoreError) -> SharedMemory? {
        guard let file = try StoredFile.open(folder.path(of: name)) else { return nil }
        let limit = mostBytes(of: name.kind)
        guard file.size <= limit else { throw .tooLarge(limit: limit) }
        if name.kind != .purge { file.markUse() }
        return try file.copied(until: deadline)
    }

    package func write(_ parts: [any Blob], as name: StoreName, until deadline: Deadline) throws(StoreError) {
        let limit = mostBytes(of: name.kind)
        let size = parts.reduce(0) { sum, part in
            let (sum, overflow) = sum.addingReportingOverflow(part.count)
            return overflow ? .max : sum
        }
        guard size <= limit else { throw .tooLarge(limit: limit) }
        let write = DiskWrite(parts: parts, size: size, name: name, folder: folder, space: space, deadline: deadline)
        // A purge that cannot be kept must not be accepted, so its failure has to be the disk's own.
        guard name.kind != .purge else { return try write.run() }
        guard let ticket = breaker.withLock({ $0.admit(now: .now) }) else { throw .unavailable }
        do throws(StoreError) {
            try write.run()
            settle(ticket, nil)
        } catch {
            settle(ticket, error)
            throw error
        }
    }

    package func remove(_ name: StoreName, until deadline: Deadline) throws(StoreError) {
        let path = folder.path(of: name)
        guard let status = SystemCalls.status(of: path), unlink(path) == 0 else {
            if errno == ENOENT { return }
            throw StoreError(changing: "unlink", errno)
        }
        if name.kind != .purge { space.release(status.footprint) }
    }

    package func names(of kind: StoreName.Kind, until deadline: Deadline) throws(StoreError) -> [StoreName] {
        var names: [StoreName] = []
        for path in folder.folders(of: kind) {
            guard let listing = try FolderListing.open(path) else { continue }
            while let text = try listing.next() {
                guard let name = StoreName(kind, text) else { continue }
                names.append(name)
                guard names.count.isMultiple(of: StoreName.mostListed * 2) else { continue }
                guard !deadline.hasPassed else { throw .timedOut }
                names = Self.first(of: names)
            }
            guard !deadline.hasPassed else { throw .timedOut }
        }
        return Self.first(of: names)
    }

    // MARK: Parts of the above

    private static func first(of names: [StoreName]) -> [StoreName] {
        Array(names.sorted().prefix(StoreName.mostListed))
    }

    private func mostBytes(of kind: StoreName.Kind) -> Int {
        kind == .purge ? Self.mostPurgeBytes : space.limit / Self.largestShare
    }

    private func settle(_ ticket: Breaker.Ticket, _ error: StoreError?) {
        let outcome: Breaker.Outcome =
            switch error {
            case nil: .succeeded
            // They say nothing of the disk.
            case .timedOut, .unavailable: .abandoned
            default: .failed
            }
        switch (breaker.withLock { $0.settle(ticket, outcome, now: .now) }, error) {
        case (.opened(let holdOff), let error?): observer(.failed(error, holdOff: holdOff))
        case (.closed, _): observer(.recovered)
        default: break
        }
    }
}
