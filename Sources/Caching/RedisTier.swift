package import Deadlines
import Memory
package import Redis

/// The entries that all workers of a region share in Redis. Nothing here throws: a Redis that is away, slow, full or
/// damaged makes answers slower, never wrong.
///
/// Every command touches one key. Errors that a live server answers (`OOM`, `READONLY`, `MISCONF`, `LOADING`, …) are
/// quick, so they leave the connection's breaker alone and look-ups go on; refused writes open a breaker of their own,
/// so that a full or read-only server is not sent every new variant in vain.
package final class RedisTier: Sendable {
    package typealias Observer = @Sendable (CacheEvent) -> Void

    /// The most bytes of one encoded entry.
    package let maxValueBytes: Int
    package let counters = CacheCounters()

    private let pool: ConnectionPool
    private let observer: Observer
    private let writes: Monitor<Breaker>

    /// Redis refuses expiries that overflow its clock in milliseconds; ten years are enough for a cache.
    private static let longestLifeSeconds: Int64 = 10 * 366 * 86_400

    /// `maxValueBytes` is lowered to what the pool's `replyBytes` can carry.
    package init(
        pool: ConnectionPool,
        maxValueBytes: Int,
        writeHoldOff: Breaker.Limits = Breaker.Limits(firstHoldOff: .seconds(1), longestHoldOff: .seconds(5)),
        observer: @escaping Observer = { _ in }
    ) {
        self.pool = pool
        // Look-ups ask for one byte more than they accept.
        self.maxValueBytes = max(0, min(maxValueBytes, pool.limits.replyBytes - 1))
        self.observer = observer
        writes = Monitor(Breaker(writeHoldOff))
    }

    /// Looks an entry up. What is stored under the key and is no valid entry is deleted.
    ///
    /// `GETRANGE` instead of `GET`, at the same cost: of a value far above the limit, put there by somebody else, only
    /// the limit and one byte are sent. It answers an empty string where there is no key.
    package func find(
        _ key: VariantKey,
        until deadline: Deadline,
        now: Int64 = WallClock.unixSeconds
    ) -> CacheAnswer {
        let command = Command("GETRANGE", .text(key.redisName), "0", .number(maxValueBytes))
        do {
            let reply = try pool.withConnection(until: deadline) { (connection, limit) throws(RedisError) in
                let reply = try connection.call(command, until: limit)
                guard reply.kind == .bytes else { throw .unexpectedReply }
                return reply
            }
            return answer(with: reply, key, until: deadline, now: now)
        } catch .refused(let error) where error.code == .wrongType {
            return discard(key, .unreadable, until: deadline)
        } catch {
            counters.unavailable.increment()
            observer(.failedToFind(error))
            return .unavailable
        }
    }

    private func answer(with reply: Reply, _ key: VariantKey, until deadline: Deadline, now: Int64) -> CacheAnswer {
        guard reply.count > 0 else {
            counters.misses.increment()
            return .miss
        }
        guard reply.count <= maxValueBytes else { return discard(key, .unreadable, until: deadline) }
        do {
            let entry = try Entry(decoding: reply, for: key, now: now)
            counters.hits.increment()
            return .hit(entry)
        } catch {
            return discard(key, error, until: deadline)
        }
    }

    private func discard(_ key: VariantKey, _ defect: EntryDefect, until deadline: Deadline) -> CacheAnswer {
        if defect != .expired {
            counters.defective.increment()
            observer(.defective(key, defect))
        }
        counters.misses.increment()
        remove(key, until: deadline)
        return .miss
    }

    /// Keeps an entry until it expires, replacing what was there.
    @discardableResult
    package func keep(
        _ entry: Entry,
        under key: VariantKey,
        until deadline: Deadline,
        now: Int64 = WallClock.unixSeconds
    ) -> KeepOutcome {
        let outcome = attemptToKeep(entry, key, until: deadline, now: now)
        if outcome == .kept { counters.kept.increment() } else { counters.notKept.increment() }
        if case .failed(let error) = outcome { observer(.failedToKeep(error)) }
        return outcome
    }

    private func attemptToKeep(
        _ entry: Entry,
        _ key: VariantKey,
        until deadline: Deadline,
        now: Int64
    ) -> KeepOutcome {
        let (left, overflow) = entry.expiresAt.subtractingReportingOverflow(now)
        guard overflow || left > 0, entry.expiresAt > now else { return .expired }
        let seconds = overflow ? RedisTier.longestLifeSeconds : min(left, RedisTier.longestLifeSeconds)
        guard
            entry.bodyBytes <= maxValueBytes,
            let value = entry.encoded(for: key), value.count <= maxValueBytes
        else { return .tooLarge }
        guard let ticket = writes.withLock({ $0.admit(now: .now) }) else { return .heldOff }
        // A failure takes no other's place: what somebody else could make in the meantime is worth more.
        let isFailure = if case .failure = entry.content { true } else { false }
        let name = Command.Argument.text(key.redisName)
        let life = Command.Argument.number(Int(seconds))
        let set =
            isFailure
            ? Command("SET", name, .bytes(value), "EX", life, "NX") : Command("SET", name, .bytes(value), "EX", life)
        do {
            try pool.withConnection(until: deadline) { (connection, limit) throws(RedisError) in
                let reply = try connection.call(set, until: limit)
                guard reply.isOK || (isFailure && reply.kind == .null) else { throw .unexpectedReply }
            }
            writes.withLock { _ = $0.settle(ticket, .succeeded, now: .now) }
            return .kept
        } catch {
            // A server that cannot be reached is the pool's business.
            let outcome: Breaker.Outcome = if case .refused = error { .failed } else { .abandoned }
            writes.withLock { _ = $0.settle(ticket, outcome, now: .now) }
            return .failed(error)
        }
    }

    /// Deletes what is under the key; Redis frees large values in the background. Not knowing whether it did is fine:
    /// every value expires, and every reader checks what it reads.
    package func remove(_ key: VariantKey, until deadline: Deadline) {
        do {
            _ = try pool.call(Command("UNLINK", .text(key.redisName)), until: deadline)
        } catch {
            observer(.failedToRemove(error))
        }
    }
}

extension Entry {
    /// Known before anything is encoded.
    fileprivate var bodyBytes: Int {
        if case .variant(let variant) = content { return variant.body.count }
        return 0
    }
}
