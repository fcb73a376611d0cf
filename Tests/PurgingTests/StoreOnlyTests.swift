import Deadlines
import Purging
import RedisFixture
import Storage
import Testing

@Suite struct StoreOnlyTests {
    @Test func `Two workers share a store`() throws {
        let store = MemoryStore()
        let (one, other) = (Worker(store: store), Worker(store: store))
        one.log.synchronise()
        other.log.synchronise()
        let id = try one.accept(.path("/demo/a"))
        other.log.synchronise()
        #expect(other.newest("/demo/a") == 1)
        _ = try other.accept(.path("/demo/b"))
        #expect(other.newest("/demo/b") == 2)
        one.log.synchronise()
        #expect(one.newest("/demo/b") == 2)
        one.advance(.seconds(14))
        #expect(one.log.state(of: id, account: "demo") == .completed)
        #expect(one.events.isEmpty && other.events.isEmpty)
    }

    @Test func `Two workers that take the same number give way, so that no entry outlives a purge`() throws {
        let store = MemoryStore()
        let (one, other) = (Worker(store: store), Worker(store: store))
        one.log.synchronise()
        other.log.synchronise()
        _ = try one.accept(.path("/demo/a"))
        _ = try other.accept(.path("/demo/b"))
        // An entry made by either now knows number 1 and only one of the two purges.
        #expect(one.log.current.number == 1 && other.log.current.number == 1)
        #expect(
            one.settles {
                other.log.synchronise()
                return one.newest("/demo/b") > 1 && other.newest("/demo/a") > 1
            })
        #expect(
            one.settles {
                other.log.synchronise()
                return one.log.current.number == other.log.current.number
            })
        #expect(store.names.count == 2)
    }

    @Test func `A purge that comes late is not taken for one that an older purge covers`() throws {
        let store = MemoryStore()
        let (one, other) = (Worker(store: store), Worker(store: store))
        one.log.synchronise()
        other.log.synchronise()
        for _ in 0..<3 { _ = try one.accept(.prefix("/demo/")) }
        // An entry of `one` made now, under 3, is older than this purge, which `other` numbers 1.
        let id = try other.accept(.path("/demo/a"))
        #expect(one.settles { one.newest("/demo/a") > 3 })
        #expect(one.log.state(of: id, account: "demo") == .pending)
        #expect(
            other.settles {
                one.log.synchronise()
                return other.newest("/demo/a") == one.newest("/demo/a") && store.names.count == 4
            })
    }

    @Test func `Purges from many threads of two workers all hold`() throws {
        let store = MemoryStore()
        let workers = [Worker(store: store), Worker(store: store)]
        for worker in workers { try worker.log.start() }
        defer { for worker in workers { worker.log.stop() } }
        #expect(eventually { workers.allSatisfy { $0.log.isConfirmed } })
        try JoinableThread.run(8) { thread in
            for step in 0..<25 {
                do {
                    _ = try workers[thread % 2].accept(.path("/demo/\(thread)/\(step)"))
                } catch {
                    Issue.record("\(error)")
                }
            }
        }
        let paths = (0..<8).flatMap { thread in (0..<25).map { "/demo/\(thread)/\($0)" } }
        #expect(eventually { workers.allSatisfy { worker in paths.allSatisfy { worker.newest($0) > 0 } } })
        #expect(eventually { store.names.count == 200 })
        #expect(eventually { workers[0].log.current.number == workers[1].log.current.number })
    }

    @Test func `A damaged or foreign file is reported once and left alone`() throws {
        let store = MemoryStore()
        let one = Worker(store: store)
        one.log.synchronise()
        for name in ["a", "b", "c", "d"] { _ = try one.accept(.path("/demo/\(name)")) }
        let names = store.files.keys.sorted()
        store.files[names[0]]?[60] ^= 1
        store.files[names[1]] = []
        store.files[names[2]] = Array((store.files[names[2]] ?? []).dropLast(5))
        let foreign = try #require(StoreName(.purge, "notes"))
        store.files[foreign] = Array("hello".utf8)
        let late = Worker(store: store)
        late.log.synchronise()
        late.log.synchronise()
        let expected = (names[0...2].map(\.text) + ["notes"]).map { PurgeEvent.unreadableInStore(name: $0) }
        #expect(late.events == expected)
        #expect(late.log.isConfirmed)
        #expect(late.newest("/demo/d") == 4)
        #expect(late.newest("/demo/a") == 0)
        _ = try late.accept(.path("/demo/e"))
        #expect(late.newest("/demo/e") == 5)
        #expect(store.files.count == 6)
    }

    @Test func `A rule moved under another number or id is no rule`() throws {
        let store = MemoryStore()
        let one = Worker(store: store)
        one.log.synchronise()
        let id = try one.accept(.path("/demo/a"))
        let moved = try #require(StoreName(.purge, "00000000000000000009-" + id))
        store.files = [moved: store.files.first?.value ?? []]
        let late = Worker(store: store)
        late.log.synchronise()
        #expect(late.newest("/demo/a") == 0)
        #expect(late.events == [.unreadableInStore(name: moved.text)])
    }

    @Test func `Without its store a worker believes nothing and accepts nothing`() throws {
        let store = MemoryStore()
        let one = Worker(store: store)
        store.fail(.everything)
        one.log.synchronise()
        #expect(!one.log.isConfirmed)
        #expect(throws: PurgeError.notReady) { try one.accept(.tag("x")) }
        store.fail([])
        #expect(one.settles { one.log.isConfirmed })
        store.fail(.everything)
        #expect(one.settles { one.events.count == 3 })
        one.advance(.seconds(2))
        #expect(!one.log.isConfirmed)
        #expect(one.events == [.storeAway(.unreachable), .storeBack, .storeAway(.unreachable)])
    }

    @Test func `A store that loses its files gets them back`() throws {
        let store = MemoryStore()
        let one = Worker(store: store)
        one.log.synchronise()
        for name in ["a", "b", "c"] { _ = try one.accept(.path("/demo/\(name)")) }
        one.log.synchronise()
        let before = store.files
        store.files = [:]
        #expect(one.settles { store.files == before })
        #expect(one.events == [.storeFilled(rules: 3)])
    }
}
