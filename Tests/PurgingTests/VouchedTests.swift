import Deadlines
import Purging
import Redis
import RedisFixture
import Testing

/// What is stamped on answers of other regions that know as much as this one's vector says.
@Suite struct VouchedTests {
    /// Whether an answer that came just now, made before the purge, would be believed.
    private func believes(_ worker: Worker, _ path: String) -> Bool {
        let rules = worker.log.current
        return !rules.void(PurgeSubject(account: "demo", path: path), madeUnder: rules.vouched)
    }

    @Test func `Where nothing is open every rule is vouched for`() throws {
        let (us, eu) = (
            PurgingRegion("us"), PurgingRegion("eu", redis: try RedisServer(), store: MemoryStore(), workers: 2)
        )
        let world = PurgingWorld(regions: [us, eu])
        for number in 1...3 {
            _ = try us.one.accept(.path("/demo/us/\(number)"))
            _ = try eu.one.accept(.path("/demo/eu/\(number)"))
        }
        #expect(world.agrees())
        for worker in world.workers {
            #expect(worker.log.current.vouched == 6 && worker.log.current.epoch == 6)
            #expect(believes(worker, "/demo/us/3") && believes(worker, "/demo/eu/3"))
        }
    }

    @Test func `What is entered while Redis is away is not vouched for before others can hear of it`() throws {
        let us = PurgingRegion("us", redis: try RedisServer(), store: MemoryStore(), workers: 2)
        let eu = PurgingRegion("eu")
        let world = PurgingWorld(regions: [us, eu])
        _ = try us.one.accept(.path("/demo/before"))
        #expect(world.agrees())
        us.redis?.kill()
        us.synchronise()
        _ = try us.one.accept(.path("/demo/a"))
        for worker in us.workers {
            #expect(worker.settles { worker.newest("/demo/a") > 0 })
            #expect(worker.log.current.epoch >= worker.newest("/demo/a") && eu.one.vector.covers(worker.vector))
            #expect(!believes(worker, "/demo/a") && believes(worker, "/demo/before") && believes(worker, "/demo/b"))
        }
        try us.redis?.start()
        #expect(
            eventually {
                world.round(); return world.isAgreed && world.workers.allSatisfy { believes($0, "/demo/a") }
            })
        #expect(eu.one.newest("/demo/a") > 0)
    }

    @Test func `What was found in the store once is not vouched for before the next look`() throws {
        let (us, eu) = (PurgingRegion("us", workers: 2), PurgingRegion("eu"))
        _ = try eu.one.accept(.path("/demo/a"))
        eu.synchronise()
        us.workers[0].exchange("us", with: eu.one, in: "eu")
        #expect(us.workers[1].settles { us.workers[1].newest("/demo/a") > 0 })
        let rules = us.workers[1].log.current
        #expect(rules.epoch == 1 && rules.newest(matching: PurgeSubject(account: "demo", path: "/demo/a")) == 1)
        // So a home that knows nothing of it may be asked.
        #expect(rules.vector == PurgeVector() && rules.vouched == 0)
        #expect(us.workers[1].settles { us.workers[1].vector == PurgeVector(["eu": 1]) })
        #expect(us.workers[1].log.current.vouched == 1)
    }

    @Test func `After a restart merged rules are vouched for no sooner than the newest of their log`() throws {
        let (us, eu) = (PurgingRegion("us"), PurgingRegion("eu") { ($0.mostRules, $0.mergedRules) = (10, 5) })
        for number in 1...11 { _ = try us.one.accept(.path("/demo/\(number)")) }
        #expect(PurgingWorld(regions: [us, eu]).agrees())
        #expect(eu.one.settles { eu.store?.names.count == 4 })
        let late = Worker(store: eu.store) { $0.region = "eu" }
        #expect(late.settles { late.log.current.epoch > 0 })
        #expect(late.newest("/demo/1") == 8 && late.log.current.epoch == 11 && late.vector == PurgeVector())
        #expect(late.log.current.vouched == 7)
        #expect(late.settles { late.vector == PurgeVector(["us": 11]) })
        #expect(late.log.current.vouched == 11)
    }

    @Test func `What has a number that others know for another purge is not vouched for`() throws {
        let us = PurgingRegion("us")
        // More than get new numbers in one synchronisation.
        let paths = (1...600).map { "/demo/\($0)" }
        for path in paths { _ = try us.one.accept(.path(path)) }
        us.synchronise()
        #expect(us.one.log.current.vouched == 600)
        // Others know a thousand purges of this region's, and none of these.
        us.one.log.noteOwnNumber(1000)
        #expect(
            us.one.settles {
                // Without an account nothing has to be purged for it, which would take its time.
                try? us.one.log.adopt([], accounts: [], deadline: Deadline(in: .seconds(1)))
                return us.one.vector["us"] > 600
            })
        let old = paths.filter { us.one.newest($0) <= 600 }
        #expect(us.one.vector["us"] == 1000 && old.count == 100)
        #expect(!old.contains { believes(us.one, $0) })
        #expect(us.one.settles { us.one.vector["us"] > 1000 && paths.allSatisfy { believes(us.one, $0) } })
    }
}
