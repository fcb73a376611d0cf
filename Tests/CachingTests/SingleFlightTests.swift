import Caching
import Deadlines
import RedisFixture
import Synchronization
import Testing

@Suite struct SingleFlightTests {
    struct Trouble: Error, Equatable {
        let number: Int
    }

    typealias Flights = SingleFlight<Int, Int, Trouble>

    private var soon: Deadline { Deadline(in: .seconds(60)) }

    private func flights(perKey: Int = 10_000, all: Int = 10_000) -> Flights {
        Flights(limits: .init(followersPerKey: perKey, followers: all))
    }

    @Test func aThousandCallersMakeOneRun() throws {
        let flights = flights()
        let (runs, led, followed) = (Tally(), Tally(), Tally())
        try JoinableThread.run(1000) { _ in
            let flight = flights.run(7, until: soon) { () throws(Trouble) in
                runs.add()
                _ = eventually { flights.followers(of: 7) == 999 }
                return 42
            }
            switch flight {
            case .led(.success(42)): led.add()
            case .followed(.success(42)): followed.add()
            default: break
            }
        }
        #expect(runs.count == 1)
        #expect(led.count == 1)
        #expect(followed.count == 999)
        #expect(flights.keysInFlight == 0)
        #expect(flights.followers(of: 7) == 0)
    }

    @Test func keysDoNotWaitForEachOther() throws {
        let flights = flights()
        let runs = Tally()
        try JoinableThread.run(50) { key in
            _ = flights.run(key, until: soon) { () throws(Trouble) in
                runs.add()
                _ = eventually { flights.keysInFlight == 50 || runs.count == 50 }
                return key
            }
        }
        #expect(runs.count == 50)
        #expect(flights.keysInFlight == 0)
    }

    @Test func aKeyIsForgottenWhenItsWorkEnds() {
        let flights = flights()
        for number in 0..<3 {
            guard case .led(.success(number)) = flights.run(1, until: soon, { () throws(Trouble) in number }) else {
                Issue.record("run \(number) was not led")
                return
            }
        }
    }

    @Test func followersShareTheError() throws {
        let flights = flights()
        let (led, followed) = (Tally(), Tally())
        try JoinableThread.run(20) { _ in
            let flight = flights.run(1, until: soon) { () throws(Trouble) in
                _ = eventually { flights.followers(of: 1) == 19 }
                throw Trouble(number: 5)
            }
            switch flight {
            case .led(.failure(Trouble(number: 5))): led.add()
            case .followed(.failure(Trouble(number: 5))): followed.add()
            default: break
            }
        }
        #expect(led.count == 1)
        #expect(followed.count == 19)
    }

    @Test func aFollowerLeavesAtItsOwnDeadline() throws {
        let flights = flights()
        let leaving = Tally()
        let leader = try JoinableThread {
            _ = flights.run(1, until: soon) { () throws(Trouble) in
                _ = eventually { leaving.count == 1 }
                return 1
            }
        }
        #expect(eventually { flights.keysInFlight == 1 })
        let flight = flights.run(1, until: Deadline(in: .milliseconds(10))) { () throws(Trouble) in 2 }
        guard case .timedOut = flight else {
            Issue.record("\(flight)")
            return
        }
        #expect(flights.followers(of: 1) == 0)
        leaving.add()
        leader.join()
    }

    @Test func aFollowerWithTimeLeftTakesOver() throws {
        let flights = flights()
        let leader = try JoinableThread {
            let hurried = Deadline(in: .milliseconds(10))
            _ = flights.run(1, until: hurried) { () throws(Trouble) in
                _ = eventually { flights.followers(of: 1) == 1 && hurried.hasPassed }
                throw Trouble(number: 1)
            }
        }
        #expect(eventually { flights.keysInFlight == 1 })
        let first = flights.run(1, until: soon) { () throws(Trouble) in 2 }
        guard case .retry = first else {
            Issue.record("\(first)")
            return
        }
        guard case .led(.success(3)) = flights.run(1, until: soon, { () throws(Trouble) in 3 }) else {
            Issue.record("nobody took over")
            return
        }
        leader.join()
    }

    @Test func aLateSuccessIsShared() throws {
        let flights = flights()
        let leader = try JoinableThread {
            let hurried = Deadline(in: .milliseconds(10))
            _ = flights.run(1, until: hurried) { () throws(Trouble) in
                _ = eventually { flights.followers(of: 1) == 1 && hurried.hasPassed }
                return 9
            }
        }
        #expect(eventually { flights.keysInFlight == 1 })
        guard case .followed(.success(9)) = flights.run(1, until: soon, { () throws(Trouble) in 2 }) else {
            Issue.record("the result was lost")
            return
        }
        leader.join()
    }

    struct Crowd: Sendable {
        let perKey: Int
        let all: Int
        let keys: Int
        let followed: Int
    }

    @Test(arguments: [
        Crowd(perKey: 5, all: 100, keys: 1, followed: 5), Crowd(perKey: 100, all: 5, keys: 1, followed: 5),
        Crowd(perKey: 5, all: 8, keys: 2, followed: 8), Crowd(perKey: 0, all: 0, keys: 1, followed: 0),
    ]) func tooManyFollowersAreSentAway(_ crowd: Crowd) throws {
        let flights = flights(perKey: crowd.perKey, all: crowd.all)
        let (led, followed, crowded) = (Tally(), Tally(), Tally())
        try JoinableThread.run(40) { index in
            let flight = flights.run(index % crowd.keys, until: soon) { () throws(Trouble) in
                _ = eventually { crowded.count == 40 - crowd.keys - crowd.followed }
                return 1
            }
            switch flight {
            case .led: led.add()
            case .followed: followed.add()
            case .crowded: crowded.add()
            case .retry, .timedOut: break
            }
        }
        #expect(led.count == crowd.keys)
        #expect(followed.count == crowd.followed)
        #expect(crowded.count == 40 - crowd.keys - crowd.followed)
    }
}

/// A count that threads share.
final class Tally: Sendable {
    private let number = Atomic<Int>(0)

    var count: Int { number.load(ordering: .relaxed) }

    func add() {
        number.wrappingAdd(1, ordering: .relaxed)
    }
}
