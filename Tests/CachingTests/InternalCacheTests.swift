import Caching
import Deadlines
import Memory
import Metrics
import Processes
import Redis
import RedisFixture
import Storage
import Testing

@Suite struct InternalCacheTests {
    private var soon: Deadline { Deadline(in: .seconds(20)) }
    private let small: [UInt8] = [1, 2, 3]
    private let big = [UInt8](repeating: 7, count: 2 * CacheParts.maxValueBytes)

    private func isInRedis(_ key: EntryKey, _ server: RedisServer) throws -> Bool {
        try server.ask(Command("EXISTS", .text(key.redisName))).kind == .integer(1)
    }

    private func body(_ cache: InternalCache, _ key: EntryKey, _ tier: InternalCache.Tier) -> [UInt8]? {
        cache.find(key, in: tier, until: soon) { _ in true }?.body.copied
    }

    // MARK: Keeping

    @Test func whatIsSmallIsInRedisAtOnceAndInTheStoreLater() throws {
        let server = try RedisServer()
        let parts = try CacheParts(server.address)
        let key = Samples.key()
        parts.cache.keep(Samples.newVariant(small), under: key, until: soon)
        #expect(body(parts.cache, key, .redis) == small)
        #expect(eventually { parts.count(.entries(.store, .kept)) == 1 })
        #expect(try parts.isStored(key))
        #expect(body(parts.cache, key, .store) == small)
        // Once by `keep`, once because it was found in the store.
        #expect(parts.count(.entries(.redis, .kept)) == 2)
    }

    @Test func whatIsBigIsInTheStoreAtOnce() throws {
        let server = try RedisServer()
        // Nothing is written later here.
        let parts = try CacheParts(server.address, isStarted: false)
        let key = Samples.key()
        parts.cache.keep(Samples.newVariant(big), under: key, until: soon)
        #expect(try parts.isStored(key))
        #expect(try !isInRedis(key, server))
        #expect(body(parts.cache, key, .store) == big)
        #expect(parts.count(.entries(.store, .kept)) == 1)
        #expect(parts.count(.entries(.redis, .kept)) == 0)
        #expect(parts.count(.entries(.redis, .tooLarge)) >= 1)
    }

    @Test func nothingOlderHidesWhatOnlyTheStoreTakes() throws {
        let server = try RedisServer(["maxmemory-policy": "noeviction"])
        let parts = try CacheParts(server.address, isStarted: false)
        let (grown, refused) = (Samples.key(1), Samples.key(2))
        for key in [grown, refused] { parts.cache.keep(Samples.newVariant([9]), under: key, until: soon) }
        parts.cache.keep(Samples.newVariant(big), under: grown, until: soon)
        try server.ask(Command("CONFIG", "SET", "maxmemory", "1"))
        parts.cache.keep(Samples.newVariant(small), under: refused, until: soon)
        for (key, bytes) in [(grown, big), (refused, small)] {
            #expect(body(parts.cache, key, .redis) == nil)
            #expect(body(parts.cache, key, .store) == bytes)
        }
    }

    @Test func withoutRedisAllIsInTheStoreAtOnce() throws {
        let server = try RedisServer()
        server.kill()
        for address in [nil, server.address] {
            let parts = try CacheParts(address, isStarted: false)
            let key = Samples.key()
            parts.cache.keep(Samples.newVariant(small), under: key, until: soon)
            #expect(try parts.isStored(key))
            #expect(body(parts.cache, key, .store) == small)
            #expect(body(parts.cache, key, .redis) == nil)
        }
    }

    @Test func copiesOfOriginalsAreInTheStoreAlone() throws {
        let server = try RedisServer()
        let parts = try CacheParts(server.address)
        let key = Samples.key(1, .original)
        parts.cache.keepLater(Samples.newOriginal(small), under: key)
        #expect(eventually { parts.count(.entries(.store, .kept)) == 1 })
        #expect(body(parts.cache, key, .store) == small)
        #expect(try !isInRedis(key, server))
    }

    @Test func negativeAnswersAreNeverInTheStoreAndHideNothing() throws {
        let server = try RedisServer()
        let parts = try CacheParts(server.address)
        let (key, taken) = (Samples.key(1), Samples.key(2))
        parts.cache.keep(Samples.newFailure(), under: key, until: soon)
        parts.cache.keep(Samples.newVariant(small), under: taken, until: soon)
        parts.cache.keep(Samples.newFailure(), under: taken, until: soon)
        guard case .failure = parts.cache.find(key, in: .redis, until: soon, where: { _ in true })?.content else {
            Issue.record("the failure was not kept")
            return
        }
        #expect(body(parts.cache, taken, .redis) == small)
        parts.stop()
        let name = try #require(taken.storeName)
        #expect(try parts.store.names(of: .variant, until: soon) == [name])
        // Nor where there is nothing else.
        let lonely = try CacheParts(nil)
        lonely.cache.keep(Samples.newFailure(), under: key, until: soon)
        lonely.stop()
        #expect(try lonely.store.names(of: .variant, until: soon).isEmpty)
    }

