import Deadlines
import Purging
import Redis
import RedisFixture
import Testing

/// What regions tell one another of their purges.
@Suite struct RegionTests {
    private func pair(
        _ adjust: @escaping (inout PurgeSettings) -> Void = { _ in }
    ) -> (us: PurgingRegion, eu: PurgingRegion, world: PurgingWorld) {
        let (us, eu) = (PurgingRegion("us", adjust), PurgingRegion("eu", adjust))
        return (us, eu, PurgingWorld(regions: [us, eu]))
    }

    @Test func `A purge of one region holds in the other, and both know where it comes from`() throws {
        let (us, eu, world) = pair()
        _ = try eu.one.accept(.path("/demo/x"))
        let id = try us.one.accept(.path("/demo/a"))
        #expect(world.agrees())
        #expect(eu.one.newest("/demo/a") == 2)
        #expect(us.one.newest("/demo/x") == 2)
        let origin = PurgeRule.Source(region: "us", number: 1)
        #expect(world.workers.allSatisfy { $0.log.origin(of: id, account: "demo") == origin })
        #expect(eu.one.log.origin(of: id, account: "shop") == nil)
        #expect(us.one.vector == PurgeVector(["us": 1, "eu": 1]))
        #expect(eu.one.log.state(of: id, account: "demo") == .pending)
        #expect(eu.one.log.settled == PurgeVector())
        eu.one.advance(.seconds(14))
        #expect(eu.one.log.state(of: id, account: "demo") == .completed)
        #expect(eu.one.log.settled == PurgeVector(["us": 1, "eu": 1]))
        _ = try us.one.accept(.path("/demo/b"))
        #expect(world.agrees())
        #expect(eu.one.vector["us"] == 3 && eu.one.log.settled["us"] == 2)
    }

    @Test func `An offer that leaves something out is ignored`() throws {
        let (us, eu, world) = pair()
        for name in ["a", "b", "c"] { _ = try us.one.accept(.path("/demo/\(name)")) }
        us.synchronise()
        eu.one.hear(us.one.log.offers(to: PurgeVector(["us": 1]), mostBytes: 1 << 16), knowing: .init(), in: "eu")
        eu.synchronise()
        #expect(eu.one.newest("/demo/c") == 0 && eu.one.vector == PurgeVector())
        #expect(world.agrees())
        #expect(eu.one.newest("/demo/a") > 0 && eu.one.vector["us"] == 3)
    }

