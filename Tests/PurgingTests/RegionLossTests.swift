import Deadlines
import Purging
import Redis
import RedisFixture
import Storage
import Testing

/// Logs that were lost or merged, and regions that tell nonsense.
@Suite struct RegionLossTests {
    @Test func `Who missed purges that were merged purges everything once`() throws {
        let us = PurgingRegion("us") { ($0.mostRules, $0.mergedRules) = (10, 5) }
        let eu = PurgingRegion("eu", workers: 2)
        let world = PurgingWorld(regions: [us, eu])
        for number in 1...30 { _ = try us.one.accept(.path("/demo/\(number)")) }
        us.synchronise()
        #expect(us.one.log.offers(to: eu.one.vector, mostBytes: 1 << 16).first?.isReset == true)
        #expect(world.agrees())
        for worker in eu.workers {
            #expect(worker.newest("/demo/anything") > 0 && worker.newest("/shop/anything", account: "shop") > 0)
        }
        let count = eu.one.log.ruleCount
        _ = try us.one.accept(.path("/demo/31"))
        for _ in 0..<3 { world.round() }
        #expect(world.isAgreed)
        // One more rule, and nothing that purges all again.
        #expect(eu.one.log.ruleCount == count + 1)
        #expect(eu.one.newest("/demo/31") > eu.one.newest("/demo/30"))
    }

    @Test func `A region that was lost gets its purges back, and its numbers go on above`() throws {
        let eu = PurgingRegion("eu")
        let before = PurgingRegion("us")
        for number in 1...9 { _ = try before.one.accept(.path("/demo/\(number)")) }
        #expect(PurgingWorld(regions: [before, eu]).agrees())
        #expect(eu.one.vector["us"] == 9)
        let after = PurgingRegion("us", workers: 2)
        let world = PurgingWorld(regions: [after, eu])
        // Entered before anybody told it what it was.
        let id = try after.workers[1].accept(.path("/demo/new"))
        let old = eu.one.newest("/demo/5")
        #expect(world.agrees())
        for worker in after.workers {
            // The first of the old ones had the number that the new one has taken.
            #expect((2...9).allSatisfy { worker.newest("/demo/\($0)") > 0 })
            #expect((worker.log.origin(of: id, account: "demo")?.number ?? 0) > 9)
        }
        #expect(eu.one.newest("/demo/new") > old)
        #expect(world.workers.allSatisfy { $0.vector["us"] > 9 })
    }

    @Test func `What nobody can give back is purged once, everywhere`() throws {
        let eu = PurgingRegion("eu") { ($0.mostRules, $0.mergedRules) = (10, 5) }
        let far = PurgingRegion("in")
        let before = PurgingRegion("us")
        _ = try before.one.accept(.path("/demo/0"))
        #expect(PurgingWorld(regions: [before, eu, far]).agrees())
        for number in 1...30 { _ = try before.one.accept(.path("/demo/\(number)")) }
        #expect(PurgingWorld(regions: [before, eu]).agrees())
        let world = PurgingWorld(regions: [PurgingRegion("us"), eu, far])
        #expect(world.agrees())
        #expect(far.one.newest("/demo/7") > 0)
        #expect(world.regions[0].one.events.contains(.ownLogLost(upTo: 31)))
    }

    @Test func `What others cannot give back at once is purged in the region that has lost it`() throws {
        let eu = PurgingRegion("eu")
        let (store, before) = (MemoryStore(), PurgingRegion("us") { $0.numbersFollowTime = true })
        for number in 1...40 { _ = try before.one.accept(.path("/demo/\(number)")) }
        #expect(PurgingWorld(regions: [before, eu]).agrees())
        let (stamp, known) = (before.one.log.current.epoch, eu.one.vector)
        let after = PurgingRegion("us", redis: nil, store: store, workers: 2) { settings in
            settings.numbersFollowTime = true
            let time = settings.unixSeconds
            settings.unixSeconds = { time() + 1 }
        }
        for worker in after.workers {
            for _ in 0..<4 {
                worker.exchange("us", with: eu.one, in: "eu", mostBytes: 1 << 10)
                worker.log.synchronise()
                // Whoever covers what the others know is believed, and obeys all of it.
                #expect(!worker.vector.covers(known) || worker.newest("/demo/40") > stamp)
            }
            #expect(worker.vector.covers(known) && worker.newest("/shop/1", account: "shop") > stamp)
        }
        // Nobody else has lost anything.
        let world = PurgingWorld(regions: [after, eu])
        #expect(world.agrees())
        #expect(eu.one.newest("/demo/anything") == 0)
        let late = PurgingRegion("us", redis: nil, store: store)
        #expect(late.one.settles { late.one.vector == eu.one.vector } && late.one.newest("/demo/40") > stamp)
    }

