import Deadlines

/// The purges that can be asked for by their ids: all whose rules exist, and the last of the others.
struct PurgeRequests {
    struct Request {
        let account: String
        /// Where its rule comes from; `nil` if it was entered in this region.
        let source: PurgeRule.Source?
        /// The highest number of its rule that this process knows of.
        var number: UInt64
        /// When this process learned the rule under its present number, on the monotonic clock.
        var since: Deadline
        /// Whether every process of the region learns of it.
        var isShared: Bool
    }

    private var requests: [String: Request] = [:]
    /// Ids without a rule of their own, the oldest first, from `firstPast` on.
    private var past: [String] = []
    private var firstPast = 0
    private let mostPast: Int

    init(mostPast: Int) {
        self.mostPast = max(1, mostPast)
    }

    subscript(id: String) -> Request? {
        requests[id]
    }

    /// Begins the request's time anew, also where it was known.
    mutating func begin(_ rule: PurgeRule, isShared: Bool, at now: Deadline) {
        requests[rule.requestID] = Request(
            account: rule.account, source: rule.source, number: rule.number, since: now, isShared: isShared)
    }

    mutating func restart(_ id: String, at now: Deadline) {
        requests[id]?.since = now
    }

    /// The rule of this id is no more; the request is remembered for a while.
    mutating func letGo(_ id: String) {
        past.append(id)
        guard past.count - firstPast > mostPast else { return }
        requests[past[firstPast]] = nil
        firstPast += 1
        guard firstPast > mostPast else { return }
        past.removeFirst(firstPast)
        firstPast = 0
    }
}
