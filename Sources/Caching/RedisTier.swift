package import Deadlines
import Memory
package import Redis

/// The entries that all workers of a region share in Redis. Nothing here throws: a Redis that is away, slow, full or
/// damaged makes answers slower, never wrong.
///
/// Every command touches one key. Errors that a live server answers (`OOM`, `READONLY`, `MISCONF`, `LOADING`, …) are
/// quick, so they leave the client's breaker alone and look-ups go on; refused writes open a breaker of their own,
/// so that a full or read-only server is not sent every new variant in vain.
package final class RedisTier: Sendable {
    package typealias Observer = @Sendable (CacheEvent) -> Void

    /// The most bytes of one encoded entry.
    package let maxValueBytes: Int

    private let client: any RedisClient
    private let observer: Observer
    private let writes: Monitor<Breaker>

    /// Redis refuses expiries that overflow its clock in milliseconds; ten years are enough for a cache.
    private static let longestLifeSeconds: Int64 = 10 * 366 * 86_400

    /// `maxValueBytes` is lowered to what the client's `replyBytes` can carry.
    package init(
        client: any RedisClient, maxValueBytes: Int,
        writeHoldOff: Breaker.Limits = Breaker.Limits(firstHoldOff: .seconds(1), longestHoldOff: .seconds(5)),
        observer: @escaping Observer = { _ in }
    ) {
        self.client = client
        // Look-ups ask for one byte more than they accept.
        self.maxValueBytes = max(0, min(maxValueBytes, client.replyBytes - 1))
        self.observer = observer
        writes = Monitor(Breaker(writeHoldOff))
    }

    /// Looks an entry up. What is stored under the key and is no valid entry is deleted.
    ///
    /// `GETRANGE` instead of `GET`, at the same cost: of a value far above the limit, put there by somebody else, only
    /// the limit and one byte are sent. It answers an empty string where there is no key.
    package func find(
        _ key: EntryKey, until deadline: Deadline, now: Int64 = WallClock.unixSeconds
    ) -> CacheAnswer {
        let name = key.redisName
        let command = Command("GETRANGE", .text(name), "0", .number(maxValueBytes))
        do {
            let reply = try client.call(command, on: name, until: deadline, expecting: .bytes)
            return answer(with: reply, key, until: deadline, now: now)
        } catch .refused(let error) where error.code == .wrongType {
            return discard(key, .unreadable, until: deadline)
        } catch {
            observer(.failedToFind(error))
            return .unavailable
        }
    }

    private func answer(with reply: Reply, _ key: EntryKey, until deadline: Deadline, now: Int64) -> CacheAnswer {
        guard reply.count > 0 else { return .miss }
        guard reply.count <= maxValueBytes else { return discard(key, .unreadable, until: deadline) }
        do {
            return .hit(try Entry(decoding: reply, for: key, now: now))
        } catch {
            return discard(key, error, until: deadline)
        }
    }

    private func discard(_ key: EntryKey, _ defect: EntryDefect, until deadline: Deadline) -> CacheAnswer {
        remove(key, until: deadline)
        guard defect != .expired else { return .miss }
        observer(.defective(key, defect))
        return .defective
    }

    /// Keeps an entry until it expires, replacing what was there. A negative answer replaces nothing: what somebody
    /// else could make in the meantime is worth more.
    @discardableResult
    package func keep(
        _ entry: Entry, under key: EntryKey, until deadline: Deadline, now: Int64 = WallClock.unixSeconds
    ) -> KeepOutcome {
        let outcome = attemptToKeep(entry, key, until: deadline, now: now)
        if case .failed(let error) = outcome { observer(.failedToKeep(error)) }
        return outcome
    }

    private func attemptToKeep(_ entry: Entry, _ key: EntryKey, until deadline: Deadline, now: Int64) -> KeepOutcome {
        guard let seconds = entry.lifetime.secondsLeft(now: now) else { return .expired }
        guard
            entry.body.count <= maxValueBytes, let parts = entry.encoded(for: key),
            parts.reduce(0, { $0 + $1.count }) <= maxValueBytes
        else { return .tooLarge }
        guard let ticket = writes.withLock({ $0.admit(now: .now) }) else { return .heldOff }
        let isFailure = if case .failure = entry.content { true } else { false }
        let name = key.redisName
        let (value, life) = (
            Command.Argument.bytes(joined(parts)),
            Command.Argument.number(Int(min(seconds, Self.longestLifeSeconds)))
        )
        let set =
            isFailure
            ? Command("SET", .text(name), value, "EX", life, "NX") : Command("SET", .text(name), value, "EX", life)
        do {
            _ = try client.call(set, on: name, until: deadline, expecting: isFailure ? [.status, .null] : .status)
            writes.withLock { _ = $0.settle(ticket, .succeeded, now: .now) }
            return .kept
        } catch {
            // A server that cannot be reached is the client's business.
            let outcome: Breaker.Outcome = if case .refused = error { .failed } else { .abandoned }
            writes.withLock { _ = $0.settle(ticket, outcome, now: .now) }
            return .failed(error)
        }
    }

    private func joined(_ parts: [any Blob]) -> [UInt8] {
        var writer = ByteWriter(capacity: parts.reduce(0) { $0 + $1.count })
        for part in parts { writer.add(contentsOf: part) }
        return writer.bytes
    }

    /// Deletes what is under the key; Redis frees large values in the background. Not knowing whether it did is fine:
    /// every value expires, and every reader checks what it reads.
    package func remove(_ key: EntryKey, until deadline: Deadline) {
        let name = key.redisName
        do {
            _ = try client.call(Command("UNLINK", .text(name)), on: name, until: deadline, expecting: .integer)
        } catch {
            observer(.failedToRemove(error))
        }
    }
}

extension Lifetime {
    /// `nil` once it is over.
    fileprivate func secondsLeft(now: Int64) -> Int64? {
        guard expiresAt > now else { return nil }
        let (left, overflow) = expiresAt.subtractingReportingOverflow(now)
        return overflow ? .max : left
    }
}
