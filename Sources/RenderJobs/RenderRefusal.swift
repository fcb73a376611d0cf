/// Why a job was not let in, said at once, or could not be finished beside the others.
package struct RenderRefusal: Error, Equatable, Sendable {
    package enum Reason: String, Sendable, CaseIterable {
        /// As many wait in its lane as may.
        case full
        /// By all that is known it could not be done before its deadline.
        case late
        /// It needs more memory than the others leave.
        case memory
    }

    package let lane: RenderLane
    package let reason: Reason
    /// Seconds until the same would be let in, as far as anybody can tell.
    package let retryAfter: Int

    /// What a client is told at least and at most.
    private static let range = 1...60

    package init(lane: RenderLane, reason: Reason, retryAfter: Double) {
        self.lane = lane
        self.reason = reason
        let seconds = min(max(retryAfter.isFinite ? retryAfter : 60, 0), Double(Self.range.upperBound))
        self.retryAfter = max(Self.range.lowerBound, Int(seconds.rounded(.up)))
    }

    /// The same, a little later by chance: those who are told at one moment shall not come back at one moment.
    func scattered() -> RenderRefusal {
        let more = Double.random(in: 0...0.25) * Double(retryAfter) + Double.random(in: 0..<1)
        return RenderRefusal(lane: lane, reason: reason, retryAfter: Double(retryAfter) + more.rounded(.down))
    }
}
