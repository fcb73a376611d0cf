import Caching
import Deadlines
import Memory
import Redis
import RedisFixture
import Testing

@Suite struct RedisTierTests {
    private var soon: Deadline { Deadline(in: .seconds(10)) }
    private let now = Samples.madeAt

    private func tier(
        _ address: RedisAddress,
        maxValueBytes: Int = 100_000,
        timeout: Duration = .seconds(10),
        holdOff: Duration = .seconds(3600),
        observer: @escaping RedisTier.Observer = { _ in }
    ) -> RedisTier {
        let breaker = Breaker.Limits(firstHoldOff: holdOff, longestHoldOff: holdOff)
        let limits = ConnectionPool.Limits(
            connections: 4, timeout: timeout, replyBytes: 2 * maxValueBytes, breaker: breaker
        )
        let pool = ConnectionPool(to: address, limits: limits)
        return RedisTier(client: pool, maxValueBytes: maxValueBytes, writeHoldOff: breaker, observer: observer)
    }

    private func body(of answer: CacheAnswer) -> [UInt8]? {
        guard case .hit(let entry) = answer, case .variant(let variant) = entry.content else { return nil }
        return variant.body.copied
    }

    @Test func keepsAndFinds() throws {
        let server = try RedisServer()
        for address in [server.address, RedisAddress(.unix(path: server.socketPath))] {
            let tier = tier(address)
            let key = Samples.key()
            #expect(tier.find(key, until: soon, now: now).isMiss)
            let picture = (0..<30_000).map { UInt8(truncatingIfNeeded: $0) }
            #expect(tier.keep(Samples.variant(picture), under: key, until: soon, now: now) == .kept)
            #expect(body(of: tier.find(key, until: soon, now: now)) == picture)

            let life = try server.ask(Command("TTL", .text(key.redisName)))
            guard case .integer(3590...3600) = life.kind else {
                Issue.record("\(life.kind)")
                return
            }
            // A failure never takes the place of something better; something better takes its place.
            #expect(tier.keep(Samples.failure(), under: key, until: soon, now: now) == .kept)
            #expect(body(of: tier.find(key, until: soon, now: now)) == picture)
            tier.remove(key, until: soon)
            #expect(tier.keep(Samples.failure(), under: key, until: soon, now: now) == .kept)
            guard case .hit(let entry) = tier.find(key, until: soon, now: now), case .failure = entry.content else {
                Issue.record("no failure")
                return
            }
            #expect(tier.keep(Samples.variant(picture), under: key, until: soon, now: now) == .kept)
            #expect(body(of: tier.find(key, until: soon, now: now)) == picture)
            tier.remove(key, until: soon)
            #expect(tier.find(key, until: soon, now: now).isMiss)
        }
    }

    @Test func onlyWhatFitsAndLivesIsKept() throws {
        let server = try RedisServer()
        let tier = tier(server.address)
        let key = Samples.key()
        let empty = try #require(Samples.variant([]).bytes(for: key)).count
        let fits = [UInt8](repeating: 1, count: 100_000 - empty)
        #expect(tier.keep(Samples.variant(fits + [1]), under: key, until: soon, now: now) == .tooLarge)
        #expect(tier.keep(Samples.variant([1], expiresAt: now), under: key, until: soon, now: now) == .expired)
        #expect(tier.keep(Samples.variant([1], expiresAt: .min), under: key, until: soon, now: now) == .expired)
        #expect(try server.ask(Command("DBSIZE")).kind == .integer(0))
        #expect(tier.keep(Samples.variant(fits), under: key, until: soon, now: now) == .kept)
        #expect(body(of: tier.find(key, until: soon, now: now)) == fits)
        #expect(tier.keep(Samples.variant([1], expiresAt: .max), under: key, until: soon, now: -1) == .kept)
        #expect(tier.find(key, until: soon, now: .max).isMiss)
        #expect(try server.ask(Command("DBSIZE")).kind == .integer(0))
    }

    struct Foreign: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let put: @Sendable (EntryKey) -> Command
        let defect: EntryDefect

