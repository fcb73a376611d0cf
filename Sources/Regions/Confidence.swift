package import Deadlines
package import Purging

/// How far this region knows what the others have purged, at one moment, and whether they know what it has.
///
/// A region that was not heard for `Limits.confirm` is *unheard*. Where more than half of all regions are heard, this one
/// included, it is written off: it marks its own answers as stale by then, because it hears no majority, or hears of
/// purges by way of one that both hear. Where not, this region is the one that is cut off, and marks its answers.
package struct Confidence: Sendable, Hashable {
    package struct Limits: Sendable, Hashable {
        /// `timeouts.confirm`
        package var confirm: Duration
        /// How much longer a region that says nothing may take to mark its answers.
        package var margin: Duration = .seconds(5)
        /// How long a region's port refuses connections before it counts as stopped, while nobody hears of it.
        package var refusing: Duration = .seconds(5)

        package init(confirm: Duration) {
            self.confirm = confirm
        }
    }

    /// Whose purges are known here, as they were a moment ago.
    package let heard: Set<String>
    package let unheard: Set<String>
    /// Whether more than half of all regions are heard, this one included.
    package let hasMajority: Bool
    /// Regions that nobody waits for: no old bytes come from them without a mark.
    package let gone: Set<String>

    /// - Parameter start: when this process began to listen; nobody is missed before.
    package init(_ news: RegionNews, limits: Limits, start: Deadline, now: Deadline) {
        let heard = Set(
            news.words.filter { $0.value.confirmedAt.map { now < $0.later(by: limits.confirm) } ?? false }.keys)
        unheard = Set(news.words.keys).subtracting(heard)
        let hasMajority = 2 * (heard.count + 1) > news.words.count + 1
        self.heard = heard
        self.hasMajority = hasMajority
        let gone = news.words.filter { _, word in
            let quietSince = max(start, word.aliveAt ?? start)
            let isStopped =
                word.refusingSince.map { max($0, quietSince).later(by: limits.refusing) <= now } ?? false
            let isLost = quietSince.later(by: limits.confirm + limits.margin) <= now
            return isStopped || (isLost && hasMajority)
        }
        self.gone = Set(gone.keys)
    }

    /// Regions that are not heard, and for which this one need not mark its answers.
    package var writtenOff: Set<String> { hasMajority ? unheard : [] }

    /// Whether answers may go out unmarked: what was purged anywhere is known here, or nobody else believes that it is.
    package var isConfirmed: Bool { unheard.isEmpty || hasMajority }

    /// Whether every other region obeys a purge, or is gone.
    package func isObeyed(_ purge: PurgeRule.Source, by news: RegionNews) -> Bool {
        news.words.allSatisfy { region, word in
            gone.contains(region) || word.settled[purge.region] >= purge.number
        }
    }
}
