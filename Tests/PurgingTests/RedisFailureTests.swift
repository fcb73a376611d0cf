import Deadlines
import Memory
import Purging
import Redis
import RedisFixture
import Storage
import Testing

@Suite struct RedisFailureTests {
    private static let key = "apus:v1:purges"

    private func call(_ redis: RedisServer, _ command: Command) throws -> Reply {
        let deadline = Deadline(in: .seconds(5))
        let connection = try Connection(to: Endpoint(redis.address), replyBytes: 1 << 20, until: deadline)
        return try connection.call(command, until: deadline)
    }

    private func score(_ redis: RedisServer, containing text: String) throws -> Double? {
        let script = """
            for i, m in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
                if string.find(m, ARGV[1], 1, true) then return redis.call('ZSCORE', KEYS[1], m) end
            end
            return ''
            """
        let reply = try call(redis, Command("EVAL", .text(script), .number(1), .text(Self.key), .text(text)))
        return Double(String(decoding: reply.copied, as: UTF8.self))
    }

    @Test func `A Redis that comes back empty is filled, with the same numbers`() throws {
        let redis = try RedisServer()
        let (one, other) = (Worker(redis: redis, store: MemoryStore()), Worker(redis: redis, store: MemoryStore()))
        one.log.synchronise()
        other.log.synchronise()
        for name in ["a", "b", "c"] { _ = try one.accept(.path("/demo/\(name)")) }
        other.log.synchronise()
        redis.kill()
        try redis.start()
        #expect(one.settles { one.events.contains(.redisFilled(rules: 3)) })
        #expect(try score(redis, containing: "/demo/b") == 2)
        #expect(try score(redis, containing: "filled") == 0)
        #expect(other.settles { other.log.isConfirmed })
        _ = try other.accept(.path("/demo/d"))
        #expect(other.newest("/demo/d") == 4)
        #expect(one.settles { one.newest("/demo/d") == 4 })
        #expect(one.newest("/demo/a") == 1)
        #expect(try call(redis, Command("TTL", .text(Self.key))).kind == .integer(-1))
    }

    @Test func `A worker that starts beside an empty Redis fills it from the store before it believes anything`() throws
    {
        let redis = try RedisServer()
        let store = MemoryStore()
        let before = Worker(redis: redis, store: store)
        before.log.synchronise()
        for name in ["a", "b"] { _ = try before.accept(.path("/demo/\(name)")) }
        redis.kill()
        try redis.start()
        let late = Worker(redis: redis, store: store)
        store.fail(.everything)
        late.log.synchronise()
        #expect(!late.log.isConfirmed)
        #expect(throws: PurgeError.notReady) { try late.accept(.tag("x")) }
        #expect(try score(redis, containing: "filled") == nil)
        store.fail([])
        #expect(late.settles { late.log.isConfirmed })
        #expect(late.newest("/demo/b") == 2)
        #expect(try score(redis, containing: "/demo/b") == 2)
    }

    enum Failure: CaseIterable { case dead, hung }

