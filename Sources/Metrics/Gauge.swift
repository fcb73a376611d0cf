/// A number that is so at the moment. All processes share one, so it is for what they know alike: the last one to set
/// it wins. Nothing that each process has of its own, such as its requests in flight: one that is killed would leave
/// its share behind.
package enum Gauge: Hashable, Sendable {
    case storeBytes
    case storeLimitBytes
    case purgeRules

    var cell: Int {
        switch self {
        case .storeBytes: Metric.storeBytes.firstCell
        case .storeLimitBytes: Metric.storeLimitBytes.firstCell
        case .purgeRules: Metric.purgeRules.firstCell
        }
    }
}
