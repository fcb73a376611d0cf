package import Deadlines
package import Metrics
package import Processes
package import Redis

/// The internal cache of a region: Redis for what is small and hot, the store behind it for the rest and for good.
///
/// It knows tiers and forms, and nothing of URLs or purges: whether an entry may still be used, its caller decides.
/// Nothing here throws or fails a request.
package final class InternalCache: Sendable {
    package enum Tier: Sendable, Hashable {
        case redis, store
    }

    /// A look into the store, or a write that a request waits for, takes at most this part of what is left of its time.
    private static let storeShare = 4
    /// How long a wish for an entry stands.
    private static let wishSeconds = 10
    /// How long what others wished for is shared with them.
    private static let sharedSeconds: Int64 = 10

    private let client: (any RedisClient)?
    private let redis: RedisTier?
    private let store: StoreTier?
    private let queue: StoreQueue?
    private let metrics: Metrics

    /// What processes of the region make together.
    package let flights: RegionFlight

    /// - Parameters:
    ///   - client: of the same Redis; `nil` where there is none.
    ///   - store: `nil` where there is none.
    package init(client: (any RedisClient)?, redis: RedisTier?, store: StoreTier?, metrics: Metrics) {
        self.client = client
        self.redis = redis
        self.store = store
        self.metrics = metrics
        queue = store.map { store in StoreQueue(tier: store) { metrics.add(.entries(.store, $0.metric)) } }
        flights = RegionFlight(client: client)
    }

    /// Starts what works beside the requests.
    package func start() throws(ProcessError) -> [WorkThread] {
        var threads = [try flights.start()]
        if let queue { threads.append(try queue.start()) }
        return threads
    }

    /// The threads end when what is queued is written, or at the deadline and the end of one write.
    package func stop(until deadline: Deadline) {
        flights.stop()
        queue?.stop(until: deadline)
    }

    // MARK: Looking up

    /// - Parameters:
    ///   - isForOthers: whether a variant that only the store has is put into Redis, where the next one finds it sooner.
    ///   - isUsable: judges what was found; an entry that it refuses is deleted and is a miss.
    package func find(
        _ key: EntryKey, in tier: Tier, until deadline: Deadline, isForOthers: Bool = true,
        where isUsable: (Entry) -> Bool
    ) -> Entry? {
        let answer: CacheAnswer
        switch tier {
        case .redis:
            guard let redis else { return nil }
            answer = redis.find(key, until: deadline)
        case .store:
            guard let store else { return nil }
            // What it takes is missing where the entry has to be made.
            answer = store.find(key, until: deadline.capped(to: deadline.remaining / Self.storeShare))
        }
        guard case .hit(let entry) = answer else {
            metrics.add(.lookups(tier.metric, answer.metric))
            return nil
        }
        guard isUsable(entry) else {
            metrics.add(.lookups(tier.metric, .purged))
            // Only from here: the other tier may be slow, and notices by itself.
            switch tier {
            case .redis: redis?.remove(key, until: deadline)
            case .store: store?.remove(key, until: deadline)
            }
            return nil
        }
        metrics.add(.lookups(tier.metric, entry.lifetime.age(now: WallClock.unixSeconds) == .fresh ? .hit : .stale))
        if tier == .store, isForOthers, key.kind == .variant { _ = keepInRedis(entry, under: key, until: deadline) }
        return entry
    }

    /// What a tier says of a key, for those who only want to know: nothing is counted or moved between the tiers.
    ///
    /// - Returns: `nil` where there is no such tier.
    package func look(for key: EntryKey, in tier: Tier, until deadline: Deadline) -> CacheAnswer? {
        switch tier {
        case .redis: redis?.find(key, until: deadline)
        case .store: store?.find(key, until: deadline.capped(to: deadline.remaining / Self.storeShare))
        }
    }

    // MARK: Keeping

    /// Keeps an entry in the tiers that it belongs into. When this returns, the other processes of the region find it
    /// in at least one, if any takes it; the store may get it later.
    package func keep(_ entry: Entry, under key: EntryKey, until deadline: Deadline) {
        let isInRedis = key.kind == .variant && keepInRedis(entry, under: key, until: deadline)
        if case .failure = entry.content { return }
        guard let store, let queue else { return }
        if isInRedis {
            if !queue.add(entry, under: key) { metrics.add(.entries(.store, .heldOff)) }
        } else {
            // What is older must not lie in front of it.
            if key.kind == .variant { redis?.remove(key, until: deadline) }
            let limit = deadline.capped(to: deadline.remaining / Self.storeShare)
            metrics.add(.entries(.store, store.keep(entry, under: key, until: limit).metric))
        }
    }

    /// Keeps a copy of an original when there is time.
    package func keepLater(_ entry: Entry, under key: EntryKey) {
        guard let queue else { return }
        if !queue.add(entry, under: key) { metrics.add(.entries(.store, .heldOff)) }
    }

    private func keepInRedis(_ entry: Entry, under key: EntryKey, until deadline: Deadline) -> Bool {
        guard let redis else { return false }
        let outcome = redis.keep(entry, under: key, until: deadline)
        metrics.add(.entries(.redis, outcome.metric))
        return outcome == .kept
    }

    package func remove(_ key: EntryKey, until deadline: Deadline) {
        queue?.remove(key)
        // First from where it would come back into Redis.
        store?.remove(key, until: deadline)
        redis?.remove(key, until: deadline)
    }

    // MARK: Sharing for a moment

    /// Tells whoever makes this entry that other processes wait for it.
    package func wish(for key: EntryKey, until deadline: Deadline) {
        let name = key.wishName
        let set = Command("SET", .text(name), "1", "EX", .number(Self.wishSeconds))
        _ = try? client?.call(set, on: name, until: deadline, expecting: .status)
    }

    /// Leaves an entry for those who wished for it, if anybody did: in Redis if it is small, else in the store.
    package func share(_ entry: Entry, under key: EntryKey, until deadline: Deadline) {
        let name = key.wishName
        let wish = try? client?.call(
            Command("EXISTS", .text(name)), on: name, until: deadline, expecting: .integer)
        guard wish?.kind == .integer(1) else { return }
        var shared = entry
        // It is gone soon; what is made of it meanwhile is good for as long as it says.
        shared.lifetime.expiresAt = min(entry.lifetime.expiresAt, WallClock.unixSeconds + Self.sharedSeconds)
        if !keepInRedis(shared, under: key, until: deadline) {
            store?.keep(shared, under: key, until: deadline)
        }
    }
}

extension InternalCache.Tier {
    fileprivate var metric: Counter.CacheTier {
        switch self {
        case .redis: .redis
        case .store: .store
        }
    }
}

extension CacheAnswer {
    fileprivate var metric: Counter.LookupResult {
        switch self {
        case .hit: .hit
        case .miss: .miss
        case .defective: .defective
        case .unavailable: .unavailable
        }
    }
}

extension KeepOutcome {
    fileprivate var metric: Counter.KeepResult {
        switch self {
        case .kept: .kept
        case .tooLarge: .tooLarge
        case .expired: .expired
        case .heldOff: .heldOff
        case .failed, .storeFailed: .failed
        }
    }
}