    @Test func `What does not fit comes with the next offer`() throws {
        let (us, eu, _) = pair()
        let rules = 300
        for number in 1...rules { _ = try us.one.accept(.path("/demo/%ü\(number)")) }
        us.synchronise()
        let offers = us.one.log.offers(to: PurgeVector(), mostBytes: 16 << 10)
        let lines = offers.flatMap(\.rules).map(\.line)
        let escaped = lines.joined().utf8.reduce(0) { $0 + ((0x20...0x7E).contains($1) && $1 != 0x25 ? 1 : 3) }
        #expect(offers.count == 1 && (20..<rules).contains(lines.count) && escaped <= 16 << 10)
        #expect(offers[0].upTo == UInt64(lines.count))
        #expect(
            eventually {
                us.one.exchange("us", with: eu.one, in: "eu", mostBytes: 16 << 10)
                eu.synchronise()
                return eu.one.vector["us"] == UInt64(rules)
            })
        #expect(eu.one.log.ruleCount == rules)
        #expect(us.one.log.offers(to: PurgeVector(), mostBytes: 10).isEmpty)
    }

    /// As regions write it: see `PurgeLog.offers(to:mostBytes:)`.
    private func text(of offers: [PurgeOffer]) -> String {
        offers.map { offer in
            let head = "offer: \(offer.source) \(offer.after) \(offer.upTo) \(offer.isReset ? "reset" : "whole")\n"
            return head + offer.rules.map { "rule: \($0.line)\n" }.joined()
        }.joined()
    }

    @Test(arguments: [false, true])
    func `Offers of many logs take no more room than there is, their heads included`(_ isReset: Bool) throws {
        let us = PurgingRegion(String(repeating: "u", count: 100)) {
            if isReset { ($0.mostRules, $0.mergedRules) = (4, 2) }
        }
        let sources = (10..<40).map { String(repeating: "x", count: 98) + "\($0)" }
        if isReset { for name in 1...10 { _ = try us.one.accept(.path("/demo/\(name)")) } }
        for source in sources where !isReset {
            let rule = PurgeRule(
                requestID: "00000000-0000-4000-8000-0000000000\(source.suffix(2))", account: "a", target: .tag("t"),
                acceptedAt: 0, number: 0, source: .init(region: source, number: PurgeRule.highestNumber))
            let offer = PurgeOffer(source: source, after: 0, upTo: PurgeRule.highestNumber, rules: [rule])
            us.one.hear([offer], knowing: .init(), in: us.name)
        }
        us.synchronise()
        var counts: Set<Int> = []
        for room in stride(from: -100, through: 16 << 10, by: 25) {
            let offers = us.one.log.offers(to: PurgeVector(), mostBytes: room)
            #expect(text(of: offers).utf8.count <= max(0, room))
            counts.insert(offers.count)
        }
        #expect(counts.count == (isReset ? 3 : sources.count + 1))
    }

    @Test func `A rule that does not fit holds up its own log only`() throws {
        let (us, eu, _) = pair()
        _ = try eu.one.accept(.path("/demo/a"))
        us.one.hear(eu.one.log.offers(to: PurgeVector(), mostBytes: 1 << 16), knowing: .init(), in: "us")
        _ = try us.one.accept(.tag(String(repeating: "x", count: 4000)))
        us.synchronise()
        #expect(us.one.log.offers(to: PurgeVector(), mostBytes: 1000).map(\.source) == ["eu"])
        #expect(us.one.log.offers(to: PurgeVector(), mostBytes: 8000).map(\.source) == ["us", "eu"])
    }

    enum Way: CaseIterable { case atOnce, oneAfterTheOther }

    @Test(arguments: Way.allCases)
    func `Workers and hosts that take over the same give each rule one number`(_ way: Way) throws {
        let us = PurgingRegion("us")
        let redis = try RedisServer()
        // Two hosts of a region, with a store each.
        let hosts = (0..<2).map { _ in PurgingRegion("eu", redis: redis, store: MemoryStore(), workers: 2) }
        let workers = hosts.flatMap(\.workers)
        for number in 1...40 { _ = try us.one.accept(.path("/demo/\(number)")) }
        us.synchronise()
        let offers = us.one.log.offers(to: PurgeVector(), mostBytes: 1 << 16)
        if way == .atOnce {
            try JoinableThread.run(workers.count) { workers[$0].hear(offers, knowing: .init(), in: "eu") }
        } else {
            for worker in workers { worker.hear(offers, knowing: .init(), in: "eu") }
        }
        #expect(
            eventually {
                for host in hosts { host.synchronise() }
                return hosts.allSatisfy { $0.store?.names.count == 40 }
            })
        for worker in workers {
            #expect((1...40).allSatisfy { worker.newest("/demo/\($0)") == UInt64($0) })
            #expect(worker.vector == PurgeVector(["us": 40]))
            #expect(!worker.events.contains { if case .renumbered = $0 { true } else { false } })
        }
        let files = hosts.map { $0.store?.files ?? [:] }
        #expect(files[0] == files[1])
    }

    @Test func `What is known of a log is known again after a restart`() throws {
        let us = PurgingRegion("us")
        let eu = PurgingRegion("eu", redis: try RedisServer(), store: MemoryStore())
        let world = PurgingWorld(regions: [us, eu])
        for number in 1...5 { _ = try us.one.accept(.path("/demo/\(number)")) }
        let id = try us.one.accept(.path("/demo/6"))
        #expect(world.agrees())
        eu.restart(0)
        eu.redis?.kill()
        try eu.redis?.start()
        #expect(
            eventually {
                eu.synchronise()
                return eu.one.vector["us"] == 6
            })
        #expect(eu.one.log.origin(of: id, account: "demo") == .init(region: "us", number: 6))
        #expect(us.one.log.offers(to: eu.one.vector, mostBytes: 1 << 16).isEmpty)
    }

    @Test func `A third region passes on what the source cannot tell`() throws {
        let regions = ["eu", "in", "us"].map { PurgingRegion($0) }
        var world = PurgingWorld(regions: regions, cuts: [["eu", "us"]])
        let id = try regions[2].one.accept(.path("/demo/a"))
        #expect(world.agrees())
        #expect(regions[0].one.newest("/demo/a") > 0)
        #expect(regions[0].one.log.origin(of: id, account: "demo") == .init(region: "us", number: 1))
        world.cuts = []
        let before = world.workers.map(\.log.current.number)
        for _ in 0..<3 { world.round() }
        #expect(world.workers.map(\.log.current.number) == before)
    }

    @Test func `A rule that gets a new number at home gets a new one elsewhere`() throws {
        let (us, eu, _) = pair()
        let id = try us.one.accept(.path("/demo/a"))
        us.synchronise()
        let offers = us.one.log.offers(to: PurgeVector(), mostBytes: 1 << 16)
        eu.one.hear(offers, knowing: .init(), in: "eu")
        _ = try eu.one.accept(.path("/demo/b"))
        eu.synchronise()
        let rule = try #require(offers.first?.rules.first)
        let renewed = PurgeRule(
            requestID: id, account: "demo", target: rule.target, acceptedAt: rule.acceptedAt, number: 0,
            source: .init(region: "us", number: 7))
        let offer = PurgeOffer(source: "us", after: 1, upTo: 7, rules: [renewed])
        for _ in 0..<2 {
            eu.one.hear([offer], knowing: .init(), in: "eu")
            eu.synchronise()
        }
        #expect(eu.one.newest("/demo/a") == 3)
        #expect(eu.one.vector["us"] == 7)
        #expect(eu.one.log.ruleCount == 2)
        #expect(eu.one.settles { eu.store?.names.count == 2 })
    }

    @Test func `A purge of one's own that covers another region's hides nothing of it`() throws {
        let (us, redis) = (PurgingRegion("us"), try RedisServer())
        let eu = PurgingRegion("eu", redis: redis, store: MemoryStore(), workers: 2)
        _ = try us.one.accept(.path("/demo/a"))
        us.synchronise()
        // The first worker knows its own purge, number 2, before it reads number 1.
        eu.workers[1].hear(us.one.log.offers(to: PurgeVector(), mostBytes: 1 << 16), knowing: .init(), in: "eu")
        _ = try eu.one.accept(.prefix(""))
        eu.synchronise()
        #expect(eu.workers.allSatisfy { $0.vector == PurgeVector(["us": 1, "eu": 2]) })
        let offers = eu.one.log.offers(to: PurgeVector(), mostBytes: 1 << 16)
        #expect(offers.map(\.source) == ["eu", "us"])
    }
}
