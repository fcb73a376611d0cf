package import Redis
package import Storage

/// What happened to the purge log, for logs and counters.
package enum PurgeEvent: Hashable, Sendable {
    /// Redis does not answer any more; the store takes its place.
    case redisAway(RedisError)
    case redisBack
    /// Redis answers, and takes no writes. It is tried again.
    case redisNotUpdated(RedisError)
    /// Redis came back empty, or without what it had known, and has got this many rules again.
    case redisFilled(rules: Int)
    /// Lines in Redis that are no rules of this version; they are left alone.
    case unreadableInRedis(count: Int)
    case storeAway(StoreError)
    /// The store has not answered since this process started; Redis is believed without it from now on.
    case storeGivenUp
    case storeBack
    /// Something could not be written or removed; it is tried again.
    case storeNotTidied(StoreError)
    /// The store has lost rules; they are written again.
    case storeFilled(rules: Int)
    /// A damaged or foreign file of the log; it is left alone.
    case unreadableInStore(name: String)
    /// Purges accepted without Redis are known to everybody now.
    case shared(rules: Int)
    /// Rules that turned up below numbers in use have got new ones.
    case renumbered(rules: Int)
    case merged(from: Int, to: Int)
    case dropped(rules: Int)
    /// Other regions know this region's log up to a number that it does not reach.
    case ownLogLost(upTo: UInt64)
    /// Rules of other regions have been taken over.
    case adopted(rules: Int)
    /// What another region told is no rule, or too much; it is ignored.
    case offerRejected(source: String, rules: Int)
}
