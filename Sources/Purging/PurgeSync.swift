import Deadlines
import Storage

/// Where a log stands in Redis and in the store: touched by the one thread that synchronises.
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
    /// Whether the store was read whole since this process started.
    var isStoreRead = false
    var isStoreAway = false
    /// Writing to the store failed the last time; reading may work.
    var isTidyFailing = false
    var nextTidy = Deadline(nanoseconds: 0)
    var lastLook: Deadline?
    /// How long the last look took.
    var lookTook: Duration = .zero

    /// When old rules are looked for next.
    var nextDrop = Deadline(nanoseconds: 0)

    // Bounds of one synchronisation; what is left is for the next.
    static let timeToRead = Duration.seconds(1)
    static let timeToWrite = Duration.milliseconds(500)
    static let pauseAfterFailure = Duration.seconds(1)
    static let mostChores = 500
    static let mostPages = 1_000
    static let dropInterval = Duration.seconds(60)
}
