package import Redis
package import Storage

/// Why a purge was not accepted. Nothing was purged for good; it may be asked for again.
package enum PurgeError: Error, Hashable, Sendable {
    /// A text is empty or all of them together are longer than `PurgeTarget.longestTexts`, there are no plans or more
    /// than `PurgeTarget.mostPlans`, or the account's id is empty or too long.
    case invalid
    /// There is neither a Redis nor a store to keep it in.
    case noPlace
    /// The log could not be read in time, so that nobody knows the next number.
    case notReady
    /// So many purges came that the older ones are still being merged.
    case flooded
    /// Redis failed, and there is no store.
    case redisFailed(RedisError)
    /// The store failed; without it the purge would not outlive Redis.
    case storeFailed(StoreError)
    /// Numbers are used up. Only damage in the log can bring that about.
    case noNumbersLeft
}
