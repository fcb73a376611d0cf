import Caching
import Configuration
import Deadlines
import HTTPRules
import Logging
import Memory
import Metrics
import Regions
import RenderJobs
import Transformation

/// Finds the variant that an order names, or has it made: cache, then one flight, then original and render.
final class Variants: Sendable {
    /// Who may not see a private original must not be the one that fetches it for those who may, and nobody joins a
    /// flight that began before the last purge.
    private struct FlightKey: Hashable, Sendable {
        let variant: EntryKey
        let maySeePrivate: Bool
        let purge: UInt64
        /// Who asks for another region never waits for somebody who asks one.
        let asksHome: Bool
    }

    private let cached: CachedVariants
    let files: Files
    let maker: VariantMaker
    let homes: HomeRegions
    let cache: InternalCache
    let validity: Validity
    private let flights: SingleFlight<FlightKey, Served, DeliveryError>
    private let refreshes: BackgroundRefresh<EntryKey>
    private let failures = RecentFailures()
    private let waiting: WaitingPlaces
    let metrics: Metrics
    private let total: Duration

    init(
        configuration: Configuration, cache: InternalCache, validity: Validity, renders: RenderPool,
        quarantine: Quarantine, otherRegions: OtherRegions?, refreshes: BackgroundRefresh<EntryKey>, metrics: Metrics,
        logger: Logger
    ) {
        let lifetimes = Lifetimes(configuration.cache)
        let saved = SavedOriginals(cache: cache, validity: validity, region: configuration.region, metrics: metrics)
        let origins = AskedOrigins(configuration, lifetimes: lifetimes, metrics: metrics, logger: logger)
        let originals = Originals(
            configuration: configuration, origins: origins, saved: saved, cache: cache, validity: validity,
            refreshes: refreshes, metrics: metrics)
        let pictures = PictureMaker(
            renders: renders, configuration: configuration, metrics: metrics, quarantine: quarantine)
        maker = VariantMaker(
            originals: originals, pictures: pictures, cache: cache, lifetimes: lifetimes, validity: validity,
            configuration: configuration)
        homes = HomeRegions(
            otherRegions: otherRegions, validity: validity, lifetimes: lifetimes, configuration: configuration.version,
            metrics: metrics)
        files = Files(configuration, origins: origins, homes: homes)
        cached = CachedVariants(cache: cache, validity: validity)
        self.cache = cache
        self.validity = validity
        self.refreshes = refreshes
        self.metrics = metrics
        total = configuration.timeouts.total
        let places = configuration.workers.slots / 2
        waiting = WaitingPlaces(limit: places)
        flights = SingleFlight(limits: .init(followersPerKey: places, followers: places))
    }

    func find(_ order: Order, until deadline: Deadline) throws(DeliveryError) -> Outcome {
        if let home = order.home, order.isRelayed {
            return .served(try occupying { () throws(DeliveryError) in try relay(order, home, until: deadline) })
        }
        let start = Deadline.now
        var found = try cached.find(order, in: .redis, until: deadline)
        if let answer = try use(found, order, start) { return answer }
        do {
            return try waiting.occupy(orThrow: maker.pictures.overloaded) { () throws(DeliveryError) in
                // Untouched originals are not kept as variants; at most that there is none is, in Redis.
                if found == nil, order.resolution != .original {
                    found = try cached.find(order, in: .store, until: deadline)
                    if let answer = try use(found, order, start) { return answer }
                }
                return try make(order, inPlaceOf: found, until: deadline)
            }
        } catch {
            guard error.isPassing, let found, found.isUsableInNeed, cached.isStillValid(found, of: order) else {
                throw error
            }
            if !error.isShedding { failures.note(order.key) }
            return try goOn(with: found, order)
        }
    }

    /// The original of an order, for those who only want to know: nothing is made of it, and no failure is kept.
    /// Call it in a place (`occupying`).
    func original(of order: Order, until deadline: Deadline) throws(DeliveryError) -> Originals.Answer {
        var patience = Patience()
        return try maker.find(order, known: nil, &patience, until: deadline).answer
    }

    /// Runs what makes a slot wait in a place for that, or throws at once if there is none.
    func occupying<Result>(_ body: () throws(DeliveryError) -> Result) throws(DeliveryError) -> Result {
        try waiting.occupy(orThrow: maker.pictures.overloaded, body)
    }

    /// What was found, if it may be answered from at once; `nil` where it has to be made or revalidated first.
    private func use(_ found: Served?, _ order: Order, _ start: Deadline) throws(DeliveryError) -> Outcome? {
        guard var found else { return nil }
        found.timing.cache = start.elapsed
        switch found.lifetime.age(now: WallClock.unixSeconds) {
        case .fresh: return try outcome(found, order)
        case .revalidating:
            let answer = try outcome(found.inState(.revalidating), order)
            refresh(order)
            return answer
        // Its origin is away: nobody waits for it again so soon.
        case .stale where failures.contains(order.key): return try goOn(with: found, order)
        case .stale, .unusable: return nil
        }
    }

    /// Answers from something old, because its origin is away.
    private func goOn(with found: Served, _ order: Order) throws(DeliveryError) -> Outcome {
        let answer = try outcome(found.inState(.stale), order)
        refresh(order)
        return answer
    }

