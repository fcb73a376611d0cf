import Deadlines
import Storage

/// Where a log stands in Redis and in the store: the business of whoever synchronises, one at a time.
struct PurgeSync {
    /// Redis was read up to here; 0 if never.
    var position: UInt64 = 0
    /// The id of the rule at `position`. A Redis that does not show it has lost rules.
    var anchor: String?
    /// Redis did not answer, or not whole, the last time.
    var isRedisAway = false
    /// Redis answered, and took no writes the last time.
    var isSharingFailing = false
    var nextSharing = Deadline(nanoseconds: 0)

    /// The names in the store whose rules are known, or known to be unreadable.
    var known: Set<StoreName> = []
    /// What the store listed, if all of that is in `known`: the usual look finds the same again.
    var listed: [StoreName]?
    /// Those that are damaged or not ours: neither read again nor removed.
    var rejected: Set<StoreName> = []
    /// Whether the store was read whole since this process started.
    var isStoreRead = false
    var isStoreAway = false
    /// Since when it has not answered.
    var awaySince: Deadline?
    /// Redis is believed though the store was never read.
    var isStoreGivenUp = false
    /// Writing to the store failed the last time; reading may work.
    var isTidyFailing = false
    var nextTidy = Deadline(nanoseconds: 0)
    /// One that is not done yet.
    var listing: PurgeListing?
    var lastLook: Deadline?
    /// How long the last look took.
    var lookTook: Duration = .zero

    /// When old rules are looked for next.
    var nextDrop = Deadline(nanoseconds: 0)

    // Bounds of one synchronisation; what is left is for the next.
    static let timeToRead = Duration.seconds(1)
    /// For a listing, which nobody waits for; and for the store's files as long as nothing is believed anyway. So a long
    /// log in a slow bucket is read in the end.
    static let timeToReadAll = Duration.seconds(30)
    static let timeToWrite = Duration.milliseconds(500)
    static let pauseAfterFailure = Duration.seconds(1)
    static let mostChores = 500
    /// Files that are read, written or removed between two looks at the clock.
    static let filesAtOnce = 64
    static let mostPages = 1_000
    static let dropInterval = Duration.seconds(60)
}
