import Caching
import Deadlines
import Origins

/// An original that goes out as it is, and while it comes: too long to be held.
struct FetchedFile: Sendable {
    let metadata: Original.Metadata
    /// In bytes; `nil` where its origin does not say.
    let length: Int?
    /// As it is to be called; its origin's word is not always believed.
    let contentType: String
    let lifetime: Lifetime
    /// The purge log's number before it was asked for.
    let purgeEpoch: UInt64
    let downloadDuration: Duration
    let opened: OpenedOriginal

    /// What tells its state from others: as no byte of it is looked at, its validators; `nil` if it has none.
    var identity: OriginalIdentity? { OriginalIdentity(metadata, length: length) }

    /// For the purge log's judgement.
    func entry(region: String) -> Entry {
        let file = Entry.File(contentType: contentType, entityTag: "", length: length)
        return Entry(
            content: .file(file), lifetime: lifetime, region: region, purgeEpoch: purgeEpoch,
            source: Entry.Source(metadata, identity: identity?.text ?? ""))
    }
}

/// The bytes of an original that begin to come, for one of those who wait for them.
final class OpenedOriginal: Sendable {
    private let body: Monitor<(any OriginalBody)?>

    init(_ body: any OriginalBody) {
        self.body = Monitor(body)
    }

    /// Hands it to the first who asks.
    func take() -> (any OriginalBody)? { body.withLock { $0.take() } }
}
