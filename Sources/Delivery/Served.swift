import Caching
import Deadlines
import HTTPRules
import Metrics

/// What is delivered: a variant with its lifetime, where it came from, and how long each stage took.
struct Served: Sendable {
    /// The value of `x-apus-cache`.
    enum Tier: String, Sendable {
        case redis, store, region, render, origin

        var metric: Counter.AnswerTier {
            switch self {
            case .redis: .redis
            case .store: .store
            case .region: .region
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

    /// What goes out.
    enum Content: Sendable {
        case variant(Entry.Variant)
        /// Read from the origin while it goes out.
        case file(Entry.File)
    }

    var content: Content
    var lifetime: Lifetime
    var region: String
    var purgeEpoch: UInt64
    var source: Entry.Source
    var tier: Tier
    var state = State.fresh
    var timing = ServerTiming()
    /// Of a file that was just found: its bytes, for whoever takes them first.
    var opened: OpenedOriginal?

    /// As the tiers keep it.
    var entry: Entry {
        let kept: Entry.Content =
            switch content {
            case .variant(let variant): .variant(variant)
            case .file(let file): .file(file)
            }
        return Entry(content: kept, lifetime: lifetime, region: region, purgeEpoch: purgeEpoch, source: source)
    }

    /// Whether its bytes are still to be read.
    var isFile: Bool { if case .file = content { true } else { false } }

    /// Whether it is one of the kinds of picture that are made here; such are answered whole.
    var isPicture: Bool {
        switch content {
        case .variant(let variant): OriginalKind.isPicture(variant.contentType)
        case .file: false
        }
    }

    var contentType: String {
        switch content {
        case .variant(let variant): variant.contentType
        case .file(let file): file.contentType
        }
    }

    /// As it stands in the header; empty if there is none.
    var entityTag: String {
        switch content {
        case .variant(let variant): variant.entityTag
        case .file(let file): file.entityTag
        }
    }
}

extension Served {
    /// An entry of the cache; throws the error that it stands for, if it is a negative answer.
    init(_ entry: Entry, tier: Tier, _ timing: ServerTiming = ServerTiming()) throws(DeliveryError) {
        let content: Content
        switch entry.content {
        case .variant(let variant): content = .variant(variant)
        case .file(let file): content = .file(file)
        case .failure(let failure): throw DeliveryError(failure, of: entry)
        // Never under the key of a variant.
        case .original: throw DeliveryError.notFound("There is no such picture.")
        }
        self.init(
            content: content, lifetime: entry.lifetime, region: entry.region, purgeEpoch: entry.purgeEpoch,
            source: entry.source, tier: tier, timing: timing)
    }

    /// The same bytes, good for a time from now on.
    ///
    /// - Parameter source: as its origins describe it now.
    func renewed(_ lifetime: Lifetime, _ source: Entry.Source, purgeEpoch: UInt64) -> Served {
        var renewed = self
        (renewed.lifetime, renewed.purgeEpoch, renewed.state) = (lifetime, purgeEpoch, .fresh)
        renewed.source = source
        renewed.opened = nil
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
