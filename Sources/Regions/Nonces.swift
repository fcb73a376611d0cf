package import Deadlines
package import Redis

/// Remembers which requests have come, so that none counts twice: in Redis, which all workers of a region share; where
/// that is away, each worker by itself.
package final class Nonces: Sendable {
    package enum Answer: Sendable, Hashable {
        case new, known
        /// It cannot be told: there is no room to remember it.
        case full
    }

    /// Longer than a request is good for, by either clock.
    package static let lifetime: Duration = .seconds(610)
    /// Of one worker while Redis is away.
    package static let limit = 50_000

    private struct Own {
        var known: Set<String> = []
        /// In the order in which they came; what lies before `first` is forgotten.
        var order: [(name: String, end: Deadline)] = []
        var first = 0

        mutating func forget(now: Deadline) {
            while first < order.count, order[first].end <= now {
                known.remove(order[first].name)
                first += 1
            }
            guard first > order.count / 2 else { return }
            order.removeFirst(first)
            first = 0
        }
    }

    private let redis: (any RedisClient)?
    private let limit: Int
    private let own = Monitor(Own())

    package init(redis: (any RedisClient)?, limit: Int = Nonces.limit) {
        self.redis = redis
        self.limit = limit
    }

    /// Takes note of a request that is right in all else.
    package func note(_ nonce: String, from region: String, until deadline: Deadline, now: Deadline = .now) -> Answer {
        let name = "apus:v1:nonce:\(region):\(nonce)"
        let isKnown = own.withLock { own in
            own.forget(now: now)
            return own.known.contains(name)
        }
        if isKnown { return .known }
        return noteInRedis(name, until: deadline) ?? noteHere(name, now: now)
    }

    /// `nil` where Redis cannot say.
    private func noteInRedis(_ name: String, until deadline: Deadline) -> Answer? {
        let command = Command(
            "SET", .text(name), "1", "NX", "PX", .number(Int(Self.lifetime.wholeMilliseconds)))
        guard let redis, let reply = try? redis.call(command, on: name, until: deadline, expecting: [.status, .null])
        else { return nil }
        return reply.kind == .null ? .known : .new
    }

    private func noteHere(_ name: String, now: Deadline) -> Answer {
        own.withLock { own in
            guard own.known.count < limit else { return .full }
            guard own.known.insert(name).inserted else { return .known }
            own.order.append((name, now.later(by: Self.lifetime)))
            return .new
        }
    }
}
