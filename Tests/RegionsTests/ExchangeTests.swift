import Deadlines
import Metrics
import Purging
import RedisFixture
import Regions
import Testing

/// Purges go round all regions, whatever way is left.
@Suite struct ExchangeTests {
    /// Nothing else would carry it for an hour.
    @Test func aPurgeGoesToAllAtOnce() throws {
        try World.lend(["a", "b", "c"], World.lazy) { world in
            try world.start()
            for number in 1...3 as ClosedRange<UInt64> {
                _ = try world["b"].purge("/demo/\(number).jpg")
                let (a, c) = (try world["a"], try world["c"])
                #expect(eventually { a.log.vector["b"] == number && c.log.vector["b"] == number })
            }
            #expect(try world["a"].metrics.count(of: .adoptedRules) == 3)
        }
    }

    @Test func whoWasAwayHearsOfItBeforeItStarts() throws {
        try World.lend(["a", "b", "c"]) { world in
            try world.start(["a", "b"])
            _ = try world["a"].purge()
            #expect(try !world["c"].otherRegions.knowsPurgesOfAll)
            try world.start(["c"])
            #expect(try world["c"].log.vector == PurgeVector(["a": 1]))
            #expect(try world["c"].otherRegions.knowsPurgesOfAll)
        }
    }

    @Test func moreRulesThanAMessageHoldsComeOneAfterTheOther() throws {
        try World.lend(["a", "b"], World.lazy) { world in
            for number in 0..<100 {
                _ = try world["a"].purge("/" + String(repeating: "x", count: 2000) + "\(number)")
                _ = try world["b"].purge("/" + String(repeating: "y", count: 2000) + "\(number)")
            }
            try world.start(["a"])
            try world.start(["b"])
            let all = PurgeVector(["a": 100, "b": 100])
            #expect(try eventually { try world["a"].log.vector == all && world["b"].log.vector == all })
            #expect(try eventually { try world["b"].otherRegions.knowsPurgesOfAll })
            let count = world.exchanges(from: "b", to: "a")
            #expect((4..<20).contains(count), "\(count)")
        }
    }

    @Test func oneWhoCanDialIsEnough() throws {
        try World.lend(["a", "b"]) { world in
            world.set(.unreachable, from: "b", to: "a")
            try world.start()
            let (a, b) = (try world["a"], try world["b"])
            #expect(eventually { a.otherRegions.knowsPurgesOfAll && b.otherRegions.knowsPurgesOfAll })
            let (ofA, ofB) = (try a.purge(), try b.purge())
            #expect(eventually { b.log.vector["a"] == 1 && a.log.vector["b"] == 1 })
            for region in [a, b] {
                #expect(eventually { region.state(of: ofA) == .completed && region.state(of: ofB) == .completed })
            }
            // News come, answers would not.
            #expect(try a.gauge(.up, of: "b") == 1)
            #expect(try b.gauge(.up, of: "a") == 0)
        }
    }

    @Test func aThirdRegionCarriesWhatTwoCannotTellEachOther() throws {
        try World.lend(["a", "b", "c"]) { world in
            world.cut("a", "b")
            try world.start()
            let (a, b) = (try world["a"], try world["b"])
            let id = try a.purge()
            #expect(eventually { b.log.vector["a"] == 1 })
            #expect(eventually { a.state(of: id) == .completed && b.state(of: id) == .completed })
            #expect(eventually { a.otherRegions.status().heard.allSatisfy { $0.age != nil } })
        }
    }

    /// What it heard of `c` says nothing while it does not know `c`'s purges.
    @Test func whoCannotKeepWhatOthersPurgeMarksItsAnswers() throws {
        try World.lend(["a", "b", "c"]) { world in
            try world.start()
            let a = try world["a"]
            #expect(eventually { a.otherRegions.knowsPurgesOfAll })
            a.log.fail(.notReady)
            let id = try world["c"].purge()
            #expect(try eventually { try world["b"].log.vector["c"] == 1 })
            #expect(eventually { !a.otherRegions.knowsPurgesOfAll })
            #expect(try world["c"].state(of: id) == .pending)
            #expect(a.metrics.count(of: .regionExchanges(.notAdopted)) > 0)
            // It is heard, and so it is waited for.
            #expect(try a.gauge(.up, of: "c") == 1)
            a.log.fail(nil)
            #expect(eventually { a.otherRegions.knowsPurgesOfAll && a.log.vector["c"] == 1 })
            #expect(try eventually { try world["c"].state(of: id) == .completed })
        }
    }

