import Deadlines
import Purging
import Redis
import RedisFixture
import Storage
import Testing

/// What `PurgeSettings` waits for before a purge is completed: 2 s, the edge cache's 10 s and 2 s.
private let completion = Duration.seconds(14)

@Suite struct LogTests {
    @Test func `A purge accepted by one worker is obeyed by the other`() throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        let (one, other) = (Worker(redis: redis, store: store), Worker(redis: redis, store: store))
        one.log.synchronise()
        other.log.synchronise()
        let id = try one.accept(.path("/demo/a.jpg"))
        #expect(one.newest("/demo/a.jpg") == 1)
        #expect(other.newest("/demo/a.jpg") == 0)
        other.log.synchronise()
        #expect(other.newest("/demo/a.jpg") == 1)
        #expect(other.newest("/demo/b.jpg") == 0)
        #expect(store.names == ["00000000000000000001-" + id])
        #expect(one.log.isConfirmed && other.log.isConfirmed)
        #expect(store.writes == 1)
    }

    @Test func `The threads of two workers keep them in step`() throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        let (one, other) = (Worker(redis: redis, store: store), Worker(redis: redis, store: store))
        try one.log.start()
        try other.log.start()
        defer {
            one.log.stop()
            other.log.stop()
        }
        #expect(eventually { one.log.isConfirmed && other.log.isConfirmed })
        for number in 1...20 { _ = try (number % 2 == 0 ? one : other).accept(.path("/demo/\(number)")) }
        #expect(eventually { one.newest("/demo/19") == 19 && other.newest("/demo/20") == 20 })
        #expect(one.events.isEmpty && other.events.isEmpty)
    }

    @Test func `A purge is pending until nginx too has forgotten`() throws {
        let redis = try RedisServer()
        let (one, other) = (Worker(redis: redis), Worker(redis: redis))
        one.log.synchronise()
        other.log.synchronise()
        let id = try one.accept(.prefix("/demo/"))
        #expect(other.log.state(of: id, account: "demo") == nil)
        other.log.synchronise()
        for worker in [one, other] {
            #expect(worker.log.state(of: id, account: "demo") == .pending)
            #expect(worker.log.state(of: id, account: "shop") == nil)
            worker.advance(completion - .seconds(1))
            #expect(worker.log.state(of: id, account: "demo") == .pending)
            worker.advance(.seconds(1))
            #expect(worker.log.state(of: id, account: "demo") == .completed)
        }
        #expect(one.log.state(of: "00000000-0000-4000-8000-000000000000", account: "demo") == nil)
        #expect(one.log.state(of: "../x", account: "demo") == nil)
    }

    @Test func `A clock that jumps by a day neither completes nor drops a purge`() throws {
        let store = MemoryStore()
        let one = Worker(store: store)
        one.log.synchronise()
        let id = try one.accept(.path("/demo/a.jpg"))
        _ = try one.accept(.path("/demo/b.jpg"))
        for days in [1, -2, 1, Int64(Worker.maxAge.components.seconds / 86_400)] {
            one.jump(days: days)
            one.log.synchronise()
            #expect(one.log.state(of: id, account: "demo") == .pending)
            let late = Worker(store: store)
            late.jump(days: days)
            late.log.synchronise()
            #expect(late.newest("/demo/a.jpg") == 1)
        }
    }

    @Test func `Rules older than any entry are dropped, but never the newest`() throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        let one = Worker(redis: redis, store: store)
        one.log.synchronise()
        for name in ["a", "b", "c"] { _ = try one.accept(.path("/demo/\(name)")) }
        let late = Worker(redis: redis, store: store)
        late.jump(days: 103)
        #expect(late.settles { store.names.count == 1 })
        #expect(late.events.contains(.dropped(rules: 2)))
        #expect(late.newest("/demo/a") == 0)
        #expect(late.newest("/demo/c") == 3)
        let fresh = Worker(redis: redis)
        #expect(fresh.settles { fresh.log.current.number == 3 })
        _ = try fresh.accept(.path("/demo/d"))
        #expect(fresh.newest("/demo/d") == 4)
        #expect(fresh.newest("/demo/a") == 0)
    }

    static let odd = [
        "/demo/a\tb", "/demo/a\nb", "/demo/a\r\nb", "/demo/a\\tb", "/demo/été 漢字",
        "/demo/a?b", "\u{301}", "\u{0}",
        String(repeating: "é\\", count: 1000),
    ]

    @Test(arguments: odd)
    func `Any text survives store and Redis`(_ text: String) throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        let one = Worker(redis: redis, store: store)
        one.log.synchronise()
        let targets: [PurgeTarget] = [
            .tag(text), .prefix(text), .exact(path: "/x", query: text), .variant(.prefix("/y"), plans: [text, "w-1"]),
        ]
        for target in targets { _ = try one.accept(target) }
        for reader in [Worker(redis: redis), Worker(store: store)] {
            reader.log.synchronise()
            let rules = reader.log.current
            func newest(_ path: String, query: String = "", plan: String? = nil, tags: [String] = []) -> UInt64 {
                rules.newest(
                    matching: PurgeSubject(account: "demo", path: path, query: query, plan: { plan }, tags: tags))
            }
            #expect(newest("/", tags: [text]) == 1)
            #expect(newest(text + "more") == 2)
            #expect(newest("/x", query: text) == 3)
            #expect(newest("/yes", plan: text) == 4)
            #expect(reader.events.isEmpty)
        }
    }

    static let refused: [PurgeTarget] = [
        .path(""), .tag(""), .origin(""), .variant(.path("/a"), plans: []),
        .variant(.path("/a"), plans: Set((0..<9).map { "w-\($0)" })),
        .path(String(repeating: "x", count: 4097)),
        .exact(path: String(repeating: "x", count: 4000), query: String(repeating: "x", count: 97)),
    ]

    @Test(arguments: refused)
    func `What is no purge is refused and leaves nothing`(_ target: PurgeTarget) throws {
        let store = MemoryStore()
        let one = Worker(store: store)
        one.log.synchronise()
        #expect(throws: PurgeError.invalid) { try one.accept(target) }
        #expect(throws: PurgeError.invalid) { try one.accept(.tag("x"), account: "") }
        #expect(store.names.isEmpty)
    }

    @Test func `Without any place a purge is refused, and there is nothing to doubt`() {
        let one = Worker()
        #expect(one.log.isConfirmed)
        #expect(throws: PurgeError.noPlace) { try one.accept(.tag("x")) }
    }
}
