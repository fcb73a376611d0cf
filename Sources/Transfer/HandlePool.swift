import Deadlines

/// The idle handles, lent to one thread at a time. A handle goes back to the use that it came from and to no other, so
/// that no connection crosses purposes, hosts or address policies.
final class HandlePool: Sendable {
    /// What handles are interchangeable for.
    struct Use: Hashable, Sendable {
        let purpose: String
        let scheme: TransferURL.Scheme
        let host: String
        let port: Int
        let policy: AddressPolicy
    }

    private struct Idle {
        let use: Use
        let handle: TransferHandle
        let closing: Deadline
    }

    /// The longest idle is first.
    private let idle = Monitor<[Idle]>([])
    private let capacity: Int
    private let lifetime: Duration

    /// Keeps at most `capacity` handles, each for `lifetime` after its last use.
    init(capacity: Int, lifetime: Duration) {
        self.capacity = capacity
        self.lifetime = lifetime
    }

    /// Lends the most recently used handle whose connection is in order, a new one if none is idle; `nil`: out of memory
    /// or descriptors.
    func take(for use: Use) -> TransferHandle? {
        closeExpired()
        while let found = takeIdle(for: use) {
            if !found.isDisturbed { return found }
        }
        return TransferHandle()
    }

    private func takeIdle(for use: Use) -> TransferHandle? {
        idle.withLock { idle in
            idle.lastIndex { $0.use == use }.map { idle.remove(at: $0).handle }
        }
    }

    /// Takes a handle back.
    func give(_ handle: TransferHandle, for use: Use) {
        let new = Idle(use: use, handle: handle, closing: Deadline(in: lifetime))
        // Closing takes system calls: what leaves is released after the lock.
        let displaced = idle.withLock { idle -> Idle? in
            idle.append(new)
            return idle.count > capacity ? idle.removeFirst() : nil
        }
        _ = displaced
    }

    /// Closes what has been idle for too long.
    func closeExpired() {
        let now = Deadline.now
        let expired = idle.withLock { idle -> [Idle] in
            let count = idle.prefix { $0.closing <= now }.count
            guard count > 0 else { return [] }
            defer { idle.removeFirst(count) }
            return Array(idle.prefix(count))
        }
        _ = expired
    }

    /// For tests and metrics.
    var idleCount: Int { idle.withLock { $0.count } }
}
