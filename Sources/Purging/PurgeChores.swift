import Storage

/// What has to be written and removed so that Redis and the store hold what this process knows. Kept in memory: whoever
/// dies leaves too many rules behind, never too few.
struct PurgeChores {
    /// Ids of rules that turned up below numbers in use: an entry made meanwhile would outlive them, so they get a
    /// number above.
    var late: Set<String> = []
    /// Rules found in the store alone, for Redis.
    var unmirrored: [PurgeRule] = []
    /// Rules found in Redis; the store is asked for them at the next look, and most often has them.
    var unstored: [PurgeRule] = []
    /// Rules to be written; nothing is removed before.
    var mirrorWrites: [PurgeRule] = []
    var storeWrites: [PurgeRule] = []
    var mirrorRemovals: [PurgeRule] = []
    var storeRemovals: [StoreName] = []

    /// Whether there is anything to do in Redis.
    var isForMirror: Bool { !(unmirrored.isEmpty && mirrorWrites.isEmpty && mirrorRemovals.isEmpty) }

    var removals: Int { max(mirrorRemovals.count, storeRemovals.count) }
}
