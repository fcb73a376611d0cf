import Caching
import Deadlines
import HTTPRules
import Metrics

/// What is delivered: a variant with its lifetime, where it came from, and how long each stage took.
struct Served: Sendable {
    /// The value of `x-apus-cache`.
    enum Tier: String, Sendable {
        case redis, store, render, origin

        var metric: Counter.AnswerTier {
            switch self {
            case .redis: .redis
            case .store: .store
            case .render: .render
            case .origin: .origin
            }
        }
    }

    /// What the client may do with it.
    enum State: Sendable {
        case fresh
        /// Old, and being renewed: not for long.
        case revalidating
        /// Old, because its origin is away: marked as such.
        case stale
        /// Hit by a purge while it was made: for this one answer.
        case passing
    }

    var variant: Entry.Variant
    var lifetime: Lifetime
    var region: String
    var purgeEpoch: UInt64
    var source: Entry.Source
    var tier: Tier
    var state = State.fresh
    var timing = ServerTiming()

    /// As the tiers keep it.
    var entry: Entry {
        Entry(
            content: .variant(variant), lifetime: lifetime, region: region, purgeEpoch: purgeEpoch, source: source)
    }
}

extension Served {
    /// An entry of the cache; throws the error that it stands for, if it is a negative answer.
    init(_ entry: Entry, tier: Tier, _ timing: ServerTiming = ServerTiming()) throws(DeliveryError) {
        switch entry.content {
        case .variant(let variant):
            self.init(
                variant: variant, lifetime: entry.lifetime, region: entry.region, purgeEpoch: entry.purgeEpoch,
                source: entry.source, tier: tier, timing: timing)
        case .failure(let failure): throw DeliveryError(failure, expiresAt: entry.lifetime.expiresAt)
        // Never under the key of a variant.
        case .original: throw DeliveryError.notFound("There is no such picture.")
        }
    }

    /// The same bytes, good for a time from now on.
    ///
    /// - Parameter source: as its origin describes it now.
    func renewed(_ lifetime: Lifetime, _ source: Entry.Source, purgeEpoch: UInt64) -> Served {
        var renewed = self
        (renewed.lifetime, renewed.purgeEpoch, renewed.state) = (lifetime, purgeEpoch, .fresh)
        renewed.source = source
        renewed.source.inputs = self.source.inputs
        return renewed
    }

    /// Whether it may be given where its origin is away.
    var isUsableInNeed: Bool { lifetime.age(now: WallClock.unixSeconds) != .unusable }

    func inState(_ state: State) -> Served {
        var changed = self
        changed.state = state
        return changed
    }
}

/// How a look for a variant ends when nothing went wrong.
enum Outcome: Sendable {
    case served(Served)
    /// The client has it already, and it is fresh: no more than its entity tag is needed. Nothing was rendered for it.
    case notModified(EntityTag, Lifetime)
}