    /// Where nginx has a copy it is answered from the originals' validators, before anything is rendered.
    private func make(
        _ order: Order, inPlaceOf old: Served?, until deadline: Deadline
    ) throws(DeliveryError) -> Outcome {
        guard order.edgeConditions.ifNoneMatch != nil, old == nil, order.home == nil, homes.knowsPurgesOfAll else {
            // There is something to give to a client who waits too long.
            let end = old?.isUsableInNeed == true ? deadline.capped(to: Self.patience) : deadline
            return try outcome(try fly(order, nil, inPlaceOf: old, until: end), order)
        }
        let fetched = try maker.ingredients(of: order, until: deadline)
        if let (tag, lifetime) = maker.validators(of: fetched, order), lifetime.control.isEmpty,
            order.isKnownToNginx(tag, nil)
        {
            return .notModified(tag, lifetime)
        }
        return try outcome(try fly(order, fetched, inPlaceOf: nil, until: deadline), order)
    }

    /// - Parameters:
    ///   - fetched: what goes into it, if it was fetched already.
    ///   - old: what is no longer fresh, if there is something.
    func fly(
        _ order: Order, _ fetched: Fetched?, inPlaceOf old: Served?, until deadline: Deadline
    ) throws(DeliveryError) -> Served {
        let key = FlightKey(
            variant: order.key, maySeePrivate: order.maySeePrivate,
            purge: validity.lastPurge(of: order, Entry.Source()), asksHome: order.home != nil)
        while true {
            let flight = flights.run(key, until: deadline) { () throws(DeliveryError) in
                try flyInRegion(order, fetched, inPlaceOf: old, until: deadline)
            }
            switch flight {
            case .led(let result): return try result.get()
            case .followed(let result):
                metrics.add(.coalesced(.variant, .process))
                return try result.get()
            case .retry: continue
            case .timedOut: throw .outOfTime
            case .crowded: throw .overloaded
            }
        }
    }

    private func flyInRegion(
        _ order: Order, _ fetched: Fetched?, inPlaceOf old: Served?, until deadline: Deadline
    ) throws(DeliveryError) -> Served {
        // What would be shed anyway costs neither a lease nor an original. Who has something old may only ask about it.
        if fetched == nil, old == nil, order.home == nil { try maker.pictures.checkRoom(order, until: deadline) }
        // Nothing is kept of an original that goes out as it is: its own flight is the one that the region shares.
        guard order.resolution != .original else {
            return try askHomeOrMake(order, fetched, inPlaceOf: old, until: deadline)
        }
        let result = try cache.flights.run(order.flightName, until: deadline) { (look) throws(DeliveryError) in
            try cached.findFresh(order, thoroughly: look == .afterwards, until: deadline)
        } work: { () throws(DeliveryError) in
            try askHomeOrMake(order, fetched, inPlaceOf: old, until: deadline)
        }
        switch result {
        case .led(let served): return served
        case .found(let served):
            metrics.add(.coalesced(.variant, .region))
            return served
        case .timedOut: throw .outOfTime
        }
    }

    /// How long a client waits for an origin while there is something old to give.
    private static let patience: Duration = .seconds(2)

    /// What lies in the cache was made for somebody else, so rights are judged for each request.
    func judged(_ served: Served, _ order: Order) throws(DeliveryError) -> Served {
        if served.source.isPrivate, !order.maySeePrivate { throw .privateOriginal }
        // Keeping it may have taken a while, and others may have waited for it: the purges have the last word.
        return cached.isStillValid(served, of: order) ? served : served.inState(.passing)
    }

    private func outcome(_ served: Served, _ order: Order) throws(DeliveryError) -> Outcome {
        var served = try judged(served, order)
        // Somewhere there may be purges that nobody here has heard of.
        if served.state == .fresh, !homes.knowsPurgesOfAll { served = served.inState(.stale) }
        if served.state == .stale { metrics.add(.staleAnswers) }
        // 304 means unchanged and fresh, nothing else (design §5); and as nginx goes on sending the headers that it has, only
        // where those do not grow old.
        if served.state == .fresh, served.lifetime.control.isEmpty,
            let tag = EntityTag(parsing: served.entityTag),
            order.isKnownToNginx(tag, served.source.lastModified)
        {
            return .notModified(tag, served.lifetime)
        }
        return .served(served)
    }

    // MARK: In the background

    private func refresh(_ order: Order) {
        let isNew = refreshes.schedule(order.key) { [self] in
            let deadline = Deadline(in: total)
            do throws(DeliveryError) {
                let old = try cached.findOld(order, until: deadline)
                let made = try fly(order, nil, inPlaceOf: old, until: deadline)
                let isSame = made.entityTag == old?.entityTag
                if made.state != .stale { failures.forget(order.key) }
                metrics.add(.refreshes(made.state == .stale ? .failed : isSame ? .unchanged : .replaced))
            } catch {
                if error.isPassing { failures.note(order.key) }
                metrics.add(.refreshes(.failed))
            }
        }
        if !isNew { metrics.add(.refreshes(.heldOff)) }
    }
}

extension Order {
    fileprivate func isKnownToNginx(_ tag: EntityTag, _ lastModified: Int64?) -> Bool {
        edgeConditions.isNotModified(entityTag: tag, lastModified: lastModified.map { HTTPDate(unixSeconds: $0) })
    }
}
