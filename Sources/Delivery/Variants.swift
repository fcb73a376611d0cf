import Caching
import Configuration
import Deadlines
import HTTPRules
import Logging
import Memory
import Origins
import RenderJobs
import Transformation

/// Finds the variant that an order names, or has it made: cache, then one flight, then original and render.
final class Variants: Sendable {
    /// Who may not see a private original must not be the one that fetches it for those who may.
    private struct FlightKey: Hashable, Sendable {
        let variant: VariantKey
        let maySeePrivate: Bool
    }

    private let originals: Originals
    private let maker: VariantMaker
    private let cache: RedisTier?
    private let flights: SingleFlight<FlightKey, Served, DeliveryError>
    private let waiting: WaitingPlaces
    private let configuration: Configuration

    init(configuration: Configuration, cache: RedisTier?, originals: Originals, maker: VariantMaker) {
        self.configuration = configuration
        self.cache = cache
        self.originals = originals
        self.maker = maker
        let places = configuration.workers.slots / 2
        waiting = WaitingPlaces(limit: places)
        flights = SingleFlight(limits: .init(followersPerKey: places, followers: places))
    }

    func find(_ order: Order, until deadline: Deadline) throws(DeliveryError) -> Outcome {
        let start = Deadline.now
        if let entry = lookUp(order.key, until: deadline) {
            var timing = ServerTiming()
            timing.cache = start.elapsed
            return try outcome(Served(entry, tier: .redis, timing), order)
        }
        return try waiting.occupy(orThrow: DeliveryError.overloaded) { () throws(DeliveryError) in
            try make(order, until: deadline)
        }
    }

    /// A client that has a copy is answered from the original's validators, before anything is rendered.
    private func make(_ order: Order, until deadline: Deadline) throws(DeliveryError) -> Outcome {
        guard order.conditions.ifNoneMatch != nil else {
            return try outcome(try fly(order, nil, until: deadline), order)
        }
        let original = try original(of: order, until: deadline)
        if let tag = order.entityTag(of: OriginalIdentity(original)), order.isKnownToClient(tag, nil) {
            return .notModified(tag)
        }
        return try outcome(try fly(order, original, until: deadline), order)
    }

    /// - Parameter original: if it was fetched already.
    private func fly(_ order: Order, _ original: Original?, until deadline: Deadline) throws(DeliveryError) -> Served {
        let key = FlightKey(variant: order.key, maySeePrivate: order.maySeePrivate)
        while true {
            let flight = flights.run(key, until: deadline) { () throws(DeliveryError) in
                // Somebody else may have kept it between our look and our turn.
                if let entry = lookUp(order.key, until: deadline) {
                    return try Served(entry, tier: .redis, ServerTiming())
                }
                return try makeAndKeep(order, original, until: deadline)
            }
            switch flight {
            case .led(let result), .followed(let result): return try result.get()
            case .retry: continue
            case .timedOut, .crowded: throw .overloaded
            }
        }
    }

    private func makeAndKeep(
        _ order: Order, _ fetched: Original?, until deadline: Deadline
    ) throws(DeliveryError) -> Served {
        let original = if let fetched { fetched } else { try original(of: order, until: deadline) }
        let served = try keepingErrors(of: order, until: deadline) { () throws(DeliveryError) in
            try maker.make(order, original, until: deadline)
        }
        if served.tier == .render { keep(served.entry, under: order.key, until: deadline) }
        return served
    }

    /// The original, if this client may have what is made of it.
    private func original(of order: Order, until deadline: Deadline) throws(DeliveryError) -> Original {
        let original = try keepingErrors(of: order, until: deadline) { () throws(DeliveryError) in
            try originals.fetch(order, until: deadline)
        }
        if original.isPrivate, !order.maySeePrivate { throw .privateOriginal }
        return original
    }

    /// What failed once would fail again: it is answered from the cache for a while.
    private func keepingErrors<Value>(
        of order: Order, until deadline: Deadline, _ work: () throws(DeliveryError) -> Value
    ) throws(DeliveryError) -> Value {
        do { return try work() } catch {
            if let entry = negativeAnswer(error) { keep(entry, under: order.key, until: deadline) }
            throw error
        }
    }

    /// What lies in the cache was made for somebody else, so rights are judged for each request.
    private func outcome(_ served: Served, _ order: Order) throws(DeliveryError) -> Outcome {
        if OriginalIdentity(text: served.variant.originalIdentity).isPrivate, !order.maySeePrivate {
            throw .privateOriginal
        }
        let tag = EntityTag(parsing: served.variant.entityTag)
        if let tag, order.isKnownToClient(tag, served.variant.lastModified) {
            return .notModified(tag)
        }
        return .served(served)
    }

    // MARK: The cache, which never makes a request fail

    private func lookUp(_ key: VariantKey, until deadline: Deadline) -> Entry? {
        guard case .hit(let entry) = cache?.find(key, until: deadline) else { return nil }
        return entry
    }

    private func keep(_ entry: Entry, under key: VariantKey, until deadline: Deadline) {
        cache?.keep(entry, under: key, until: deadline)
    }

    private func negativeAnswer(_ error: DeliveryError) -> Entry? {
        let age = configuration.cache.age(of: error.keeping)
        guard age > 0 else { return nil }
        let now = WallClock.unixSeconds
        let failure = Entry.Failure(status: error.status, code: error.code, message: error.message)
        return Entry(
            content: .failure(failure), madeAt: now, expiresAt: now + Int64(age), region: configuration.region)
    }
}

extension Served {
    /// An entry of the cache; throws the error that it stands for, if it is a negative answer.
    init(_ entry: Entry, tier: Tier, _ timing: ServerTiming) throws(DeliveryError) {
        switch entry.content {
        case .failure(let failure): throw DeliveryError(failure, expiresAt: entry.expiresAt)
        case .variant(let variant): self.init(entry: entry, variant: variant, tier: tier, timing: timing)
        }
    }
}

extension Order {
    /// Whether the client's conditions say that it has this answer (RFC 9110 §13.2.2).
    func isKnownToClient(_ tag: EntityTag, _ lastModified: Int64?) -> Bool {
        conditions.isNotModified(entityTag: tag, lastModified: lastModified.map { HTTPDate(unixSeconds: $0) })
    }
}

extension Configuration.Cache {
    /// Seconds for which an error of this kind is kept; 0 is not at all.
    func age(of keeping: DeliveryError.Keeping) -> Int {
        let errorSeconds = Int(errorAge.components.seconds)
        return switch keeping {
        case .errorAge: errorSeconds
        case .briefly: min(errorSeconds, Self.briefSeconds)
        case .until(let moment): min(errorSeconds, Int(clamping: max(0, moment - WallClock.unixSeconds)))
        case .never: 0
        }
    }

    private static let briefSeconds = 5
}
