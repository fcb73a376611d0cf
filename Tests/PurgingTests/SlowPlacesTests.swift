import Deadlines
import Memory
import Purging
import Redis
import RedisFixture
import Storage
import Testing

/// Redis and stores that are slow, hang, or do not tell the whole truth.
@Suite struct SlowPlacesTests {
    private static let key = "apus:v1:purges"

    private func call(_ redis: RedisServer, _ command: Command) throws {
        let deadline = Deadline(in: .seconds(5))
        let connection = try Connection(to: Endpoint(redis.address), replyBytes: 1 << 20, until: deadline)
        _ = try connection.call(command, until: deadline)
    }

    @Test func `A Redis from an old copy is not believed before the store was read`() throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        let one = Worker(redis: redis, store: store)
        one.log.synchronise()
        for name in ["a", "b"] { _ = try one.accept(.path("/demo/\(name)")) }
        try call(redis, Command("ZREMRANGEBYSCORE", .text(Self.key), "2", "2"))
        store.fail(.everything)
        let late = Worker(redis: redis, store: store)
        late.log.synchronise()
        #expect(!late.log.isConfirmed)
        store.fail([])
        #expect(late.settles { late.log.isConfirmed })
        #expect(late.newest("/demo/b") >= 2)
    }

    @Test func `A store that stays away is given up in the end, and Redis believed`() throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        store.fail(.everything)
        let one = Worker(redis: redis)
        one.log.synchronise()
        _ = try one.accept(.path("/demo/a"))
        let late = Worker(redis: redis, store: store)
        late.log.synchronise()
        late.advance(.seconds(9))
        late.log.synchronise()
        #expect(!late.log.isConfirmed)
        late.advance(.seconds(1))
        late.log.synchronise()
        #expect(late.log.isConfirmed)
        #expect(late.newest("/demo/a") == 1)
        #expect(late.events == [.storeAway(.unreachable), .storeGivenUp])
        store.fail([])
        #expect(late.settles { store.names.count == 1 })
        #expect(late.events.contains(.storeBack))
    }

    /// Answers no listing as long as it is told to hang, whatever the deadline.
    private final class HangingStore: Store {
        private let isHanging = Monitor(true)
        private let count = Monitor(0)

        func goOn() { isHanging.update { $0 = false } }
        /// How many listings were begun; the next is when the last one's answer was taken.
        var listings: Int { count.withLock { $0 } }

        func names(of kind: StoreName.Kind, until deadline: Deadline) throws(StoreError) -> [StoreName] {
            count.withLock { $0 += 1 }
            _ = isHanging.wait(until: Deadline(in: .seconds(60))) { $0 ? nil : true }
            return []
        }
        func read(_ name: StoreName, until deadline: Deadline) throws(StoreError) -> SharedMemory? { nil }
        func write(_ parts: [any Blob], as name: StoreName, until deadline: Deadline) throws(StoreError) {}
        func remove(_ name: StoreName, until deadline: Deadline) throws(StoreError) {}
    }

    @Test func `Purges end by their deadlines while the store hangs`() throws {
        let store = HangingStore()
        let one = Worker(store: store)
        try one.log.start()
        defer {
            store.goOn()
            one.log.stop()
        }
        try JoinableThread.run(16) { thread in
            #expect(throws: PurgeError.notReady) {
                try one.accept(.path("/demo/\(thread)"), within: .milliseconds(100))
            }
        }
        store.goOn()
        #expect(eventually { one.log.isConfirmed })
        _ = try one.accept(.path("/demo/a"))
        #expect(one.newest("/demo/a") == 1)
    }

    @Test func `Redis is believed beside a store that hangs, once its time is up`() throws {
        let redis = try RedisServer()
        let store = HangingStore()
        defer { store.goOn() }
        Worker(redis: redis).log.synchronise()
        let one = Worker(redis: redis, store: store)
        one.log.synchronise()
        #expect(!one.log.isConfirmed)
        one.advance(.seconds(10))
        one.log.synchronise()
        #expect(one.log.isConfirmed)
        #expect(one.events == [.storeGivenUp])
        _ = try one.accept(.path("/demo/a"))
        #expect(one.newest("/demo/a") == 1)
        store.goOn()
        #expect(one.settles { store.listings == 2 })
    }

    @Test func `A purge to a Redis that has forgotten waits for the thread to fill it`() throws {
        let redis = try RedisServer()
        let one = Worker(redis: redis) { $0.redisInterval = .seconds(100) }
        try one.log.start()
        defer { one.log.stop() }
        #expect(eventually { one.log.isConfirmed })
        _ = try one.accept(.path("/demo/a"))
        try call(redis, Command("FLUSHALL"))
        _ = try one.accept(.path("/demo/b"))
        #expect(one.newest("/demo/b") == 2)
        let late = Worker(redis: redis)
        late.log.synchronise()
        #expect(late.newest("/demo/a") == 1)
    }

    @Test func `A store that lists slowly is read all the same`() throws {
        let store = MemoryStore()
        let one = Worker(store: store)
        one.log.synchronise()
        for number in 0..<300 { _ = try one.accept(.path("/demo/\(number)")) }
        store.takeForListing(.seconds(15))
        let late = Worker(store: store)
        late.log.synchronise()
        #expect(late.log.isConfirmed)
        #expect((0..<300).allSatisfy { late.newest("/demo/\($0)") == UInt64($0 + 1) })
    }

    @Test func `A purge's time counts from when it is in the store`() throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        let one = Worker(redis: redis, store: store)
        one.log.synchronise()
        store.whenWriting {
            one.log.synchronise()
            one.advance(.seconds(13))
        }
        let id = try one.accept(.path("/demo/a"))
        store.whenWriting {}
        one.advance(.seconds(13))
        #expect(one.log.state(of: id, account: "demo") == .pending)
        one.advance(.seconds(1))
        #expect(one.log.state(of: id, account: "demo") == .completed)
    }

    @Test func `Damaged and foreign files stay where more files than rules are tidied away`() throws {
        let store = MemoryStore()
        let one = Worker(store: store)
        one.log.synchronise()
        for number in 0..<10 { _ = try one.accept(.path("/demo/\(number)")) }
        let damaged = store.files.keys.sorted().prefix(5)
        for name in damaged { store.files[name] = [1, 2, 3] }
        let late = Worker(store: store) { ($0.mostRules, $0.mergedRules) = (3, 2) }
        for _ in 0..<5 { late.log.synchronise() }
        #expect(store.files.count == 5 + late.log.ruleCount)
        #expect(damaged.allSatisfy { store.files[$0] == [1, 2, 3] })
    }

    @Test func `A log of the longest rules, and a huge foreign member, fit a client that takes 64 KiB`() throws {
        let redis = try RedisServer()
        let one = Worker(redis: redis, replyBytes: 64 << 10)
        one.log.synchronise()
        let long = String(repeating: "\\", count: 4090)
        for number in 10..<30 { _ = try one.accept(.tag("\(number)" + long)) }
        try call(redis, Command("ZADD", .text(Self.key), "15.5", .text(String(repeating: "x", count: 200_000))))
        let late = Worker(redis: redis, replyBytes: 64 << 10)
        #expect(late.settles { late.log.isConfirmed && late.log.current.epoch == 20 })
        #expect(late.log.ruleCount == 20)
        #expect(!late.events.isEmpty && late.events.allSatisfy { $0 == .unreadableInRedis(count: 1) })
    }
}
