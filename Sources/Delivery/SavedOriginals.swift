import Caching
import Configuration
import Deadlines
import Metrics

/// Copies of originals in the internal cache: for good where the URL endpoint wants it, else for the moment in which
/// other processes wait for one.
struct SavedOriginals: Sendable {
    private let cache: InternalCache
    private let validity: Validity
    private let region: String
    private let metrics: Metrics

    init(cache: InternalCache, validity: Validity, region: String, metrics: Metrics) {
        self.cache = cache
        self.validity = validity
        self.region = region
        self.metrics = metrics
    }

    /// The copy that is kept for good, of whatever age.
    func find(_ order: Order, _ key: EntryKey, until deadline: Deadline) -> FetchedOriginal? {
        order.route.endpoint.saveOriginals ? find(order, key, in: .store, until: deadline) : nil
    }

    /// What another process has just left for those who wait.
    ///
    /// - Parameter hasEnded: whether that process has ended; until then only Redis is looked into.
    func findShared(
        _ order: Order, _ key: EntryKey, hasEnded: Bool, until deadline: Deadline
    ) -> FetchedOriginal? {
        let tiers: [InternalCache.Tier] = hasEnded ? [.redis, .store] : [.redis]
        for tier in tiers {
            let found = find(order, key, in: tier, until: deadline)
            if let found, found.state == .fresh { return found }
        }
        return nil
    }

    private func find(
        _ order: Order, _ key: EntryKey, in tier: InternalCache.Tier, until deadline: Deadline
    ) -> FetchedOriginal? {
        guard validity.isKnown else { return nil }
        let entry = cache.find(key, in: tier, until: deadline) { !validity.isVoid($0, of: order) }
        return entry.flatMap { FetchedOriginal($0) }
    }

    /// Keeps it for good, where the URL endpoint wants that.
    func keep(_ original: FetchedOriginal, _ order: Order, _ key: EntryKey) {
        guard order.route.endpoint.saveOriginals else { return }
        cache.keepLater(original.entry(region: region), under: key)
        metrics.add(.savedOriginals)
    }

    /// Leaves it for other processes that wait for it at this moment.
    func share(_ original: FetchedOriginal, _ key: EntryKey, until deadline: Deadline) {
        cache.share(original.entry(region: region), under: key, until: deadline)
    }

    func remove(_ key: EntryKey, until deadline: Deadline) {
        cache.remove(key, until: deadline)
    }
}
