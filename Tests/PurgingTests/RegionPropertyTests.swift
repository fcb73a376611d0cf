import Deadlines
import Purging
import RedisFixture
import Testing

/// Three regions with caches, whatever happens to their Redis, workers and links.
@Suite struct RegionPropertyTests {
    enum Places: CaseIterable { case redisAndStore, redis, store }

    /// Originals have versions. A cached thing has the version that it was made of, and the epoch of its worker.
    private final class World {
        var world: PurgingWorld
        var versions: [String: Int] = [:]
        var made: [String: [(path: String, version: Int, epoch: UInt64)]] = [:]
        /// Purges that nobody took so far.
        var owed: [String] = []
        var dead: Set<String> = []
        var random: MergingTests.Seeded

        init(_ places: Places, seed: Int) throws {
            random = MergingTests.Seeded(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
            world = PurgingWorld(
                regions: try ["eu", "in", "us"].map { name in
                    PurgingRegion(
                        name, redis: places == .store ? nil : try RedisServer(),
                        store: places == .redis ? nil : MemoryStore(), workers: 2
                    ) { ($0.mostRules, $0.mergedRules) = (24, 12) }
                })
        }

        func randomPath() -> String {
            "/demo/\(Int.random(in: 0..<4, using: &random))/\(Int.random(in: 0..<10, using: &random))"
        }

        func purge(_ path: String, by worker: Worker) {
            do throws(PurgeError) {
                _ = try worker.accept(.path(path), within: .milliseconds(200))
            } catch {
                owed.append(path)
            }
        }

        /// Makes something of the newest cached thing that the worker believes; or asks another region; or the origin.
        func version(_ path: String, in region: PurgingRegion, by worker: Worker, mayAsk: Bool) -> Int {
            let moment = worker.log.current
            let cached = made[region.name]?.last { $0.path == path }
            if let cached, worker.log.isConfirmed, worker.newest(path) <= cached.epoch { return cached.version }
            var (version, epoch) = (versions[path] ?? 0, moment.epoch)
            if mayAsk,
                let home = world.regions.filter({ world.areConnected($0, region) })
                    .randomElement(using: &random),
                let asked = home.workers.randomElement(using: &random), asked.vector.covers(moment.vector)
            {
                version = self.version(path, in: home, by: asked, mayAsk: false)
                epoch = moment.vouched
            }
            made[region.name, default: []].append((path, version, epoch))
            return version
        }

        func step() throws {
            guard let region = world.regions.randomElement(using: &random),
                let worker = region.workers.randomElement(using: &random)
            else { return }
            switch Int.random(in: 0..<40, using: &random) {
            case 0..<8:
                let path = randomPath()
                versions[path, default: 0] += 1
                purge(path, by: worker)
            case 8..<16: worker.log.synchronise()
            case 16..<24:
                guard let other = world.regions.randomElement(using: &random),
                    let otherWorker = other.workers.randomElement(using: &random)
                else { return }
                world.exchange(region, worker, other, otherWorker)
            case 24:
                let pair = world.regions.map(\.name).shuffled(using: &random).prefix(2)
                world.cuts = Bool.random(using: &random) ? [] : [Set(pair)]
            case 25:
                guard let redis = region.redis else { return }
                if dead.remove(region.name) != nil {
                    try redis.start()
                } else {
                    redis.kill()
                    dead.insert(region.name)
                }
            case 26:
                // Without a store the log lives in Redis and in workers: never all of them at once.
                guard region.store != nil || !dead.contains(region.name) else { return }
                region.synchronise()
                guard region.workers.allSatisfy(\.log.isConfirmed) else { return }
                region.restart(Int.random(in: 0..<region.workers.count, using: &random))
            default: _ = version(randomPath(), in: region, by: worker, mayAsk: true)
            }
        }

        func heal() throws {
            for region in world.regions where dead.contains(region.name) { try region.redis?.start() }
            (dead, world.cuts) = ([], [])
            #expect(
                eventually {
                    world.round()
                    return world.workers.allSatisfy(\.log.isConfirmed)
                })
            for path in owed { _ = try world.regions[0].one.accept(.path(path)) }
        }

        /// Whether no worker believes anything that is older than the last purge of it.
        var isTrue: Bool {
            world.regions.allSatisfy { region in
                (made[region.name] ?? []).allSatisfy { thing in
                    thing.version == versions[thing.path] ?? 0
                        || region.workers.allSatisfy { $0.newest(thing.path) > thing.epoch }
                }
            }
        }

        var state: [[UInt64]] { world.workers.map { [$0.log.current.number, UInt64($0.log.ruleCount)] } }
    }

    @Test(arguments: Places.allCases, 1...4)
    func `Whatever was lost and cut, nothing old outlives a purge anywhere`(_ places: Places, _ seed: Int) throws {
        let run = try World(places, seed: seed)
        for _ in 1...300 { try run.step() }
        try run.heal()
        let isHealed = eventually {
            run.world.round()
            return run.isTrue && run.world.isAgreed
        }
        #expect(run.isTrue)
        #expect(isHealed, "\(run.world.workers.map(\.vector))")
        // Nothing goes to and fro.
        #expect(
            eventually {
                let before = run.state
                for _ in 0..<4 { run.world.round() }
                return run.state == before
            })
        for worker in run.world.workers {
            #expect(run.world.workers.allSatisfy { worker.log.offers(to: $0.vector, mostBytes: 1 << 20).isEmpty })
            worker.advance(.seconds(14))
            #expect(worker.log.settled == worker.vector)
            #expect(worker.log.current.vouched == worker.log.current.epoch)
        }
    }
}
