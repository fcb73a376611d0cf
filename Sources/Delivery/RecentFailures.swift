import Caching
import Deadlines

/// What could not be renewed a moment ago because its origin is away: until it is tried again, nobody waits for it, and
/// what there is of it is marked as stale.
final class RecentFailures: Sendable {
    private static let lifetime: Duration = .seconds(60)
    /// Above it all are forgotten; then a request waits once more.
    private static let most = 10_000

    private let failures = Monitor<[EntryKey: Deadline]>([:])

    func note(_ key: EntryKey) {
        failures.withLock { failures in
            if failures.count >= Self.most { failures = failures.filter { !$0.value.hasPassed } }
            if failures.count >= Self.most { failures = [:] }
            failures[key] = Deadline(in: Self.lifetime)
        }
    }

    func forget(_ key: EntryKey) {
        failures.withLock { _ = $0.removeValue(forKey: key) }
    }

    func contains(_ key: EntryKey) -> Bool {
        failures.withLock { $0[key].map { !$0.hasPassed } ?? false }
    }
}
