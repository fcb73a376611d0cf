import Deadlines
import Purging
import Redis
import RedisFixture
import Testing

@Suite struct EpochTests {
    @Test func `What is made before another worker's purge is read is void when it comes`() throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        let (one, other) = (Worker(redis: redis, store: store), Worker(redis: redis, store: store))
        one.log.synchronise()
        other.log.synchronise()
        _ = try other.accept(.path("/demo/a"))
        _ = try one.accept(.path("/demo/b"))
        let rules = one.log.current
        #expect(rules.number == 2)
        #expect(rules.epoch == 0)
        one.log.synchronise()
        #expect(one.newest("/demo/a") > rules.epoch)
        #expect(one.log.current.epoch == 2)
    }

    @Test func `What is made after a worker's own purge need not wait for the next look`() throws {
        let store = MemoryStore()
        let redis = try RedisServer()
        for one in [Worker(redis: redis), Worker(store: store)] {
            one.log.synchronise()
            for number: UInt64 in 1...3 {
                _ = try one.accept(.path("/demo/a"))
                #expect(one.log.current.epoch == number)
            }
        }
    }

    @Test func `Before anything was read entries are stamped with 0`() throws {
        let redis = try RedisServer()
        let one = Worker(redis: redis)
        one.log.synchronise()
        _ = try one.accept(.path("/demo/a"))
        let late = Worker(redis: redis)
        #expect(late.log.current.epoch == 0)
        late.log.synchronise()
        #expect(late.log.current.epoch == 1)
    }

    enum Places: CaseIterable { case redis, store, redisAndStore, redisThatForgets }

    /// Origins, caches and workers in small. A cached thing has the version of the original that it was made of, and the
    /// epoch of the worker that made it.
    private final class Region {
        let redis: RedisServer
        let workers: [Worker]
        var versions = [0, 0, 0]
        var made: [(path: Int, version: Int, epoch: UInt64)] = []
        var random: MergingTests.Seeded

        init(_ places: Places, seed: Int) throws {
            let redis = try RedisServer()
            let store = places == .redis ? nil : MemoryStore()
            self.redis = redis
            workers = (0..<3).map { _ in Worker(redis: places == .store ? nil : redis, store: store) }
            random = MergingTests.Seeded(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
            for worker in workers { worker.log.synchronise() }
        }

        /// Makes something of the newest cached thing that the worker believes, or else of the original.
        func make(_ path: Int, by worker: Worker) {
            let epoch = worker.log.current.epoch
            let cached = made.last { $0.path == path }
            let isUsable = worker.log.isConfirmed && cached.map { worker.newest("/demo/\(path)") <= $0.epoch } ?? false
            made.append((path, isUsable ? cached?.version ?? 0 : versions[path], epoch))
        }

        func step() throws {
            guard let worker = workers.randomElement(using: &random) else { return }
            let path = Int.random(in: 0..<versions.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                versions[path] += 1
                _ = try worker.accept(.path("/demo/\(path)"))
            case 1: worker.log.synchronise()
            default: make(path, by: worker)
            }
        }

        /// Whether no worker believes anything that is older than the last purge of it.
        var isTrue: Bool {
            made.allSatisfy { thing in
                thing.version == versions[thing.path]
                    || workers.allSatisfy { $0.newest("/demo/\(thing.path)") > thing.epoch }
            }
        }
    }

    @Test(arguments: Places.allCases, 1...8)
    func `Nothing old outlives a purge, whoever reads the log when`(_ places: Places, _ seed: Int) throws {
        let region = try Region(places, seed: seed)
        for step in 1...120 {
            if places == .redisThatForgets, step % 40 == 0 {
                region.redis.kill()
                for _ in 0..<10 { try region.step() }
                try region.redis.start()
            }
            try region.step()
        }
        #expect(
            eventually {
                for worker in region.workers { worker.log.synchronise() }
                return region.isTrue
            })
    }
}
