/// The metrics of a host, as places in the shared memory. A new one is a case here, its function in `Counter` (or case
/// in `Gauge` or `Histogram`) and its row in `Declaration.table`.
package enum Metric: Int, CaseIterable, Sendable {
    case answers, requestSeconds, shedRequests, staleAnswers, coalesced
    case lookups, entries, redisErrors, redisBreakerOpenings, storeErrors
    case storeBytes, storeLimitBytes, evictions, evictedBytes, purges, purgeRules
    case originRequests, originBreakerOpenings, refreshes, savedOriginals
    case renders, renderSeconds, renderQueueSeconds, renderJobs, renderRefusals, renderWaiting, workerStarts
    case regionQuestions, bypasses, regionRequests, regionExchanges, adoptedRules
    case regionUp, regionHeardSeconds, regionOtherConfiguration, regionClockSeconds, regionConfirmed
    case cdnCalls, cdnPurges, cdnWaiting, cdnOldestSeconds

    /// Each metric has this many cells, used or not, so that its place follows from its number alone and no two metrics
    /// share a cache line.
    static let places = 32

    /// How many cells all metrics have, 8 bytes each.
    package static let allCells = allCases.count * places

    /// The metric's cells.
    package var cells: Range<Int> { rawValue * Self.places..<(rawValue + 1) * Self.places }

    var firstCell: Int { rawValue * Self.places }
}