    @Test(arguments: [200_000, -200_000, 4_000_000] as [Int64])
    func clocksThatDifferDoNoHarm(_ milliseconds: Int64) throws {
        try World.lend(["a", "b", "c"]) { world in
            world.setClock(of: "b", milliseconds: milliseconds)
            try world.start()
            let (a, b) = (try world["a"], try world["b"])
            let id = try b.purge()
            #expect(eventually { a.log.vector["b"] == 1 && b.state(of: id) == .completed })
            #expect(eventually { a.otherRegions.knowsPurgesOfAll && b.otherRegions.knowsPurgesOfAll })
            let seconds = UInt64(milliseconds.magnitude / 1000)
            #expect(try eventually { try ((seconds - 1)...seconds).contains(a.gauge(.clockSeconds, of: "b")) })
            #expect(try b.gauge(.clockSeconds, of: "a") + 1 >= seconds)
            #expect(try a.gauge(.clockSeconds, of: "c") == 0)
            #expect(try a.gauge(.heardSeconds, of: "b") < 10)
        }
    }

    @Test func aClockThatJumpsDoesNoHarm() throws {
        try World.lend(["a", "b"]) { world in
            try world.start()
            let (a, b) = (try world["a"], try world["b"])
            for jump in [-200_000, 200_000, 100_000_000, 0] as [Int64] {
                world.setClock(of: "b", milliseconds: jump)
                let id = try b.purge()
                #expect(eventually { a.log.vector == b.log.vector && b.state(of: id) == .completed })
                #expect(try eventually { try a.gauge(.clockSeconds, of: "b") + 1 >= jump.magnitude / 1000 })
                #expect(try a.gauge(.up, of: "b") == 1)
            }
            #expect(a.metrics.count(of: .regionExchanges(.refused)) == 0)
        }
    }

    @Test func aLogThatWasLostComesBackFromTheOthers() throws {
        try World.lend(["a", "b"]) { world in
            try world.start()
            let (a, b) = (try world["a"], try world["b"])
            for _ in 1...3 { _ = try a.purge() }
            #expect(eventually { b.log.vector["a"] == 3 })
            a.log.lose()
            #expect(eventually { a.log.vector["a"] == 3 })
            _ = try a.purge()
            #expect(eventually { b.log.vector["a"] == 4 })
        }
    }

    @Test func aQuestionWaitsForThePurgesItNames() throws {
        try World.lend(["a", "b"], World.lazy) { world in
            try world.start()
            let (a, b) = (try world["a"], try world["b"])
            // Entered by another worker, so that nobody is told.
            _ = try b.log.accept(account: "demo", target: .path("/x"), deadline: Deadline(in: .seconds(1)))
            let deadline = Deadline(in: .seconds(20))
            #expect(a.otherRegions.awaitPurges(b.log.vector, from: "b", until: deadline))
            #expect(a.log.vector["b"] == 1)
            #expect(!a.otherRegions.awaitPurges(PurgeVector(["b": 2]), from: "b", until: Deadline(in: .zero)))
            #expect(!a.otherRegions.awaitPurges(PurgeVector(["b": 2]), from: "z", until: Deadline(in: .zero)))
        }
    }

    @Test func nonsenseIsAnsweredAndChangesNothing() throws {
        try World.lend(["a", "b"]) { world in
            var nonsense = RegionFields()
            nonsense.add("known", "a=7")
            let envelope = RegionEnvelope(from: "b", to: "a", sentAt: WallClock.unixMilliseconds, nonce: "")
            let answer = try world["a"].otherRegions.answerExchange(nonsense, from: envelope)
            #expect(ExchangeMessage(answer) != nil)
            #expect(try world["a"].log.adoptions == 0)
            #expect(try world["a"].otherRegions.status().heard == [.init("b", age: nil, health: .down)])
        }
    }

    @Test func statusTellsWhatIsKnown() throws {
        try World.lend(["a", "b", "c"]) { world in
            try world.start(["a", "b"])
            _ = try world["a"].purge()
            let status = try world["a"].otherRegions.status()
            #expect((status.region, status.configuration, status.engine, status.form) == ("a", "c", "3", "3"))
            #expect(status.purges == PurgeVector(["a": 1]))
            #expect(status.heard.map(\.name) == ["b", "c"])
            #expect(status.heard.last == .init("c", age: nil, health: .down))
            #expect(try eventually { try world["a"].otherRegions.status().knowsPurgesOfAll })
        }
    }
}
