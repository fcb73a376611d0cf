/// How long something took, over all times that it was done.
package enum Histogram: Hashable, Sendable {
    case requestSeconds
    case renderSeconds
    case renderQueueSeconds

    /// The buckets' upper bounds in nanoseconds, each included, rising; what took longer falls into a last one without
    /// bound. A hit takes about the first; the last is the default of `timeouts.total`.
    static let bounds: [UInt64] = [
        500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
        1_000_000_000, 5_000_000_000, 20_000_000_000,
    ]

    /// The buckets' numbers, the one without bound included.
    static let buckets = 0...bounds.count

    private var metric: Metric {
        switch self {
        case .requestSeconds: .requestSeconds
        case .renderSeconds: .renderSeconds
        case .renderQueueSeconds: .renderQueueSeconds
        }
    }

    /// The nanoseconds of all observations together: 584 years until it begins anew.
    var sumCell: Int { metric.firstCell }

    /// The observations of one bucket, without those of the smaller ones: an observation is one addition.
    func cell(ofBucket number: Int) -> Int { metric.firstCell + 1 + number }

    func cell(of nanoseconds: UInt64) -> Int {
        cell(ofBucket: Self.bounds.firstIndex { nanoseconds <= $0 } ?? Self.bounds.count)
    }
}
