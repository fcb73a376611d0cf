package import Deadlines
package import Processes
package import Redis

/// How work that a whole region shares has ended.
package enum RegionFlightResult<Value: Sendable>: Sendable {
    /// This process did it.
    case led(Value)
    /// Another process did it; this is what it left in the cache.
    case found(Value)
    /// The deadline passed while another process was at it.
    case timedOut
}

/// Lets one process of the region do what several want at the same time, by a lease in Redis; the others look for its
/// result until their deadline. The second level of single flight: `SingleFlight` sees to it that of each process only
/// one comes here.
///
/// A holder that dies is taken over when its lease expires. Without Redis everybody works for himself.
package final class RegionFlight: Sendable {
    /// Between two looks for the result; doubles up to the longest.
    private static let shortestPause: Duration = .milliseconds(8)
    private static let longestPause: Duration = .milliseconds(100)
    /// A third of the term: one renewal may fail before a lease is lost.
    private static let renewalInterval: Duration = .seconds(1)
    /// The most that one renewal or release may take; they are beyond the request's own deadline.
    private static let upkeepLimit: Duration = .milliseconds(200)

    /// When it is that the cache is looked through for a result.
    package enum Look: Sendable {
        /// No other process is at it.
        case atOnce
        /// While another process works; again and again.
        case waiting
        /// Another process has just ended.
        case afterwards
    }

    private struct Held {
        var renewAt: [Lease: Deadline] = [:]
        var isStopping = false
    }

    private let leases: LeaseTable?
    private let held = Monitor(Held())
    /// Nobody ends a pause: another process does not tell. (The thread sanitizer takes a state without a size for the
    /// whole monitor, and reports a race.)
    private let pausing = Monitor(false)

    /// - Parameter client: `nil` where there is no Redis.
    package init(client: (any RedisClient)?) {
        leases = client.map(LeaseTable.init)
    }

    /// Does `work`, unless another process is at it or has just done it and `find` gives its result.
    package func run<Value, Failure: Error>(
        _ name: String, until deadline: Deadline, find: (Look) throws(Failure) -> Value?,
        work: () throws(Failure) -> Value
    ) throws(Failure) -> RegionFlightResult<Value> {
        guard let leases else { return try alone(.atOnce, find, work) }
        var pause = Self.shortestPause
        var look = Look.atOnce
        while true {
            switch leases.acquire(name, until: deadline) {
            case .unavailable:
                // Time that is up is no Redis that is away.
                guard look == .atOnce || !deadline.hasPassed else { return .timedOut }
                return try alone(look, find, work)
            case .acquired(let lease):
                hold(lease)
                defer { release(lease, leases) }
                return try alone(look, find, work)
            case .held:
                look = .afterwards
                if let value = try find(.waiting) { return .found(value) }
                _ = pausing.wait(until: deadline.capped(to: pause)) { _ in Bool?.none }
                guard !deadline.hasPassed else { return .timedOut }
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    /// Somebody else may have done it between the caller's look and its turn.
    private func alone<Value, Failure: Error>(
        _ look: Look, _ find: (Look) throws(Failure) -> Value?, _ work: () throws(Failure) -> Value
    ) throws(Failure) -> RegionFlightResult<Value> {
        if let value = try find(look) { return .found(value) }
        return .led(try work())
    }

    // MARK: Upkeep

    /// The thread that renews leases whose work takes long. Without it they end after their term.
    package func start() throws(ProcessError) -> WorkThread {
        try WorkThread(named: "leases") { [self] in
            while let lease = nextToRenew() {
                guard let leases else { return }
                if leases.renew(lease, until: Deadline(in: Self.upkeepLimit)) == false {
                    held.withLock { _ = $0.renewAt.removeValue(forKey: lease) }
                }
            }
        }
    }

    package func stop() {
        held.update { $0.isStopping = true }
    }

    private func hold(_ lease: Lease) {
        held.withLock { $0.renewAt[lease] = Deadline(in: Self.renewalInterval) }
    }

    private func release(_ lease: Lease, _ leases: LeaseTable) {
        held.withLock { _ = $0.renewAt.removeValue(forKey: lease) }
        leases.release(lease, until: Deadline(in: Self.upkeepLimit))
    }

    /// Waits for a lease that is due; `nil` when stopping.
    private func nextToRenew() -> Lease? {
        while true {
            let due = held.withLock { held -> Lease? in
                guard !held.isStopping, let lease = held.renewAt.first(where: { $0.value.hasPassed })?.key else {
                    return nil
                }
                held.renewAt[lease] = Deadline(in: Self.renewalInterval)
                return lease
            }
            if let due { return due }
            // Looked at in short steps: nobody tells this thread of a lease, so that holding one costs nothing.
            let stops = held.wait(until: Deadline(in: Self.renewalInterval / 4)) { $0.isStopping ? true : nil }
            if stops == true { return nil }
        }
    }
}
