import Caching
import Deadlines
import Digests
import Metrics
import Purging
import RedisFixture
import Regions
import Testing

/// Regions that go away and come back.
@Suite struct AwayTests {
    /// Under which digest nothing is rarer, so that it is asked for at any share.
    private static func key(_ byte: UInt8) -> EntryKey {
        var number = 0
        while true {
            var builder = DigestBuilder("test")
            builder.add("\(number)")
            let digest = builder.finish()
            if digest.bytes.first == byte { return EntryKey(.variant, digest) }
            number += 1
        }
    }

    private static let (first, last) = (key(0), key(255))

    @Test func itIsAskedAgainLittleByLittle() throws {
        try World.lend(["a", "b"]) { world in
            try world.start()
            let a = try world["a"].otherRegions
            #expect(eventually { a.isUsable("b", for: Self.last, hasSubstitute: true) })
            world.cut("a", "b")
            #expect(eventually { !a.isUsable("b", for: Self.first, hasSubstitute: true) })
            #expect(!a.isUsable("b", for: Self.first, hasSubstitute: false))
            #expect(a.status().heard.first?.health == .down)
            world.cut("a", "b", .arrives)
            #expect(eventually { a.status().heard.first?.health == .returning })
            #expect(a.isUsable("b", for: Self.last, hasSubstitute: false))
            #expect(
                eventually {
                    a.isUsable("b", for: Self.first, hasSubstitute: true)
                        && !a.isUsable("b", for: Self.last, hasSubstitute: true)
                })
            #expect(eventually { a.isUsable("b", for: Self.last, hasSubstitute: true) })
            #expect(eventually { a.status().heard.first?.health == .up })
        }
    }

    /// For an hour nobody would ask it for what it failed at before it went away.
    @Test func whatItFailedAtBeforeIsForgotten() throws {
        var timing = World.quick
        (timing.breaker.firstHoldOff, timing.breaker.longestHoldOff) = (.seconds(3600), .seconds(3600))
        try World.lend(["a", "b"], timing) { world in
            try world.start()
            let a = try world["a"].otherRegions
            #expect(eventually { a.isUsable("b", for: Self.last, hasSubstitute: true) })
            let question = RegionQuestion(
                deadline: .seconds(5), engine: "3", configuration: "c", purges: PurgeVector(),
                client: ClientRequest(host: "h", path: "/x", query: ""))
            for _ in 1...5 {
                #expect(throws: RegionError.unreachable) {
                    try a.ask(
                        "b", question, for: Self.first, hasSubstitute: true, until: Deadline(in: .seconds(30)))
                }
            }
            #expect(!a.isUsable("b", for: Self.first, hasSubstitute: true))
            world.cut("a", "b")
            #expect(eventually { a.status().heard.first?.health == .down })
            world.cut("a", "b", .arrives)
            #expect(eventually { a.isUsable("b", for: Self.last, hasSubstitute: true) })
        }
    }

    @Test func nobodyElseIsEverAsked() throws {
        try World.lend(["a", "b"]) { world in
            try world.start()
            #expect(try !world["a"].otherRegions.isUsable("z", for: Self.first, hasSubstitute: true))
            #expect(try !world["a"].otherRegions.isUsable("a", for: Self.first, hasSubstitute: true))
        }
    }

    /// A region whose processes have ended refuses connections; nobody waits for it for long.
    @Test func aPurgeIsCompletedWithoutARegionThatWasStopped() throws {
        try World.lend(["a", "b", "c"]) { world in
            try world.start()
            let a = try world["a"]
            #expect(eventually { a.otherRegions.knowsPurgesOfAll })
            world.stop("c")
            let id = try a.purge()
            #expect(a.state(of: id) == .pending)
            #expect(eventually { a.state(of: id) == .completed })
            #expect(try eventually { try world["b"].state(of: id) == .completed })
            // When it comes back, it knows before it answers.
            try world.restart("c")
            #expect(try world["c"].log.vector["a"] == 1)
        }
    }

    @Test(arguments: [World.Manner.unreachable, .silent, .garbage, .answerLost])
    func theLargerSideGoesOnAndTheSmallerMarksItsAnswers(_ manner: World.Manner) throws {
        try World.lend(["a", "b", "c"]) { world in
            try world.start()
            for name in ["a", "b", "c"] {
                let region = try world[name]
                #expect(eventually { region.otherRegions.knowsPurgesOfAll })
            }
            world.isolate("c", manner)
            let (a, c) = (try world["a"], try world["c"])
            let id = try a.purge()
            if case .answerLost = manner {
                // Nobody answers, and everybody hears.
                #expect(eventually { a.state(of: id) == .completed && c.log.vector["a"] == 1 })
                #expect(a.otherRegions.knowsPurgesOfAll && c.otherRegions.knowsPurgesOfAll)
                return
            }
            #expect(a.state(of: id) == .pending)
            #expect(eventually { !c.otherRegions.knowsPurgesOfAll })
            #expect(a.otherRegions.knowsPurgesOfAll)
            #expect(eventually { a.state(of: id) == .completed })
            #expect(a.otherRegions.knowsPurgesOfAll)
            let itsOwn = try c.purge()
            #expect(c.state(of: itsOwn) == .pending)
            world.isolate("c", .arrives)
            #expect(eventually { c.otherRegions.knowsPurgesOfAll && c.state(of: itsOwn) == .completed })
            #expect(c.log.vector == PurgeVector(["a": 1, "c": 1]))
        }
    }

    @Test func aPurgeOfARegionThatDoesNotObeyItIsPending() throws {
        try World.lend(["a", "b"]) { world in
            try world.start()
            let (a, b) = (try world["a"], try world["b"])
            b.log.settle(false)
            let id = try a.purge()
            #expect(eventually { b.log.vector["a"] == 1 })
            #expect(a.state(of: id) == .pending)
            #expect(b.state(of: id) == .pending)
            b.log.settle(true)
            #expect(eventually { a.state(of: id) == .completed && b.state(of: id) == .completed })
            #expect(a.state(of: "no such purge") == nil)
        }
    }

    @Test func whoStartsAloneMarksItsAnswers() throws {
        try World.lend(["a", "b", "c"]) { world in
            world.isolate("a", .silent)
            try world.start(["b", "c", "a"])
            let a = try world["a"]
            #expect(!a.otherRegions.knowsPurgesOfAll)
            #expect(try world["b"].otherRegions.knowsPurgesOfAll)
            #expect(a.metrics.value(of: .regionConfirmed) == 0)
            world.isolate("a", .arrives)
            #expect(eventually { a.otherRegions.knowsPurgesOfAll })
            a.otherRegions.updateGauges()
            #expect(a.metrics.value(of: .regionConfirmed) == 1)
        }
    }

    @Test func stoppingWaitsForNobody() throws {
        var timing = World.lazy
        timing.patience = .milliseconds(300)
        timing.start = .zero
        try World.lend(["a", "b"], timing) { world in
            world.isolate("a", .silent)
            try world.start()
            // Ends with what is under way, an hour before the next would begin.
            world.stop("a")
            #expect(world.exchanges(from: "a", to: "b") == 1)
        }
    }
}
