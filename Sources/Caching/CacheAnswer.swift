package import Redis
package import Storage

/// What a tier says when it is asked for a key.
package enum CacheAnswer: Sendable {
    case hit(Entry)
    case miss
    /// There was something that is no entry; it was deleted.
    case defective
    /// The tier could not be asked; nobody knows whether it has the entry.
    case unavailable
}

/// What became of an entry that was to be kept. Whoever keeps need not look: nothing depends on it.
package enum KeepOutcome: Sendable, Hashable {
    case kept
    /// Above the tier's limit, or not encodable: belongs into another tier.
    case tooLarge
    /// Its time is over already.
    case expired
    /// Writes are not tried for now, because one failed a moment ago.
    case heldOff
    case failed(RedisError)
    case storeFailed(StoreError)
}

/// What is worth a line in the log; the caller decides which level and how often.
package enum CacheEvent: Sendable, Hashable {
    case failedToFind(RedisError)
    case failedToKeep(RedisError)
    case failedToRemove(RedisError)
    /// What lay under one of our keys was no entry, and was deleted.
    case defective(EntryKey, EntryDefect)
    case storeFailed(StoreError)
}