    @Test(arguments: Failure.allCases)
    func `Purges accepted without Redis get numbers above all others when it is back`(_ failure: Failure) throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        let (one, other) = (Worker(redis: redis, store: store), Worker(redis: redis, store: store))
        one.log.synchronise()
        other.log.synchronise()
        _ = try one.accept(.path("/demo/a"))
        other.log.synchronise()
        if failure == .dead { redis.kill() } else { redis.hang() }
        let id = try one.accept(.path("/demo/b"))
        #expect(one.newest("/demo/b") == 2)
        #expect(store.names.last == "00000000000000000002-\(id)-offline")
        #expect(other.settles { other.newest("/demo/b") == 2 })
        #expect(one.settles { one.log.isConfirmed })
        one.advance(.seconds(100))
        #expect(one.log.state(of: id, account: "demo") == .pending)
        if failure == .dead { try redis.start() } else { redis.goOn() }
        #expect(
            one.settles {
                one.log.synchronise()
                return one.events.contains(.redisBack) && store.names.count == 2
            })
        #expect(one.settles { store.names.allSatisfy { !$0.hasSuffix("offline") } })
        // A Redis that hung did take the rule in, with the next number, when nobody waited for it any more.
        #expect(one.newest("/demo/b") >= (failure == .dead ? 3 : 2))
        #expect(try score(redis, containing: "/demo/b") == Double(one.newest("/demo/b")))
        #expect(
            other.settles {
                one.log.synchronise()
                return other.newest("/demo/b") == one.newest("/demo/b")
            })
        #expect(one.log.state(of: id, account: "demo") == .pending)
        one.advance(.seconds(14))
        #expect(one.log.state(of: id, account: "demo") == .completed)
        #expect(one.newest("/demo/a") >= 1)
    }

    @Test func `Where all share the store a purge without Redis is completed once all have looked into it`() throws {
        let redis = try RedisServer()
        redis.kill()
        let one = Worker(redis: redis, store: MemoryStore()) { settings in
            settings.isStoreShared = true
            settings.idleInterval = .seconds(30)
        }
        one.log.synchronise()
        let id = try one.accept(.path("/demo/a"))
        one.advance(.seconds(43))
        #expect(one.log.state(of: id, account: "demo") == .pending)
        one.advance(.seconds(1))
        #expect(one.log.state(of: id, account: "demo") == .completed)
    }

    @Test func `A store of one's own has a purge of another host long before it is looked through again`() throws {
        let redis = try RedisServer()
        let own = MemoryStore()
        let one = Worker(redis: redis, store: MemoryStore())
        let other = Worker(redis: redis, store: own) { $0.idleInterval = .seconds(3600) }
        #expect(other.settles { other.log.isConfirmed })
        _ = try one.accept(.path("/demo/a"))
        #expect(other.settles { own.names.count == 1 })
    }

    @Test func `Nobody sees a purge that its worker could not share; the next start shares it`() throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        let lost = Worker(redis: redis, store: store)
        lost.log.synchronise()
        redis.kill()
        _ = try lost.accept(.path("/demo/a"))
        try redis.start()
        let late = Worker(redis: redis, store: store)
        let elsewhere = Worker(redis: redis, store: MemoryStore())
        #expect(
            late.settles {
                elsewhere.log.synchronise()
                return elsewhere.newest("/demo/a") > 0
            })
        #expect(late.events.contains(.shared(rules: 1)))
    }

    @Test func `A purge that the store does not take is not accepted`() throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        let one = Worker(redis: redis, store: store)
        one.log.synchronise()
        store.fail(.writes)
        #expect(throws: PurgeError.storeFailed(.full)) { try one.accept(.path("/demo/a")) }
        redis.kill()
        #expect(throws: PurgeError.storeFailed(.full)) { try one.accept(.path("/demo/a")) }
        #expect(store.names.isEmpty)
    }

    @Test func `Without store a purge needs Redis`() throws {
        let redis = try RedisServer()
        let one = Worker(redis: redis)
        one.log.synchronise()
        _ = try one.accept(.path("/demo/a"))
        redis.kill()
        let error = #expect(throws: PurgeError.self) { try one.accept(.path("/demo/b")) }
        guard case .redisFailed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try redis.start()
        #expect(one.settles { one.log.isConfirmed && one.events.contains(.redisFilled(rules: 1)) })
        _ = try one.accept(.path("/demo/b"))
        #expect(one.newest("/demo/b") == 2)
    }

    @Test func `Hosts with stores of their own each keep the whole log`() throws {
        let redis = try RedisServer()
        let (storeOne, storeOther) = (MemoryStore(), MemoryStore())
        let (one, other) = (Worker(redis: redis, store: storeOne), Worker(redis: redis, store: storeOther))
        one.log.synchronise()
        other.log.synchronise()
        for index in 0..<10 { _ = try (index % 2 == 0 ? one : other).accept(.path("/demo/\(index)")) }
        #expect(one.settles { storeOne.names.count == 10 })
        #expect(other.settles { storeOther.names.count == 10 })
        #expect(storeOne.files == storeOther.files)
        #expect(one.events.isEmpty && other.events.isEmpty)
    }

    @Test func `A Redis that lost its newest rules gets them back under their numbers`() throws {
        let redis = try RedisServer()
        let one = Worker(redis: redis, store: MemoryStore())
        one.log.synchronise()
        for name in ["a", "b", "c"] { _ = try one.accept(.path("/demo/\(name)")) }
        one.log.synchronise()
        _ = try call(redis, Command("ZREMRANGEBYSCORE", .text(Self.key), .number(2), .number(3)))
        #expect(one.settles { one.events == [.redisFilled(rules: 2)] })
        #expect(try score(redis, containing: "/demo/b") == 2)
        #expect(try score(redis, containing: "/demo/c") == 3)
    }

    enum Loss: CaseIterable {
        /// As by a fail-over to a copy that had not heard of it.
        case ofTheNewest
        case ofEverything
    }

    @Test(arguments: Loss.allCases)
    func `A rule that Redis has numbered and lost before anybody read it is given back`(_ loss: Loss) throws {
        let redis = try RedisServer()
        let (one, other) = (Worker(redis: redis, store: MemoryStore()), Worker(redis: redis, store: MemoryStore()))
        one.log.synchronise()
        _ = try one.accept(.path("/demo/a"))
        for worker in [one, other, one] { worker.log.synchronise() }
        _ = try one.accept(.path("/demo/b"))
        switch loss {
        case .ofTheNewest: _ = try call(redis, Command("ZREMRANGEBYSCORE", .text(Self.key), .number(2), .number(2)))
        case .ofEverything: _ = try call(redis, Command("DEL", .text(Self.key)))
        }
        // The other fills Redis with what it knows, and nothing there tells that this is not all.
        other.log.synchronise()
        #expect(other.newest("/demo/b") == 0)
        #expect(one.settles { one.events.contains(.redisFilled(rules: 1)) })
        #expect(other.settles { other.newest("/demo/b") == one.newest("/demo/b") })
        for _ in 0..<3 { one.log.synchronise() }
        #expect(one.events == [.redisFilled(rules: 1)])
    }

    @Test func `A rule that Redis has lost while its file was written is given back`() throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        let (one, other) = (Worker(redis: redis, store: store), Worker(redis: redis, store: MemoryStore()))
        for worker in [one, other] { worker.log.synchronise() }
        store.whenWriting {
            _ = try? self.call(redis, Command("ZREMRANGEBYSCORE", .text(Self.key), .number(1), .number(1)))
            // Nobody knows the rule yet, so that it is not put back here.
            one.log.synchronise()
        }
        _ = try one.accept(.path("/demo/a"))
        store.whenWriting {}
        #expect(try score(redis, containing: "/demo/a") == nil)
        #expect(
            one.settles {
                other.log.synchronise()
                return other.newest("/demo/a") > 0
            })
    }

    /// What was taken over without Redis gets its number there with the next rule of the same log.
    @Test func `A rule that Redis has numbered late, and lost while its file was written, is given back`() throws {
        let (redis, store, us) = (try RedisServer(), MemoryStore(), PurgingRegion("us"))
        let one = Worker(redis: redis, store: store) { $0.region = "eu" }
        let other = Worker(redis: redis, store: MemoryStore()) { $0.region = "eu" }
        func takeOver(_ path: String) throws {
            _ = try us.one.accept(.path(path))
            us.synchronise()
            let offers = us.one.log.offers(to: one.vector, mostBytes: 1 << 16)
            try one.log.adopt(offers, accounts: Worker.accounts, deadline: Deadline(in: RedisServer.patience))
        }
        one.log.synchronise()
        _ = try call(redis, Command("CONFIG", "SET", "maxmemory", "1"))
        try takeOver("/demo/a")
        _ = try call(redis, Command("CONFIG", "SET", "maxmemory", "0"))
        #expect(store.names.count == 1 && store.names.allSatisfy { $0.hasSuffix("offline") })
        store.whenWriting {
            store.whenWriting {}
            _ = try? self.call(redis, Command("ZREMRANGEBYSCORE", .text(Self.key), .number(2), .number(2)))
            // Redis does not have the rule yet as far as is known here, so that it is not put back.
            one.log.synchronise()
        }
        try takeOver("/demo/b")
        #expect(one.newest("/demo/a") == 2 && one.newest("/demo/b") == 3)
        #expect(try score(redis, containing: "/demo/a") == nil)
        #expect(
            one.settles {
                other.log.synchronise()
                return other.newest("/demo/a") > 0
            })
    }

    @Test func `A rule that Redis loses again as soon as it is given back is given back again`() throws {
        let redis = try RedisServer()
        let (one, other) = (Worker(redis: redis, store: MemoryStore()), Worker(redis: redis, store: MemoryStore()))
        for worker in [one, other] { worker.log.synchronise() }
        _ = try one.accept(.path("/demo/a"))
        for losses in 1...3 {
            _ = try call(redis, Command("ZREMRANGEBYSCORE", .text(Self.key), .number(1), .number(1)))
            #expect(one.settles { one.events.count == losses })
            #expect(try score(redis, containing: "/demo/a") == 1)
        }
        #expect(other.settles { other.newest("/demo/a") == 1 })
    }

    @Test func `Numbers given twice by a Redis that forgot are given anew`() throws {
        let redis = try RedisServer()
        let one = Worker(redis: redis, store: MemoryStore())
        one.log.synchronise()
        for name in ["a", "b", "c"] { _ = try one.accept(.path("/demo/\(name)")) }
        one.log.synchronise()
        _ = try call(redis, Command("FLUSHALL"))
        let other = Worker(redis: redis, store: MemoryStore())
        other.log.synchronise()
        _ = try other.accept(.path("/demo/x"))
        _ = try other.accept(.path("/demo/y"))
        #expect(other.newest("/demo/x") == 1)
        // Entries of `one` were made under 3 without knowing of x: 1 would not void them.
        #expect(one.settles { one.newest("/demo/x") > 3 && one.newest("/demo/y") > 3 })
        #expect(
            other.settles {
                ["x", "y", "a", "b", "c"].allSatisfy { other.newest("/demo/\($0)") >= one.newest("/demo/\($0)") }
            })
        #expect(["a", "b", "c"].allSatisfy { other.newest("/demo/\($0)") > 0 })
    }

    @Test func `A Redis that takes no writes is still heard`() throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        let (one, other) = (Worker(redis: redis, store: store), Worker(redis: redis, store: store))
        one.log.synchronise()
        other.log.synchronise()
        _ = try one.accept(.path("/demo/a"))
        _ = try call(redis, Command("CONFIG", "SET", "maxmemory", "1"))
        _ = try one.accept(.path("/demo/b"))
        #expect(other.settles { other.newest("/demo/a") == 1 && other.newest("/demo/b") == 2 })
        for _ in 0..<10 { one.log.synchronise() }
        #expect(one.log.isConfirmed)
        guard one.events.count == 1, case .redisNotUpdated(.refused) = one.events.first else {
            Issue.record("\(one.events)")
            return
        }
        _ = try call(redis, Command("CONFIG", "SET", "maxmemory", "0"))
        #expect(one.settles { one.newest("/demo/b") > 2 })
        #expect(other.settles { other.newest("/demo/b") >= one.newest("/demo/b") })
        #expect(
            one.settles {
                other.log.synchronise()
                return store.names.allSatisfy { !$0.hasSuffix("offline") }
            })
    }

    @Test func `A key of another type and foreign members do no harm`() throws {
        let redis = try RedisServer()
        let one = Worker(redis: redis, store: MemoryStore())
        one.log.synchronise()
        _ = try one.accept(.path("/demo/a"))
        _ = try call(redis, Command("SET", .text(Self.key), "nonsense"))
        #expect(one.settles { one.events.contains(.redisFilled(rules: 1)) })
        _ = try one.accept(.path("/demo/b"))
        _ = try call(redis, Command("ZADD", .text(Self.key), "1e300", "huge", "5.5", "half", "7", "a\nb\tc"))
        #expect(one.settles { one.events.contains { if case .unreadableInRedis = $0 { true } else { false } } })
        _ = try one.accept(.path("/demo/c"))
        #expect(one.newest("/demo/c") == 8)
        let other = Worker(redis: redis, store: MemoryStore())
        #expect(other.settles { other.newest("/demo/c") == 8 && other.newest("/demo/a") == 1 })
        #expect(other.log.isConfirmed)
    }

    @Test func `With neither Redis nor store nothing is believed, and both come back`() throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        let one = Worker(redis: redis, store: store)
        one.log.synchronise()
        _ = try one.accept(.path("/demo/a"))
        redis.kill()
        store.fail(.everything)
        one.advance(.seconds(2))
        one.log.synchronise()
        #expect(!one.log.isConfirmed)
        #expect(one.newest("/demo/a") == 1)
        store.fail([])
        #expect(one.settles { one.log.isConfirmed })
        try redis.start()
        #expect(one.settles { one.events.contains(.redisBack) && one.log.isConfirmed })
    }
}
