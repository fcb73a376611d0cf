/// One time series that only grows: a metric with a value for each of its labels. `Declaration.table` says what each
/// counts.
package struct Counter: Hashable, Sendable {
    let cell: Int

    private init(_ metric: Metric) {
        cell = metric.firstCell
    }

    private init<Label: MetricLabel>(_ metric: Metric, _ label: Label) {
        cell = metric.firstCell + label.index
    }

    private init<First: MetricLabel, Second: MetricLabel>(
        _ metric: Metric, _ first: First, _ second: Second
    ) {
        cell = metric.firstCell + first.index * Second.allCases.count + second.index
    }
}

/// Requests.
extension Counter {
    /// Once for each answer, also that of an error.
    package static func answers(_ status: StatusClass, _ tier: AnswerTier) -> Counter {
        Counter(.answers, status, tier)
    }

    /// Besides its answer.
    package static var shedRequests: Counter { Counter(.shedRequests) }

    /// Besides its answer.
    package static var staleAnswers: Counter { Counter(.staleAnswers) }

    /// Once for each request that waits, not for the one that makes what they wait for.
    package static func coalesced(_ what: Coalesced, _ scope: Scope) -> Counter {
        Counter(.coalesced, what, scope)
    }
}

/// The internal cache.
extension Counter {
    /// Once for each tier that is asked, or would be if it could.
    package static func lookups(_ tier: CacheTier, _ result: LookupResult) -> Counter {
        Counter(.lookups, tier, result)
    }

    /// Once for each tier that an entry is given to.
    package static func entries(_ tier: CacheTier, _ result: KeepResult) -> Counter {
        Counter(.entries, tier, result)
    }

    package static func redisErrors(_ kind: RedisFault) -> Counter { Counter(.redisErrors, kind) }

    package static var redisBreakerOpenings: Counter { Counter(.redisBreakerOpenings) }

    package static func storeErrors(_ kind: StoreFault) -> Counter { Counter(.storeErrors, kind) }

    package static var evictions: Counter { Counter(.evictions) }

    /// Besides the eviction.
    package static var evictedBytes: Counter { Counter(.evictedBytes) }

    package static func purges(_ result: PurgeResult) -> Counter { Counter(.purges, result) }
}

/// Originals, renders, processes.
extension Counter {
    /// Once for each origin of a list that is asked.
    package static func originRequests(_ result: OriginResult) -> Counter {
        Counter(.originRequests, result)
    }

    package static var originBreakerOpenings: Counter { Counter(.originBreakerOpenings) }

    package static func refreshes(_ result: RefreshResult) -> Counter { Counter(.refreshes, result) }

    package static var savedOriginals: Counter { Counter(.savedOriginals) }

    package static func renders(_ result: RenderResult) -> Counter { Counter(.renders, result) }

    /// Renders that were done, by the lane that they waited in.
    package static func renderJobs(_ lane: RenderLane) -> Counter { Counter(.renderJobs, lane) }

    /// Once for each render that was refused, or would have been.
    package static func renderRefusals(_ lane: RenderLane, _ reason: RefusalReason) -> Counter {
        Counter(.renderRefusals, lane, reason)
    }

    /// Once in the life of a worker process.
    package static var workerStarts: Counter { Counter(.workerStarts) }
}

/// Other regions.
extension Counter {
    /// Once for each question that was to be asked.
    package static func regionQuestions(_ result: RegionResult) -> Counter { Counter(.regionQuestions, result) }

    /// Once for each thing that was made here though another region is its home.
    package static func bypasses(_ reason: Bypass) -> Counter { Counter(.bypasses, reason) }

    /// Once for each request that came in a region's name, `exchange` too.
    package static func regionRequests(_ result: RegionRequestResult) -> Counter { Counter(.regionRequests, result) }

    /// Once for each exchange that was begun here.
    package static func regionExchanges(_ result: RegionExchangeResult) -> Counter { Counter(.regionExchanges, result) }

    /// Purge rules that came from other regions.
    package static var adoptedRules: Counter { Counter(.adoptedRules) }
}

/// CDNs in front.
extension Counter {
    /// Once for each call, whatever it purges.
    package static func cdnCalls(_ result: CDNResult) -> Counter { Counter(.cdnCalls, result) }

    /// Once for each purge and CDN.
    package static func cdnPurges(_ result: CDNPurgeResult) -> Counter { Counter(.cdnPurges, result) }
}
