import Caching
import Configuration
import Deadlines

/// Variants and negative answers as they lie in the tiers, with the purge log's word on them.
struct CachedVariants: Sendable {
    private let cache: InternalCache
    private let validity: Validity

    init(cache: InternalCache, validity: Validity) {
        self.cache = cache
        self.validity = validity
    }

    /// What a tier has, of whatever age; throws the error that a negative answer stands for.
    ///
    /// - Parameter isForOthers: whether Redis gets what only the store has.
    func find(
        _ order: Order, in tier: InternalCache.Tier, isForOthers: Bool = true, until deadline: Deadline
    ) throws(DeliveryError) -> Served? {
        guard validity.isKnown else { return nil }
        let entry = cache.find(order.key, in: tier, until: deadline, isForOthers: isForOthers) {
            !validity.isVoid($0, of: order)
        }
        return try entry.map { (entry) throws(DeliveryError) in
            try Served(entry, tier: tier == .redis ? .redis : .store)
        }
    }

    /// Whether no purge has come since it was found.
    func isStillValid(_ found: Served, of order: Order) -> Bool { !validity.isVoid(found.entry, of: order) }

    /// What somebody else may have made a moment ago.
    func findFresh(_ order: Order, thoroughly: Bool, until deadline: Deadline) throws(DeliveryError) -> Served? {
        let tiers: [InternalCache.Tier] = thoroughly ? [.redis, .store] : [.redis]
        for tier in tiers {
            let found = try find(order, in: tier, until: deadline)
            if let found, found.lifetime.age(now: WallClock.unixSeconds) == .fresh { return found }
        }
        return nil
    }

    /// What is to be renewed, from any tier. It does not come back into Redis: by then it may be gone for good.
    func findOld(_ order: Order, until deadline: Deadline) throws(DeliveryError) -> Served? {
        if let found = try find(order, in: .redis, until: deadline) { return found }
        return try find(order, in: .store, isForOthers: false, until: deadline)
    }
}
