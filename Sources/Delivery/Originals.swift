import Caching
import Configuration
import Deadlines
import Metrics
import Origins

/// Fetches originals, each once for all in the region that want it at the same time: held for a moment, saved, or from
/// the endpoint's origins.
final class Originals: Sendable {
    enum Answer: Sendable {
        case original(FetchedOriginal)
        /// Too long to be held; it goes out as it is.
        case file(FetchedFile)
        /// What the caller knows still holds, for that long from now on.
        case unchanged(Original.Metadata, Lifetime)
    }

    /// Those who know different states of an original get different answers, and nobody joins a flight that began
    /// before the last purge.
    private struct FlightKey: Hashable, Sendable {
        let original: EntryKey
        let known: Original.Validators?
        let purge: UInt64
    }

    private let flights: SingleFlight<FlightKey, Answer, DeliveryError>
    private let recent: RecentOriginals
    private let saved: SavedOriginals
    private let cache: InternalCache
    private let validity: Validity
    private let refreshes: BackgroundRefresh<EntryKey>
    private let failures = RecentFailures()
    private let total: Duration
    private let origins: AskedOrigins
    private let metrics: Metrics

    init(
        configuration: Configuration, origins: AskedOrigins, saved: SavedOriginals, cache: InternalCache,
        validity: Validity, refreshes: BackgroundRefresh<EntryKey>, metrics: Metrics
    ) {
        let followers = configuration.workers.slots / 2
        flights = SingleFlight(limits: .init(followersPerKey: followers, followers: followers))
        recent = RecentOriginals(largestOriginal: configuration.limits.sourceBytes)
        total = configuration.timeouts.total
        self.saved = saved
        self.cache = cache
        self.origins = origins
        self.validity = validity
        self.refreshes = refreshes
        self.metrics = metrics
    }

    /// - Parameters:
    ///   - known: what the caller has something of; if it still holds, its bytes need not come.
    ///   - patience: how long the origin is waited for while there is a copy past its time.
    func fetch(
        _ order: Order, known: Original.Metadata?, _ patience: inout Patience, until deadline: Deadline
    ) throws(DeliveryError) -> Answer {
        let key = order.originalKey
        if let held = held(key, order) { return .original(held) }
        let copy = saved.find(order, key, until: deadline)
        guard let copy, copy.isUsableInNeed else {
            return try fly(order, key, copy: copy, known: known, until: deadline)
        }
        guard copy.state != .fresh else { return .original(copy) }
        let isAway = failures.contains(key)
        if isAway || copy.isUsableAtOnce(at: order.route.endpoint) {
            refresh(order, key)
            return .original(isAway ? copy.markedStale() : copy)
        }
        guard !patience.isGone else {
            refresh(order, key)
            return .original(copy.markedStale())
        }
        do throws(DeliveryError) {
            return try patience.spend { (left) throws(DeliveryError) in
                try fly(order, key, copy: copy, known: known, until: deadline.capped(to: left))
            }
        } catch {
            guard error.isPassing else { throw error }
            failures.note(key)
            refresh(order, key)
            return .original(copy.markedStale())
        }
    }

    /// One that was fetched a moment ago, and is fresh still: what is good for a second may have been so for less.
    private func held(_ key: EntryKey, _ order: Order) -> FetchedOriginal? {
        guard let held = recent.find(key), held.lifetime.age(now: WallClock.unixSeconds) == .fresh else { return nil }
        return isUsable(held, order) ? held : nil
    }

    private func isUsable(_ original: FetchedOriginal, _ order: Order) -> Bool {
        !validity.isVoid(original.entry(region: ""), of: order)
    }

    // MARK: One flight

    /// - Parameter copy: a saved one that has to be revalidated first.
    private func fly(
        _ order: Order, _ key: EntryKey, copy: FetchedOriginal?, known: Original.Metadata?, until deadline: Deadline
    ) throws(DeliveryError) -> Answer {
        let flightKey = FlightKey(
            original: key, known: copy == nil ? known?.validators : nil, purge: validity.lastPurgeOfOriginal(order))
        while true {
            let flight = flights.run(flightKey, until: deadline) { () throws(DeliveryError) in
                try flyInRegion(order, key, copy: copy, known: known, until: deadline)
            }
            switch flight {
            case .led(let result): return try result.get()
            case .followed(let result):
                metrics.add(.coalesced(.original, .process))
                let answer = try result.get()
                // A purge by a tag, which nobody knew before.
                if let entry = answer.entry, validity.isVoid(entry, of: order) { continue }
                // Opened for somebody who wants it as it is.
                if case .file = answer, !order.passesFiles { continue }
                return answer
            case .retry: continue
            case .timedOut: throw .outOfTime
            case .crowded: throw .overloaded
            }
        }
    }

