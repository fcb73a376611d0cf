import Caching
import Configuration
import Deadlines
import HTTPRules
import Memory
import Origins

/// An original on its way to be made something of, with how long it may be kept.
struct FetchedOriginal: Sendable {
    /// Where its bytes were.
    enum Place: Sendable {
        case origin, store
    }

    var original: Original
    var lifetime: Lifetime
    /// The purge log's number before it was fetched.
    var purgeEpoch: UInt64
    var place = Place.origin
    /// Whether somebody has seen to its copy; one for all who hold it.
    private let isSaved = Monitor(false)
    /// Set where its origin could not be asked.
    private var isStale = false
    /// Set where its origin has just said that it still holds.
    private var isConfirmed = false

    init(original: Original, lifetime: Lifetime, purgeEpoch: UInt64) {
        self.original = original
        self.lifetime = lifetime
        self.purgeEpoch = purgeEpoch
    }

    var metadata: Original.Metadata { original.metadata }

    /// What is made of it is no fresher than it is itself.
    var state: Served.State {
        if isStale { return .stale }
        // Just come from its origin: good for this answer, whatever may be kept.
        guard place == .store, !isConfirmed else { return .fresh }
        return lifetime.age(now: WallClock.unixSeconds) == .fresh ? .fresh : .revalidating
    }

    /// `true` once, to the first of those who hold it, if it came from its origin.
    func isToBeSaved() -> Bool {
        guard place == .origin else { return false }
        return isSaved.withLock { isSaved in
            defer { isSaved = true }
            return !isSaved
        }
    }

    /// Whether it may be used where its origin is away.
    var isUsableInNeed: Bool { lifetime.age(now: WallClock.unixSeconds) != .unusable }

    /// Whether it need not be revalidated first: by our own rule a copy is good while it is, an origin that has its say
    /// has to allow it.
    func isUsableAtOnce(at endpoint: URLEndpoint) -> Bool {
        switch lifetime.age(now: WallClock.unixSeconds) {
        case .fresh, .revalidating: true
        case .stale: endpoint.cacheControl == .standard
        case .unusable: false
        }
    }

    func markedStale() -> FetchedOriginal {
        var stale = self
        stale.isStale = true
        return stale
    }

    /// The same bytes, of which their origin has just said that they still hold.
    func confirmed(_ metadata: Original.Metadata, _ lifetime: Lifetime, purgeEpoch: UInt64) -> FetchedOriginal {
        var confirmed = self
        confirmed.original = Original(bytes: original.bytes, metadata: metadata, downloadDuration: .zero)
        (confirmed.lifetime, confirmed.purgeEpoch) = (lifetime, purgeEpoch)
        (confirmed.isStale, confirmed.isConfirmed) = (false, true)
        return confirmed
    }
}

extension FetchedOriginal {
    /// As the store keeps it.
    func entry(region: String) -> Entry {
        Entry(
            content: .original(Entry.SavedOriginal(body: original.bytes)), lifetime: lifetime, region: region,
            purgeEpoch: purgeEpoch, source: Entry.Source(metadata, identity: ""))
    }

    /// A copy from a tier; `nil` for an entry of another kind, or if the host is out of memory.
    init?(_ entry: Entry) {
        guard case .original(let saved) = entry.content, let bytes = try? saved.body.inSharedMemory() else {
            return nil
        }
        original = Original(
            bytes: bytes, metadata: Original.Metadata(entry.source, fetchedAt: entry.lifetime.madeAt),
            downloadDuration: .zero)
        lifetime = entry.lifetime
        // A copy that was shared for a moment ends before its time.
        lifetime.expiresAt = max(
            lifetime.expiresAt, lifetime.freshUntil, lifetime.revalidatingUntil, lifetime.staleUntil)
        purgeEpoch = entry.purgeEpoch
        place = .store
    }
}

extension Entry.Source {
    init(_ metadata: Original.Metadata, identity: String) {
        self.init(
            originID: metadata.originID, identity: identity, entityTag: metadata.validators.entityTag,
            lastModified: metadata.validators.lastModified, contentType: metadata.contentType,
            isPrivate: metadata.isPrivate, cacheControl: metadata.lifetimeFields.cacheControl,
            expires: metadata.lifetimeFields.expires, tags: metadata.tags)
    }
}

extension Original.Metadata {
    /// As it was when an entry was made of it. `Date` and `Age` have been counted in by then.
    init(_ source: Entry.Source, fetchedAt: Int64) {
        self.init(
            originID: source.originID,
            validators: Original.Validators(entityTag: source.entityTag, lastModified: source.lastModified),
            contentType: source.contentType, isPrivate: source.isPrivate,
            lifetimeFields: LifetimeFields(cacheControl: source.cacheControl, expires: source.expires),
            tags: source.tags, fetchedAt: fetchedAt)
    }
}
