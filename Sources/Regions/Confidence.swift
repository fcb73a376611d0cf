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
        /// How much longer answers without a mark may come from a region that says nothing.
        package var margin: Duration
        /// How long a region's port refuses connections before it counts as stopped, while nobody hears of it.
        package var refusing: Duration = .seconds(5)

        /// - Parameters:
        ///   - confirm: `timeouts.confirm`.
        ///   - edgeAge: `cache.edgeAge`: so long a region's nginx goes on with copies that have no mark.
        package init(confirm: Duration, edgeAge: Duration) {
            self.confirm = confirm
            margin = edgeAge + .seconds(5)
        }
    }

    /// Regions whose purges of a moment ago are not known here.
    package let unheard: Set<String>
    /// Whether more than half of all regions are heard, this one included: then answers may go out unmarked. What was purged
    /// anywhere is known here, or nobody else believes that it is.
    package let hasMajority: Bool
    /// Regions that nobody waits for: no old bytes come from them without a mark.
    package let gone: Set<String>

    /// - Parameter start: when this process began to listen; nobody is missed before.
    package init(_ news: RegionNews, limits: Limits, start: Deadline, now: Deadline) {
        let unheard = news.known.filter { !($0.value.confirmedAt.map { now < $0.later(by: limits.confirm) } ?? false) }
        let regions = news.known.count + 1
        let hasMajority = 2 * (regions - unheard.count) > regions
        self.unheard = Set(unheard.keys)
        self.hasMajority = hasMajority
        let gone = news.known.filter { _, known in
            let quietSince = max(start, known.aliveAt ?? start)
            let isStopped =
                known.refusingSince.map { max($0, quietSince).later(by: limits.refusing) <= now } ?? false
            let isLost = quietSince.later(by: limits.confirm + limits.margin) <= now
            return isStopped || (isLost && hasMajority)
        }
        self.gone = Set(gone.keys)
    }

    /// The regions that are gone in whose place this one does what they have left, and up to which number of its own log
    /// each was settled when it was heard of last. Of those that live the next by name takes a place, round and round.
    package func standIns(_ news: RegionNews) -> [String: UInt64] {
        let living = (news.others.filter { !gone.contains($0) } + [news.own]).sorted()
        return gone.reduce(into: [:]) { places, region in
            let next = living.first { $0 > region } ?? living.first
            if next == news.own { places[region] = news[region].settled[region] }
        }
    }

    /// Whether every other region obeys a purge, or is gone. No more than half of all regions may be: they might take each
    /// other for the majority when they are back, and know nothing of the purge.
    package func isObeyed(_ purge: PurgeRule.Source, by news: RegionNews) -> Bool {
        2 * gone.count <= news.known.count + 1
            && news.known.allSatisfy { region, known in
                gone.contains(region) || known.settled[purge.region] >= purge.number
            }
    }
}
