package import Deadlines

/// What a caller of `SingleFlight` gets.
package enum Flight<Value: Sendable, Failure: Error>: Sendable {
    /// This caller did the work.
    case led(Result<Value, Failure>)
    /// Another caller did it at that time; the result is shared.
    case followed(Result<Value, Failure>)
    /// The caller that did the work failed because its own time was up, and this one has time left: look whether the
    /// result lies in the cache, and call again.
    case retry
    /// The own deadline passed while another caller worked on.
    case timedOut
    /// Too many wait already.
    case crowded
}

/// Lets callers that want the same thing at the same time share one run of the work, within this process.
///
/// The first caller for a key leads: it does the work on its own thread. The others wait, each until its own deadline.
/// A key is forgotten as soon as its work ends: results are shared, not kept. Work must not ask for its own key again;
/// such a caller would wait for itself until its deadline.
package final class SingleFlight<Key: Hashable & Sendable, Value: Sendable, Failure: Error>: Sendable {
    package struct Limits: Sendable, Hashable {
        package var followersPerKey: Int
        package var followers: Int

        package init(followersPerKey: Int, followers: Int) {
            self.followersPerKey = followersPerKey
            self.followers = followers
        }
    }

    private enum Landing: Sendable {
        case done(Result<Value, Failure>)
        case leaderRanOutOfTime(Failure)
    }

    private struct Journey {
        let landing: Monitor<Landing?>
        var followers = 0
    }

    private struct Table {
        var journeys: [Key: Journey] = [:]
        var followers = 0
    }

    private enum Role {
        case leader(Monitor<Landing?>)
        case follower(Monitor<Landing?>)
        case superfluous
    }

    private let limits: Limits
    private let table = Monitor(Table())

    package init(limits: Limits) {
        self.limits = limits
    }

    /// Does `work`, or waits for somebody who is doing it.
    ///
    /// The lock is held for a dictionary look-up only; each key has its own condition, so that only its own followers
    /// wake when it is done.
    package func run(
        _ key: Key,
        until deadline: Deadline,
        _ work: () throws(Failure) -> Value
    ) -> Flight<Value, Failure> {
        switch board(key) {
        case .leader(let landing): lead(key, until: deadline, landing, work)
        case .follower(let landing): follow(key, until: deadline, landing)
        case .superfluous: .crowded
        }
    }

    /// How many wait for a key at this moment.
    package func followers(of key: Key) -> Int {
        table.withLock { $0.journeys[key]?.followers ?? 0 }
    }

    /// How many keys are being worked on at this moment.
    package var keysInFlight: Int {
        table.withLock { $0.journeys.count }
    }

    private func board(_ key: Key) -> Role {
        table.withLock { table in
            guard let journey = table.journeys[key] else {
                let landing = Monitor<Landing?>(nil)
                table.journeys[key] = Journey(landing: landing)
                return .leader(landing)
            }
            guard journey.followers < limits.followersPerKey, table.followers < limits.followers else {
                return .superfluous
            }
            table.journeys[key]?.followers += 1
            table.followers += 1
            return .follower(journey.landing)
        }
    }

    private func lead(
        _ key: Key,
        until deadline: Deadline,
        _ landing: Monitor<Landing?>,
        _ work: () throws(Failure) -> Value
    ) -> Flight<Value, Failure> {
        let result: Result<Value, Failure>
        do {
            result = .success(try work())
        } catch {
            result = .failure(error)
        }
        table.withLock { _ = $0.journeys.removeValue(forKey: key) }
        landing.update { state in
            if case .failure(let error) = result, deadline.hasPassed {
                state = .leaderRanOutOfTime(error)
            } else {
                state = .done(result)
            }
        }
        return .led(result)
    }

    private func follow(_ key: Key, until deadline: Deadline, _ landing: Monitor<Landing?>) -> Flight<Value, Failure> {
        let outcome = landing.wait(until: deadline) { $0 }
        table.withLock { table in
            table.followers -= 1
            // Under this key there may be a later journey by now, with followers of its own.
            if table.journeys[key]?.landing === landing { table.journeys[key]?.followers -= 1 }
        }
        return switch outcome {
        case .done(let result): .followed(result)
        case .leaderRanOutOfTime(let error): deadline.hasPassed ? .followed(.failure(error)) : .retry
        case nil: .timedOut
        }
    }
}