        static var all: [Foreign] {
            [
                Foreign(
                    testDescription: "text", put: { Command("SET", .text($0.redisName), "hello") }, defect: .foreign),
                Foreign(
                    testDescription: "list", put: { Command("LPUSH", .text($0.redisName), "a", "b") },
                    defect: .unreadable),
                Foreign(
                    testDescription: "hash", put: { Command("HSET", .text($0.redisName), "a", "b") },
                    defect: .unreadable),
                Foreign(
                    testDescription: "a hundred times the limit",
                    put: { Command("SETRANGE", .text($0.redisName), "10000000", "x") }, defect: .unreadable),
                Foreign(
                    testDescription: "entry of another key",
                    put: { key in
                        let bytes = Samples.variant([1]).bytes(for: Samples.key(99))
                        return Command("SET", .text(key.redisName), .bytes(bytes ?? []))
                    }, defect: .damaged),
                Foreign(
                    testDescription: "truncated entry",
                    put: { key in
                        let bytes = Samples.variant([1, 2, 3]).bytes(for: key) ?? []
                        return Command("SET", .text(key.redisName), .bytes(Array(bytes.dropLast())))
                    }, defect: .foreign),
            ]
        }
    }

    @Test(arguments: Foreign.all) func whatIsNoEntryIsAMissAndDeleted(_ foreign: Foreign) throws {
        let server = try RedisServer()
        let events = Monitor<[CacheEvent]>([])
        let tier = tier(server.address) { event in events.withLock { $0.append(event) } }
        let key = Samples.key()
        _ = try server.ask(foreign.put(key))
        #expect(tier.find(key, until: soon, now: now).isDefective)
        #expect(events.withLock { $0 } == [.defective(key, foreign.defect)])
        #expect(try server.ask(Command("EXISTS", .text(key.redisName))).kind == .integer(0))
        #expect(tier.keep(Samples.variant([4]), under: key, until: soon, now: now) == .kept)
        #expect(body(of: tier.find(key, until: soon, now: now)) == [4])
    }

    @Test func aFullServerStillAnswers() throws {
        let server = try RedisServer(["maxmemory-policy": "noeviction"])
        let tier = tier(server.address)
        let key = Samples.key()
        #expect(tier.keep(Samples.variant([1]), under: key, until: soon, now: now) == .kept)
        _ = try server.ask(Command("CONFIG", "SET", "maxmemory", "1"))
        let outcome = tier.keep(Samples.variant([2]), under: Samples.key(2), until: soon, now: now)
        guard case .failed(.refused(let error)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(error.code == .outOfMemory)
        #expect(tier.keep(Samples.variant([2]), under: key, until: soon, now: now) == .heldOff)
        #expect(body(of: tier.find(key, until: soon, now: now)) == [1])
    }

    @Test func writesGoOnWhenThereIsRoomAgain() throws {
        let server = try RedisServer(["maxmemory-policy": "noeviction", "maxmemory": "1"])
        let tier = tier(server.address, holdOff: .milliseconds(1))
        let key = Samples.key()
        #expect(tier.keep(Samples.variant([1]), under: key, until: soon, now: now) != .kept)
        _ = try server.ask(Command("CONFIG", "SET", "maxmemory", "0"))
        #expect(eventually { tier.keep(Samples.variant([1]), under: key, until: soon, now: now) == .kept })
    }

    @Test func aReadOnlyReplicaStillAnswers() throws {
        let primary = try RedisServer()
        let writer = tier(primary.address)
        let key = Samples.key()
        #expect(writer.keep(Samples.variant([1]), under: key, until: soon, now: now) == .kept)
        let replica = try RedisServer(["replicaof": "127.0.0.1 \(primary.port)", "repl-diskless-sync-delay": "0"])
        let tier = tier(replica.address)
        #expect(eventually { body(of: tier.find(key, until: soon, now: now)) == [1] })
        let outcome = tier.keep(Samples.variant([2]), under: key, until: soon, now: now)
        guard case .failed(.refused(let error)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(error.code == .readOnly)
        #expect(tier.find(key, until: soon, now: Samples.madeAt + 7200).isMiss)
        #expect(body(of: tier.find(key, until: soon, now: now)) == [1])
    }

    @Test func killedAndRestarted() throws {
        let server = try RedisServer()
        let tier = tier(server.address, holdOff: .milliseconds(1))
        let key = Samples.key()
        #expect(tier.keep(Samples.variant([1]), under: key, until: soon, now: now) == .kept)
        server.kill()
        #expect(tier.find(key, until: soon, now: now).isUnavailable)
        #expect(tier.keep(Samples.variant([1]), under: key, until: soon, now: now) != .kept)
        try server.start()
        #expect(eventually { tier.find(key, until: soon, now: now).isMiss })
        #expect(tier.keep(Samples.variant([1]), under: key, until: soon, now: now) == .kept)
        #expect(body(of: tier.find(key, until: soon, now: now)) == [1])
    }

    @Test func hungAndContinued() throws {
        let server = try RedisServer()
        let events = Monitor<[CacheEvent]>([])
        let tier = tier(server.address, timeout: .milliseconds(50), holdOff: .seconds(1)) { event in
            events.withLock { $0.append(event) }
        }
        let key = Samples.key()
        #expect(eventually { tier.keep(Samples.variant([1]), under: key, until: soon, now: now) == .kept })
        events.withLock { $0 = [] }
        server.hang()
        #expect(tier.find(key, until: soon, now: now).isUnavailable)
        #expect(tier.find(key, until: soon, now: now).isUnavailable)
        #expect(tier.keep(Samples.variant([2]), under: key, until: soon, now: now) == .failed(.unavailable))
        server.goOn()
        #expect(eventually { body(of: tier.find(key, until: soon, now: now)) == [1] })
        let seen = events.withLock { Array($0.prefix(3)) }
        #expect(
            seen == [
                .failedToFind(.timedOut(.receive)), .failedToFind(.unavailable), .failedToKeep(.unavailable),
            ]
        )
    }

    @Test func nobodyThereOrSomebodyElse() throws {
        let key = Samples.key()
        let absent = [
            RedisAddress(.unix(path: "/nowhere/redis.sock")),
            RedisAddress(.tcp(host: "127.0.0.1", port: try unusedPort())),
        ]
        let web = try FalseServer(.says("HTTP/1.1 400 Bad Request\r\n\r\n", thenCloses: true))
        let polite = try FalseServer(.says("+OK\r\n", thenCloses: false))
        for address in absent + [web.address, polite.address] {
            let tier = tier(address)
            for _ in 0..<5 {
                #expect(tier.find(key, until: soon, now: now).isUnavailable)
                #expect(tier.keep(Samples.variant([1]), under: key, until: soon, now: now) == .failed(.unavailable))
            }
        }
        #expect(web.connections == 1)
        #expect(polite.connections == 1)
        web.stop()
        polite.stop()
    }

    @Test func passwordNeeded() throws {
        let server = try RedisServer(["requirepass": "secret"])
        let key = Samples.key()
        for password in [nil, "wrong"] {
            let tier = tier(RedisAddress(.unix(path: server.socketPath), password: password))
            #expect(tier.find(key, until: soon, now: now).isUnavailable)
            #expect(tier.keep(Samples.variant([1]), under: key, until: soon, now: now) == .failed(.unavailable))
        }
        let tier = tier(RedisAddress(.unix(path: server.socketPath), password: "secret"))
        #expect(tier.keep(Samples.variant([1]), under: key, until: soon, now: now) == .kept)
    }

    @Test func manyThreadsFindWhatTheyKept() throws {
        let server = try RedisServer()
        let tier = tier(RedisAddress(.unix(path: server.socketPath)))
        let found = Tally()
        try JoinableThread.run(32) { index in
            let key = Samples.key(UInt8(index))
            for round in 0..<20 {
                let picture = [UInt8](repeating: UInt8(index), count: 1000 * (round + 1))
                tier.keep(Samples.variant(picture), under: key, until: soon, now: now)
                if body(of: tier.find(key, until: soon, now: now)) == picture { found.add() }
            }
        }
        #expect(found.count == 32 * 20)
    }
}

extension CacheAnswer {
    var isMiss: Bool {
        if case .miss = self { return true }
        return false
    }

    var isDefective: Bool {
        if case .defective = self { return true }
        return false
    }

    var isUnavailable: Bool {
        if case .unavailable = self { return true }
        return false
    }
}
