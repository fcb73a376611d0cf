import Storage

/// What has to be written and removed so that Redis and the store hold what this process knows. Kept in memory: whoever
/// dies leaves too many rules behind, never too few.
///
/// What is kept by id is looked up in the book when it is done, so that none of it is ever more than the book.
struct PurgeChores {
    /// Rules that turned up below numbers in use: an entry made meanwhile would outlive them, so they get a number
    /// above.
    var late: Set<String> = []
    /// Rules found in the store alone, for Redis.
    var unmirrored: [PurgeRule] = []
    /// Rules found in Redis; the store is asked for them at the next look, and most often has them.
    var unstored: Set<String> = []
    /// Rules that Redis has numbered for this process, which has not read them there yet. If the next reading does not
    /// show them, Redis has lost them: other processes go by what it shows.
    var unseen: Set<String> = []
    /// Rules to be written; nothing is removed before.
    var mirrorWrites: [PurgeRule] = []
    var storeWrites: Set<String> = []
    var mirrorRemovals: [PurgeRule] = []
    var storeRemovals: [StoreName] = []
    /// Files whose rules something in `unstored` may stand for: they stay until a look has shown what of that is missing.
    var heldRemovals: [StoreName] = []

    /// Whether there is anything to do in Redis.
    var isForMirror: Bool { !(unmirrored.isEmpty && mirrorWrites.isEmpty && mirrorRemovals.isEmpty) }

    var removals: Int { max(mirrorRemovals.count, storeRemovals.count + heldRemovals.count) }

    /// Puts files on the list of what is to be removed.
    mutating func dismiss(_ names: some Sequence<StoreName>) {
        if unstored.isEmpty { storeRemovals += names } else { heldRemovals += names }
    }

    /// The store was looked through: what it lacks is to be written, and after that it may lose the rest.
    mutating func settle(missing: Set<String>) {
        unstored = []
        storeWrites.formUnion(missing)
        storeRemovals += heldRemovals
        heldRemovals = []
    }
}
