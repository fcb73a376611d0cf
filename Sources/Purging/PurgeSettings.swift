package import Deadlines

/// How a purge log keeps time and how much it holds.
package struct PurgeSettings: Sendable {
    /// How long a process believes its caches without having read the log.
    package var confirmLimit: Duration = .seconds(2)
    /// How long nginx answers without asking a worker: `cache.edgeAge`.
    package var edgeAge: Duration
    /// The longest life of a cached entry: `cache.maxAge`. Rules are kept `droppingMargin` longer.
    package var maxAge: Duration

    /// Between two looks into Redis.
    package var redisInterval: Duration = .milliseconds(100)
    /// Between two looks into the store where it is all there is. For a bucket a second is enough.
    package var storeInterval: Duration = .milliseconds(200)
    /// Between two looks into the store while Redis is away.
    package var awayInterval: Duration = .seconds(1)
    /// Between two looks into the store while Redis answers: for what somebody wrote there who lost Redis, while others
    /// have it. For a bucket, where each look is paid for, half a minute is enough.
    package var idleInterval: Duration = .seconds(10)
    /// After a look into the store that takes longer there is a rest.
    package var quickLook: Duration = .milliseconds(10)
    /// Whether all workers that use this Redis use this very store too: a bucket; a folder where Redis is behind a unix
    /// socket or there is none. Then all of them know of a purge by the store within `idleInterval` though Redis is gone.
    /// If not, such a purge stays pending until Redis is back, and a worker that has lost Redis alone does not know the
    /// purges that others accept: it goes on serving by what its store says.
    package var isStoreShared = false
    /// How long a store that does not answer is waited for after the start, before Redis is believed without it. Until
    /// then every cached entry is a miss.
    package var storePatience: Duration = .seconds(10)

    /// The name of this region.
    package var region = "local"
    /// Whether there are other regions: a log that begins empty then takes its first number from the clock, so that one
    /// which was lost does not give out numbers again that others know.
    package var numbersFollowTime = false

    /// The name of the log in Redis, with the version of its form.
    package var key = "apus:v1:purges"
    /// Above so many rules they are merged…
    package var mostRules = 10_000
    /// …to at most so many.
    package var mergedRules = 5_000
    /// How many requests are remembered whose rules were merged or dropped: more than `mostRemovals`, so that what is
    /// still to be removed is not taken for new.
    package var mostPastRequests = 50_000

    /// The time, for tests.
    package var now: @Sendable () -> Deadline = { .now }
    package var unixSeconds: @Sendable () -> Int64 = { WallClock.unixSeconds }

    /// A second has this many numbers where they follow the time: more than purges can be accepted in it.
    private static let numbersOfSecond: UInt64 = 1 << 20

    /// Numbers are given out above this one.
    var firstNumber: UInt64 {
        guard numbersFollowTime else { return 0 }
        let seconds = UInt64(clamping: unixSeconds())
        return min(seconds, PurgeRule.highestNumber / Self.numbersOfSecond / 2) * Self.numbersOfSecond
    }

    /// Rules outlive entries by two days, so that clocks of hosts that differ by a day, or a clock that jumps by one,
    /// drop nothing early.
    static let droppingMargin = Duration.seconds(2 * 86_400)
    /// What the way of an answer through nginx may take beside its lifetime.
    static let completionMargin = Duration.seconds(2)
    /// Merged and dropped rules that wait to be removed; above it no purge is accepted.
    static let mostRemovals = 40_000

    package init(edgeAge: Duration, maxAge: Duration) {
        self.edgeAge = edgeAge
        self.maxAge = maxAge
    }

    /// How long after it is known a purge is completed; `nil`: not before it is in Redis.
    func completionDelay(isInRedis: Bool) -> Duration? {
        let delay = confirmLimit + edgeAge + Self.completionMargin
        if isInRedis { return delay }
        return isStoreShared ? delay + idleInterval : nil
    }
}