    @Test func `A region that has lost its log knows nothing of it before everything is purged`() throws {
        let store = MemoryStore()
        let us = PurgingRegion("us", redis: nil, store: store)
        // Nobody gives back any of it.
        us.one.hear([], knowing: PurgeVector(["us": 9]), in: "us")
        us.synchronise()
        store.fail(.writes)
        #expect(throws: PurgeError.storeFailed(.full)) {
            try us.one.log.adopt([], accounts: Worker.accounts, deadline: Deadline(in: .seconds(1)))
        }
        us.synchronise()
        #expect(us.one.vector == PurgeVector())
        store.fail([])
        // What is entered meanwhile, above all that was lost, does not say that the rest is known.
        _ = try us.one.accept(.path("/demo/new"))
        us.synchronise()
        #expect(us.one.newest("/demo/new") > 9 && us.one.vector == PurgeVector())
        us.one.hear([], knowing: PurgeVector(["us": 9]), in: "us")
        us.synchronise()
        #expect(us.one.vector["us"] >= 9 && us.one.newest("/shop/any", account: "shop") > 9)
        let offer = us.one.log.offers(to: PurgeVector(["us": 9]), mostBytes: 1 << 16)
        #expect(offer.count == 1 && offer[0].rules.count == 1 && !offer[0].isReset)
        #expect(us.one.log.offers(to: PurgeVector(), mostBytes: 1 << 16).first?.isReset == true)
    }

    @Test func `A worker that is behind its region does not take its log for lost`() throws {
        let redis = try RedisServer()
        let us = PurgingRegion("us", redis: redis, store: MemoryStore(), workers: 2)
        for number in 1...3 { _ = try us.one.accept(.path("/demo/\(number)")) }
        us.workers[1].log.noteOwnNumber(3)
        us.synchronise()
        #expect(us.workers[1].vector["us"] == 3)
        #expect(us.workers[1].events.isEmpty)
        #expect(us.workers[1].newest("/demo/2") == 2)
    }

    @Test func `Numbers that follow the time are above those that were lost`() throws {
        let before = PurgingRegion("us") { $0.numbersFollowTime = true }
        _ = try before.one.accept(.path("/demo/a"))
        let after = PurgingRegion("us") { settings in
            settings.numbersFollowTime = true
            let time = settings.unixSeconds
            settings.unixSeconds = { time() + 1 }
        }
        _ = try after.one.accept(.path("/demo/b"))
        before.synchronise()
        after.synchronise()
        #expect(after.one.vector["us"] > before.one.vector["us"])
        #expect(after.one.vector["us"] < PurgeRule.highestNumber)
    }

    @Test func `Purges go on while Redis is away, and keep their order when it is back`() throws {
        let us = PurgingRegion("us")
        let eu = PurgingRegion("eu", redis: try RedisServer(), store: MemoryStore(), workers: 2)
        let world = PurgingWorld(regions: [us, eu])
        _ = try us.one.accept(.path("/demo/0"))
        #expect(world.agrees())
        eu.redis?.kill()
        for number in 1...3 { _ = try us.one.accept(.path("/demo/\(number)")) }
        #expect(world.agrees())
        #expect(eu.one.newest("/demo/3") > 0 && eu.one.log.settled["us"] < 4)
        try eu.redis?.start()
        _ = try us.one.accept(.path("/demo/4"))
        #expect(
            eventually {
                world.round()
                return world.isAgreed && eu.store?.names.allSatisfy { !$0.hasSuffix("offline") } ?? false
            })
        #expect(eu.workers.allSatisfy { worker in (0...4).allSatisfy { worker.newest("/demo/\($0)") > 0 } })
        for worker in eu.workers { worker.advance(.seconds(14)) }
        #expect(eu.workers.allSatisfy { $0.log.settled == $0.vector })
    }

    @Test func `A Redis that has lost everything does not number what others offer before it is filled`() throws {
        let (us, redis) = (PurgingRegion("us"), try RedisServer())
        let eu = PurgingRegion("eu", redis: redis, store: MemoryStore())
        _ = try us.one.accept(.path("/demo/a"))
        #expect(PurgingWorld(regions: [us, eu]).agrees())
        let deadline = Deadline(in: RedisServer.patience)
        let connection = try Connection(to: Endpoint(redis.address), replyBytes: 1 << 10, until: deadline)
        _ = try connection.call(Command("DEL", "apus:v1:purges"), until: deadline)
        _ = try us.one.accept(.path("/demo/b"))
        us.synchronise()
        let offers = us.one.log.offers(to: eu.one.vector, mostBytes: 1 << 16)
        try eu.one.log.adopt(offers, accounts: Worker.accounts, deadline: deadline)
        #expect(eu.one.newest("/demo/b") > 0 && eu.one.log.settled["us"] < 2)
        #expect(eu.one.settles { eu.one.vector["us"] == 2 && eu.store?.names.count == 2 })
        #expect(eu.one.newest("/demo/b") > eu.one.newest("/demo/a"))
    }

    @Test func `A purge that Redis has yet to number is told to nobody`() throws {
        let us = PurgingRegion("us", redis: try RedisServer(), store: MemoryStore())
        us.redis?.kill()
        us.synchronise()
        _ = try us.one.accept(.path("/demo/a"))
        us.synchronise()
        #expect(us.one.vector == PurgeVector())
        #expect(us.one.log.offers(to: PurgeVector(), mostBytes: 1 << 16).isEmpty)
        try us.redis?.start()
        #expect(us.one.settles { us.one.log.offers(to: PurgeVector(), mostBytes: 1 << 16).count == 1 })
    }

    @Test func `A listing that shows the newer file first stands for nothing before the next`() throws {
        let us = PurgingRegion("us")
        let eu = PurgingRegion("eu")
        for name in ["a", "b"] { _ = try us.one.accept(.path("/demo/\(name)")) }
        #expect(PurgingWorld(regions: [us, eu]).agrees())
        let (store, files) = (MemoryStore(), eu.store?.files ?? [:])
        let late = PurgingRegion("eu", redis: nil, store: store)
        let newest = try #require(files.keys.max())
        store.files = [newest: files[newest] ?? []]
        late.synchronise()
        #expect(late.one.newest("/demo/b") == 2 && late.one.vector == PurgeVector())
        store.files = files
        late.synchronise()
        late.synchronise()
        #expect(late.one.newest("/demo/a") > 0 && late.one.vector["us"] == 2)
    }

    @Test func `A rule whose file outlives its merging stands for its log, and is not kept`() throws {
        let rules = (10...20).map { number in
            PurgeRule(
                requestID: "ffffffff-ffff-4fff-8fff-ffffffffff\(number)", account: "demo",
                target: .path("/demo/\(number)"),
                acceptedAt: WallClock.unixSeconds, number: 0, source: .init(region: "us", number: UInt64(number)))
        }
        let eu = PurgingRegion("eu") { ($0.mostRules, $0.mergedRules) = (10, 5) }
        eu.one.hear([PurgeOffer(source: "us", after: 0, upTo: 20, rules: rules)], knowing: .init(), in: "eu")
        let before = eu.store?.files ?? [:]
        #expect(eu.one.settles { eu.store?.names.count == 4 })
        // Of the eight that became their folder, the newest has the folder's number, and comes after it.
        let merged = try #require(eu.store?.files.min { $0.key < $1.key })
        let covered = try #require(before.first { $0.key.text.hasSuffix("17") })
        #expect(merged.key < covered.key && merged.key.text.prefix(20) == covered.key.text.prefix(20))
        let store = MemoryStore()
        store.files = [merged.key: merged.value, covered.key: covered.value]
        let late = PurgingRegion("eu", redis: nil, store: store)
        #expect(late.one.log.ruleCount == 1 && late.one.vector == PurgeVector(["us": 17]))
        #expect(late.one.log.origin(of: rules[7].requestID, account: "demo") == rules[7].source)
    }

    struct Nonsense: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let offer: PurgeOffer

        init(
            _ description: String, source: String = "us", after: UInt64 = 0, upTo: UInt64 = 5, number: UInt64 = 5,
            region: String = "us", account: String = "demo", target: PurgeTarget = .path("/demo/x"),
            id: String = "00000000-0000-4000-8000-000000000001", isMerged: Bool = false
        ) {
            testDescription = description
            let rule = PurgeRule(
                requestID: id, account: account, target: target, acceptedAt: .min, number: 0, isMerged: isMerged,
                source: .init(region: region, number: number))
            offer = PurgeOffer(source: source, after: after, upTo: upTo, rules: [rule])
        }

        private static let long = String(repeating: "x", count: 101)

        static let all = [
            Nonsense("no region", source: "", region: ""),
            Nonsense("a region's name with a tab", source: "u\ts", region: "u\ts"),
            Nonsense("a long name", source: long, region: long),
            Nonsense("another region's rule", region: "eu"),
            Nonsense("number 0", number: 0), Nonsense("a number above the end", number: 6),
            Nonsense("a number below the start", after: 5),
            Nonsense("the end before the start", after: 9),
            Nonsense("too high a number", upTo: .max, number: .max),
            Nonsense("no account", account: ""),
            Nonsense("a long account", account: String(repeating: "x", count: 201)),
            Nonsense("no target", target: .tag("")),
            Nonsense("a long target", target: .tag(String(repeating: "x", count: 4097))),
            Nonsense("no id", id: "../../etc/passwd"), Nonsense("a merged rule", isMerged: true),
        ]
    }

    @Test(arguments: Nonsense.all)
    func `Nonsense is ignored and told`(_ nonsense: Nonsense) throws {
        let eu = PurgingRegion("eu")
        try eu.one.log.adopt([nonsense.offer], accounts: Worker.accounts, deadline: Deadline(in: .seconds(1)))
        eu.synchronise()
        #expect(eu.one.log.ruleCount == 0 && eu.one.vector == PurgeVector())
        #expect(eu.one.events.count == 1)
        guard case .offerRejected(_, rules: 1) = eu.one.events.first else {
            Issue.record("\(eu.one.events)")
            return
        }
    }

    @Test func `Without a place nothing is taken over, and without a first look neither`() throws {
        let offer = Nonsense("sense").offer
        let deadline = Deadline(in: .milliseconds(10))
        #expect(throws: PurgeError.noPlace) { try Worker().log.adopt([offer], accounts: [], deadline: deadline) }
        #expect(throws: PurgeError.notReady) {
            try Worker(store: MemoryStore()).log.adopt([offer], accounts: [], deadline: deadline)
        }
        let store = MemoryStore()
        let one = Worker(store: store)
        one.log.synchronise()
        store.fail(.writes)
        #expect(throws: PurgeError.storeFailed(.full)) {
            try one.log.adopt([offer], accounts: [], deadline: Deadline(in: .seconds(1)))
        }
        #expect(one.vector == PurgeVector())
    }

    @Test func `What is wanted is waited for, and no longer than allowed`() throws {
        let redis = try RedisServer()
        let us = PurgingRegion("us", redis: redis, store: nil, workers: 2)
        try us.one.log.start()
        defer { us.one.log.stop() }
        _ = try us.workers[1].accept(.path("/demo/a"))
        #expect(us.one.log.awaitVector(PurgeVector(["us": 1]), until: Deadline(in: RedisServer.patience)))
        #expect(us.one.newest("/demo/a") == 1)
        #expect(!us.one.log.awaitVector(PurgeVector(["eu": 1]), until: Deadline(in: .milliseconds(60))))
    }
}