    @Test func whatIsQueuedIsWrittenBeforeTheEnd() throws {
        let server = try RedisServer()
        let parts = try CacheParts(server.address, isStarted: false)
        for number in 0..<50 {
            parts.cache.keep(Samples.newVariant([UInt8(number)]), under: Samples.key(UInt8(number)), until: soon)
        }
        let threads = try parts.cache.start()
        parts.cache.stop(until: Deadline(in: .seconds(20)))
        for thread in threads { thread.join() }
        for number in 0..<50 { #expect(try parts.isStored(Samples.key(UInt8(number)))) }
        #expect(parts.count(.entries(.store, .kept)) == 50)
    }

    /// Whether it still waits, is just being written or is there already: after its removal it does not stay.
    @Test(arguments: [0, 20, 200]) func whatIsRemovedDoesNotComeBackFromTheQueue(entries: Int) throws {
        let parts = try CacheParts(nil)
        let keys = (0...entries).map { Samples.key(UInt8($0), .original) }
        let original = Entry(
            content: .original(Entry.SavedOriginal(body: big)), lifetime: Samples.lifetime(freshFor: 3600),
            region: "here")
        for key in keys { parts.cache.keepLater(original, under: key) }
        for key in keys { parts.cache.remove(key, until: soon) }
        parts.stop()
        for key in keys { #expect(try !parts.isStored(key)) }
    }

    @Test func whatIsNotWrittenAtTheDeadlineIsDropped() throws {
        let server = try RedisServer()
        let parts = try CacheParts(server.address, isStarted: false)
        parts.cache.keep(Samples.newVariant(small), under: Samples.key(), until: soon)
        let threads = try parts.cache.start()
        parts.cache.stop(until: .now)
        for thread in threads { thread.join() }
        // The thread may have been quicker.
        #expect(try parts.isStored(Samples.key()) == (parts.count(.entries(.store, .kept)) == 1))
        #expect(body(parts.cache, Samples.key(), .redis) == small)
    }

    @Test func theQueueIsBoundedByNumberAndByBytes() throws {
        let server = try RedisServer()
        let parts = try CacheParts(server.address, isStarted: false)
        for _ in 0..<1010 { parts.cache.keepLater(Samples.newOriginal(small), under: Samples.key(1, .original)) }
        #expect(parts.count(.entries(.store, .heldOff)) == 10)
        let heavy = try CacheParts(server.address, isStarted: false)
        let bytes = [UInt8](repeating: 0, count: 30_000_000)
        for _ in 0..<5 { heavy.cache.keepLater(Samples.newOriginal(bytes), under: Samples.key(1, .original)) }
        #expect(heavy.count(.entries(.store, .heldOff)) == 3)
        // Room again once it was written.
        let threads = try heavy.cache.start()
        #expect(eventually { heavy.count(.entries(.store, .kept)) == 2 })
        heavy.cache.keepLater(Samples.newOriginal(bytes), under: Samples.key(1, .original))
        #expect(eventually { heavy.count(.entries(.store, .kept)) == 3 })
        heavy.cache.stop(until: Deadline(in: .seconds(20)))
        for thread in threads { thread.join() }
    }

    // MARK: Finding

    @Test func whatTheStoreHasIsFoundSoonerTheNextTime() throws {
        let server = try RedisServer()
        let parts = try CacheParts(server.address)
        for (number, kind, isPromoted) in [(UInt8(1), EntryKey.Kind.variant, true), (2, .original, false)] {
            let key = Samples.key(number, kind)
            let entry = kind == .variant ? Samples.newVariant(small) : Samples.newOriginal(small)
            #expect(StoreTier(store: parts.store).keep(entry, under: key, until: soon) == .kept)
            #expect(body(parts.cache, key, .redis) == nil)
            #expect(body(parts.cache, key, .store) == small)
            #expect(try isInRedis(key, server) == isPromoted)
        }
        #expect(body(parts.cache, Samples.key(), .redis) == small)
    }

    @Test func whatIsRefusedIsDeletedWhereItWasFound() throws {
        let server = try RedisServer()
        for tier in [InternalCache.Tier.redis, .store] {
            let parts = try CacheParts(server.address)
            let key = Samples.key()
            parts.cache.keep(Samples.newVariant(small), under: key, until: soon)
            #expect(eventually { parts.count(.entries(.store, .kept)) == 1 })
            #expect(parts.cache.find(key, in: tier, until: soon) { $0.purgeEpoch > 0 } == nil)
            #expect(try isInRedis(key, server) == (tier == .store))
            #expect(try parts.isStored(key) == (tier == .redis))
            #expect(parts.count(.lookups(tier == .redis ? .redis : .store, .purged)) == 1)
            #expect(parts.count(.lookups(.redis, .hit)) + parts.count(.lookups(.store, .hit)) == 0)
        }
    }

    @Test func lookUpsAreCounted() throws {
        let server = try RedisServer()
        let parts = try CacheParts(server.address)
        let (fresh, old, foreign) = (Samples.key(1), Samples.key(2), Samples.key(3))
        parts.cache.keep(Samples.newVariant(small), under: fresh, until: soon)
        parts.cache.keep(Samples.newVariant(small, freshFor: 0), under: old, until: soon)
        #expect(eventually { parts.count(.entries(.store, .kept)) == 2 })
        try server.ask(Command("SET", .text(foreign.redisName), "hello"))
        let name = try #require(foreign.storeName)
        try parts.store.write([[UInt8]("hello".utf8)], as: name, until: soon)
        for key in [fresh, old, foreign, Samples.key(4)] {
            for tier in [InternalCache.Tier.redis, .store] { _ = body(parts.cache, key, tier) }
        }
        for tier in [Counter.CacheTier.redis, .store] {
            for result in [Counter.LookupResult.hit, .stale, .defective, .miss] {
                #expect(parts.count(.lookups(tier, result)) == 1, "\(tier) \(result)")
            }
        }
        server.kill()
        _ = body(parts.cache, fresh, .redis)
        #expect(parts.count(.lookups(.redis, .unavailable)) == 1)
    }

    @Test func aCacheWithoutTiersIsEmpty() throws {
        let metrics = Metrics()
        let cache = InternalCache(client: nil, redis: nil, store: nil, metrics: metrics)
        let threads = try cache.start()
        let key = Samples.key()
        cache.keep(Samples.newVariant(small), under: key, until: soon)
        cache.keepLater(Samples.newVariant(small), under: key)
        cache.wish(for: key, until: soon)
        cache.share(Samples.newVariant(small), under: key, until: soon)
        for tier in [InternalCache.Tier.redis, .store] { #expect(body(cache, key, tier) == nil) }
        cache.remove(key, until: soon)
        cache.stop(until: Deadline(in: .seconds(20)))
        for thread in threads { thread.join() }
    }

    // MARK: Sharing

    @Test func onlyWhatWasWishedForIsShared() throws {
        let server = try RedisServer()
        let parts = try CacheParts(server.address)
        let key = Samples.key(1, .original)
        parts.cache.share(Samples.newOriginal(small), under: key, until: soon)
        #expect(try !isInRedis(key, server))
        #expect(try !parts.isStored(key))
        parts.cache.wish(for: key, until: soon)
        parts.cache.share(Samples.newOriginal(small), under: key, until: soon)
        #expect(body(parts.cache, key, .redis) == small)
        #expect(try !parts.isStored(key))
        // The wish of one is no wish of another, and none stands for long.
        parts.cache.share(Samples.newOriginal(small), under: Samples.key(2, .original), until: soon)
        #expect(try !isInRedis(Samples.key(2, .original), server))
        guard case .integer(1...10) = try server.ask(Command("TTL", .text(key.wishName))).kind else {
            Issue.record("a wish without an end")
            return
        }
    }

    @Test(arguments: [(isBig: false, tier: InternalCache.Tier.redis), (isBig: true, tier: .store)])
    func whatIsSharedIsSoonGoneAndStillGoodForAsLongAsItSays(isBig: Bool, tier: InternalCache.Tier) throws {
        let server = try RedisServer()
        let parts = try CacheParts(server.address, isStarted: false)
        let key = Samples.key(1, .original)
        let entry = Samples.newOriginal(isBig ? big : small)
        parts.cache.wish(for: key, until: soon)
        parts.cache.share(entry, under: key, until: soon)
        let found = try #require(parts.cache.find(key, in: tier, until: soon) { _ in true })
        #expect(found.lifetime.freshUntil == entry.lifetime.freshUntil)
        #expect(found.lifetime.madeAt == entry.lifetime.madeAt)
        #expect(found.lifetime.expiresAt - WallClock.unixSeconds <= 10)
    }
}