    private func flyInRegion(
        _ order: Order, _ key: EntryKey, copy: FetchedOriginal?, known: Original.Metadata?, until deadline: Deadline
    ) throws(DeliveryError) -> Answer {
        if let held = held(key, order) { return .original(held) }
        // A file is quickly read again, and its owner may just be changing it.
        guard order.route.reachesOverNetwork else { return try ask(order, key, copy, known, until: deadline) }
        let result = try cache.flights.run(key.leaseName, until: deadline) { (look) throws(DeliveryError) in
            if look == .waiting { cache.wish(for: key, until: deadline) }
            guard look != .atOnce else { return nil }
            let shared = saved.findShared(order, key, hasEnded: look == .afterwards, until: deadline)
            return shared.map { .original($0) }
        } work: { () throws(DeliveryError) in
            try ask(order, key, copy, known, until: deadline)
        }
        switch result {
        case .led(let answer): return answer
        case .found(let answer):
            metrics.add(.coalesced(.original, .region))
            return answer
        case .timedOut: throw .outOfTime
        }
    }

    // MARK: The origins

    private func ask(
        _ order: Order, _ key: EntryKey, _ copy: FetchedOriginal?, _ known: Original.Metadata?,
        until deadline: Deadline
    ) throws(DeliveryError) -> Answer {
        let epoch = validity.epoch
        let known = copy == nil ? known : nil
        // It may have been hit since it was found, and must not become good again under this number.
        let copy = copy.flatMap { isUsable($0, order) ? $0 : nil }
        let answer: AskedOrigins.Answer
        do {
            answer = try origins.fetch(order, known: copy?.metadata ?? known, epoch: epoch, until: deadline)
        } catch {
            if copy != nil, !error.isPassing { saved.remove(key, until: deadline) }
            throw error
        }
        switch answer {
        case .notModified(let metadata, let lifetime):
            guard let copy else { return .unchanged(metadata, lifetime) }
            let renewed = copy.confirmed(metadata, lifetime, purgeEpoch: epoch)
            keep(renewed, order, key, inPlaceOf: copy, until: deadline)
            return .original(renewed)
        case .original(let original, let lifetime):
            let fetched = FetchedOriginal(original: original, lifetime: lifetime, purgeEpoch: epoch)
            keep(fetched, order, key, inPlaceOf: copy, until: deadline)
            return .original(fetched)
        case .file(let file):
            if copy != nil { saved.remove(key, until: deadline) }
            return .file(file)
        }
    }

    private func keep(
        _ fetched: FetchedOriginal, _ order: Order, _ key: EntryKey, inPlaceOf copy: FetchedOriginal?,
        until deadline: Deadline
    ) {
        guard fetched.lifetime.isStorable else {
            // The origin has changed its mind: what it let be kept before is no longer to be used.
            if copy != nil { saved.remove(key, until: deadline) }
            return
        }
        guard order.route.reachesOverNetwork, isUsable(fetched, order) else { return }
        // What has to be revalidated before each use is not held.
        if fetched.lifetime.age(now: WallClock.unixSeconds) == .fresh { recent.keep(fetched, under: key) }
        // What takes the place of a copy does so now: it may be renewed with nobody waiting to use it.
        if copy != nil { saved.keep(fetched, order, key) }
        saved.share(fetched, key, until: deadline)
    }

    /// Keeps a copy for good of an original that something could be made of; of the others their owner may mend any.
    func save(_ original: FetchedOriginal, _ order: Order) {
        guard original.lifetime.isStorable, order.route.reachesOverNetwork, isUsable(original, order),
            original.isToBeSaved()
        else { return }
        saved.keep(original, order, order.originalKey)
    }

    /// Keeps no copy of an original that is of no use: its owner may mend it any moment.
    func forget(_ order: Order, until deadline: Deadline) {
        recent.remove(order.originalKey)
        if order.route.endpoint.saveOriginals { saved.remove(order.originalKey, until: deadline) }
    }

    /// Revalidates a saved copy that is being used meanwhile.
    private func refresh(_ order: Order, _ key: EntryKey) {
        let isNew = refreshes.schedule(key) { [self] in
            let deadline = Deadline(in: total)
            guard let copy = saved.find(order, key, until: deadline), copy.state != .fresh else { return }
            do throws(DeliveryError) {
                let answer = try fly(order, key, copy: copy, known: nil, until: deadline)
                failures.forget(key)
                metrics.add(.refreshes(answer.refreshResult(of: copy)))
            } catch {
                if error.isPassing { failures.note(key) }
                metrics.add(.refreshes(.failed))
            }
        }
        if !isNew { metrics.add(.refreshes(.heldOff)) }
    }
}

extension Originals.Answer {
    /// For the purge log's judgement; `nil` where it says nothing about bytes.
    var entry: Entry? {
        switch self {
        case .original(let original): original.entry(region: "")
        case .file(let file): file.entry(region: "")
        case .unchanged: nil
        }
    }

    fileprivate func refreshResult(of copy: FetchedOriginal) -> Counter.RefreshResult {
        guard case .original(let original) = self else { return .unchanged }
        return original.metadata.validators == copy.metadata.validators ? .unchanged : .replaced
    }
}
