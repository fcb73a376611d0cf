package import Redis

/// What a tier says when it is asked for a key.
package enum CacheAnswer: Sendable {
    case hit(Entry)
    case miss
    /// The tier could not be asked; nobody knows whether it has the entry.
    case unavailable
}

/// What became of an entry that was to be kept. Whoever keeps need not look: nothing depends on it.
package enum KeepOutcome: Sendable, Hashable {
    case kept
    /// Above `maxValueBytes`, or not encodable: belongs into another tier.
    case tooLarge
    /// Its time is over already.
    case expired
    /// Writes are not tried for now, because the server refused one a moment ago.
    case heldOff
    case failed(RedisError)
}

/// What is worth a line in the log; the caller decides which level and how often.
package enum CacheEvent: Sendable, Hashable {
    case failedToFind(RedisError)
    case failedToKeep(RedisError)
    case failedToRemove(RedisError)
    /// A value under one of our keys was no entry, and was deleted.
    case defective(VariantKey, EntryDefect)
}
