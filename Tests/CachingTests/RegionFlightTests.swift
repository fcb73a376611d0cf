import Caching
import Deadlines
import Processes
import Redis
import RedisFixture
import Testing

/// Each `RegionFlight` here stands for a process of the region.
@Suite struct RegionFlightTests {
    private static let name = "apus:test:lease"

    private struct Trouble: Error {}

    private var soon: Deadline { Deadline(in: .seconds(30)) }

    private func client(_ address: RedisAddress) -> ConnectionPool {
        ConnectionPool(
            to: address,
            limits: .init(
                connections: 40, timeout: .seconds(10), replyBytes: 1000,
                breaker: .init(firstHoldOff: .milliseconds(1), longestHoldOff: .milliseconds(1))))
    }

    private func flight(_ server: RedisServer) -> RegionFlight { RegionFlight(client: client(server.address)) }

    private func isHeld(_ server: RedisServer) throws -> Bool {
        try server.ask(Command("EXISTS", .text(Self.name))).kind == .integer(1)
    }

    @Test func oneWorksAndTheOtherFinds() throws {
        let server = try RedisServer()
        let (one, other) = (flight(server), flight(server))
        let (started, looks) = (Tally(), Tally())
        let left = Monitor<Int?>(nil)
        let worker = try JoinableThread {
            let result = one.run(Self.name, until: soon, find: { _ in nil }) {
                started.add()
                #expect(eventually { looks.count > 2 })
                left.withLock { $0 = 7 }
                return 7
            }
            #expect(result.text == "led 7")
        }
        #expect(eventually { started.count == 1 })
        let result = other.run(Self.name, until: soon) { look in
            #expect(look != .atOnce)
            looks.add()
            return left.withLock { $0 }
        } work: {
            -1
        }
        #expect(result.text == "found 7")
        worker.join()
        #expect(try !isHeld(server))
    }

    @Test func whatWasLeftBeforeTheTurnIsFound() throws {
        let server = try RedisServer()
        let seen = Monitor<[RegionFlight.Look]>([])
        let result = flight(server).run(Self.name, until: soon) { look in
            seen.withLock { $0.append(look) }
            return 3
        } work: {
            -1
        }
        #expect(result.text == "found 3")
        #expect(seen.withLock { $0 } == [.atOnce])
        #expect(try !isHeld(server))
    }

    @Test func whoTakesOverLooksAfterwards() throws {
        let server = try RedisServer()
        let (one, other) = (flight(server), flight(server))
        let (started, waits) = (Tally(), Tally())
        let worker = try JoinableThread {
            _ = one.run(Self.name, until: soon, find: { _ in nil }) {
                started.add()
                return eventually { waits.count > 0 } ? 1 : 0
            }
        }
        #expect(eventually { started.count == 1 })
        let result = other.run(Self.name, until: soon) { look in
            if look == .waiting { waits.add() }
            return look == .afterwards ? 8 : nil
        } work: {
            -1
        }
        #expect(result.text == "found 8")
        worker.join()
    }

    /// Nobody renews it here, as if its process had died.
    @Test func aHolderThatNeverReleasesIsTakenOverAndCannotReleaseWhatIsNotItsOwn() throws {
        let server = try RedisServer()
        let (dead, living) = (flight(server), flight(server))
        let (started, takenOver) = (Tally(), Tally())
        let worker = try JoinableThread {
            _ = dead.run(Self.name, until: soon, find: { _ in nil }) {
                started.add()
                return eventually { takenOver.count == 1 } ? 1 : 0
            }
        }
        #expect(eventually { started.count == 1 })
        let first = try server.ask(Command("GET", .text(Self.name))).text
        let result = living.run(Self.name, until: soon, find: { _ in nil }) {
            takenOver.add()
            worker.join()
            // The first has just tried to release it.
            let holder = (try? server.ask(Command("GET", .text(Self.name))))?.text ?? first
            return holder.isEmpty || holder == first ? -1 : 2
        }
        #expect(result.text == "led 2")
        #expect(try !isHeld(server))
    }

    @Test func aLongWorkKeepsItsLease() throws {
        let server = try RedisServer()
        let flight = flight(server)
        let renewer = try flight.start()
        let result = flight.run(Self.name, until: soon, find: { _ in nil }) {
            let token = (try? server.ask(Command("GET", .text(Self.name))))?.text
            let isRenewed = Self.isRenewed(on: server)
            return isRenewed && (try? server.ask(Command("GET", .text(Self.name))))?.text == token ? 1 : -1
        }
        #expect(result.text == "led 1")
        flight.stop()
        renewer.join()
    }

    @Test func oneRenewalThatFailsLosesNothing() throws {
        let server = try RedisServer()
        // The first call acquires, the second renews.
        let client = UnreliableClient(client(server.address), failing: [2])
        let flight = RegionFlight(client: client)
        let renewer = try flight.start()
        let result = flight.run(Self.name, until: soon, find: { _ in nil }) {
            Self.isRenewed(on: server) ? client.calls : -1
        }
        guard case .led(let calls) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(calls >= 3)
        flight.stop()
        renewer.join()
    }

