/// How much longer work takes than it was estimated to, as of late: another machine, other pictures, others at work on
/// the same processors. Long jobs count for more than short ones.
struct MeasuredRatio {
    private static let weight = 1.0 / 16
    private static let range = 0.1...10.0

    /// Moving averages, in seconds; what they begin with is forgotten with the first jobs.
    private var measured = 0.05
    private var estimated = 0.05

    /// 1 as long as nothing was measured.
    var value: Double { min(max(measured / estimated, Self.range.lowerBound), Self.range.upperBound) }

    mutating func note(measured: Double, estimated: Double) {
        guard measured >= 0, estimated > 0, measured.isFinite, estimated.isFinite else { return }
        self.measured += (measured - self.measured) * Self.weight
        self.estimated += (estimated - self.estimated) * Self.weight
    }
}
