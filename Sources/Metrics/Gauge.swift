/// A number that is so at the moment. All processes share one, so it is for what they know alike: the last one to set
/// it wins. Nothing that each process has of its own, such as its requests in flight: one that is killed would leave
/// its share behind.
package enum Gauge: Hashable, Sendable {
    case storeBytes
    case storeLimitBytes
    case purgeRules
    /// Whether purges of all other regions are known, so that answers go out unmarked: 1 or 0.
    case regionConfirmed
    /// Purges of which a CDN has yet to be told.
    case cdnWaiting
    /// How long ago the oldest of them was accepted.
    case cdnOldestSeconds
    /// Renders that wait, in the worker that was asked for its metrics last: it shows them at once.
    case renderWaiting(Counter.RenderLane)
    /// Of another region, by its place in `Metrics.regions`.
    case region(RegionGauge, place: Int)

    var cell: Int {
        switch self {
        case .storeBytes: Metric.storeBytes.firstCell
        case .storeLimitBytes: Metric.storeLimitBytes.firstCell
        case .purgeRules: Metric.purgeRules.firstCell
        case .regionConfirmed: Metric.regionConfirmed.firstCell
        case .cdnWaiting: Metric.cdnWaiting.firstCell
        case .cdnOldestSeconds: Metric.cdnOldestSeconds.firstCell
        case .renderWaiting(let lane): Metric.renderWaiting.firstCell + lane.index
        case .region(let gauge, let place): gauge.metric.firstCell + max(0, min(place, Metric.places - 1))
        }
    }
}

/// What there is to be known of each other region. Every worker sees them with its own eyes; they differ for seconds.
package enum RegionGauge: Hashable, Sendable, CaseIterable {
    /// Whether questions go there: 1 or 0.
    case up
    /// How old the last news of its purges are, in seconds.
    case heardSeconds
    /// Whether it runs another configuration than this region: 1 or 0.
    case otherConfiguration
    /// How far its clock differs from this one's, in seconds, whichever is ahead.
    case clockSeconds

    var metric: Metric {
        switch self {
        case .up: .regionUp
        case .heardSeconds: .regionHeardSeconds
        case .otherConfiguration: .regionOtherConfiguration
        case .clockSeconds: .regionClockSeconds
        }
    }
}