    /// Waits until the lease has more time left than it had before.
    private static func isRenewed(on server: RedisServer) -> Bool {
        var least = Int.max
        return eventually {
            guard case .integer(let left) = (try? server.ask(Command("PTTL", .text(name))))?.kind, left > 0 else {
                return false
            }
            defer { least = min(least, Int(left)) }
            return Int(left) > least
        }
    }

    @Test func withoutRedisEverybodyWorks() throws {
        let absent = RedisAddress(.tcp(host: "127.0.0.1", port: try unusedPort()))
        for flight in [RegionFlight(client: nil), RegionFlight(client: client(absent))] {
            let looks = Tally()
            try JoinableThread.run(4) { index in
                let result = flight.run(Self.name, until: soon) { look in
                    if look == .atOnce { looks.add() }
                    return Int?.none
                } work: {
                    index
                }
                #expect(result.text == "led \(index)")
            }
            #expect(looks.count == 4)
        }
    }

    @Test func whenRedisDiesInTheMiddleWhoWaitsWorks() throws {
        let server = try RedisServer()
        let (one, other) = (flight(server), flight(server))
        let (started, waits, done) = (Tally(), Tally(), Tally())
        let worker = try JoinableThread {
            let result = one.run(Self.name, until: soon, find: { _ in nil }) {
                started.add()
                return eventually { done.count == 1 } ? 1 : -1
            }
            #expect(result.text == "led 1")
        }
        #expect(eventually { started.count == 1 })
        let killer = try JoinableThread {
            #expect(eventually { waits.count > 0 })
            server.kill()
        }
        let result = other.run(Self.name, until: soon) { look in
            if look == .waiting { waits.add() }
            return Int?.none
        } work: {
            2
        }
        #expect(result.text == "led 2")
        done.add()
        killer.join()
        worker.join()
    }

    @Test func whoseTimeIsUpDoesNotWork() throws {
        let server = try RedisServer()
        let (one, other) = (flight(server), flight(server))
        let (started, done) = (Tally(), Tally())
        let worker = try JoinableThread {
            _ = one.run(Self.name, until: soon, find: { _ in nil }) {
                started.add()
                return eventually { done.count == 1 } ? 1 : 0
            }
        }
        #expect(eventually { started.count == 1 })
        for milliseconds in [0, 1, 30, 150] {
            let result = other.run(Self.name, until: Deadline(in: .milliseconds(milliseconds))) { look in
                // Time that was up before anything was asked is the work's own business.
                look == .atOnce ? -2 : nil
            } work: {
                -1
            }
            #expect(result.text == "timed out" || milliseconds < 30 && result.text == "found -2")
        }
        done.add()
        worker.join()
    }

    @Test func errorsReleaseTheLease() throws {
        let server = try RedisServer()
        let flight = flight(server)
        #expect(throws: Trouble.self) {
            try flight.run(Self.name, until: soon) { (_) throws(Trouble) -> Int? in
                nil
            } work: { () throws(Trouble) -> Int in
                throw Trouble()
            }
        }
        #expect(try !isHeld(server))
        #expect(throws: Trouble.self) {
            try flight.run(Self.name, until: soon) { (_) throws(Trouble) -> Int? in
                throw Trouble()
            } work: { () throws(Trouble) -> Int in
                1
            }
        }
        #expect(try !isHeld(server))
    }

    @Test func manyThreadsOneWork() throws {
        let server = try RedisServer()
        let flights = [flight(server), flight(server)]
        let (works, found) = (Tally(), Tally())
        let left = Monitor<Int?>(nil)
        try JoinableThread.run(32) { index in
            let result = flights[index % 2].run(Self.name, until: soon, find: { _ in left.withLock { $0 } }) {
                works.add()
                left.withLock { $0 = 5 }
                return 5
            }
            if result.text == "found 5" { found.add() }
        }
        #expect(works.count == 1)
        #expect(found.count == 31)
        #expect(try !isHeld(server))
    }

    @Test func differentNamesDoNotWaitForEachOther() throws {
        let server = try RedisServer()
        let flight = flight(server)
        let result = flight.run(Self.name, until: soon, find: { _ in nil }) {
            let inner = flight.run(Self.name + "2", until: soon, find: { _ in nil }) { 4 }
            return inner.text == "led 4" ? 1 : -1
        }
        #expect(result.text == "led 1")
    }
}

extension RegionFlightResult {
    fileprivate var text: String {
        switch self {
        case .led(let value): "led \(value)"
        case .found(let value): "found \(value)"
        case .timedOut: "timed out"
        }
    }
}

/// A client some of whose calls fail, by their number from 1.
private final class UnreliableClient: RedisClient {
    private let client: any RedisClient
    private let failing: Set<Int>
    private let made = Monitor(0)

    init(_ client: any RedisClient, failing: Set<Int>) {
        self.client = client
        self.failing = failing
    }

    var calls: Int { made.withLock { $0 } }
    var replyBytes: Int { client.replyBytes }

    func call(
        _ command: Command, on key: String, until deadline: Deadline, expecting kinds: Reply.Kinds
    ) throws(RedisError) -> Reply {
        let number = made.withLock { made in
            made += 1
            return made
        }
        guard !failing.contains(number) else { throw .unavailable }
        return try client.call(command, on: key, until: deadline, expecting: kinds)
    }
}
