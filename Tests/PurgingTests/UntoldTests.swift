import Deadlines
import Purging
import Testing

/// Purges of which somebody outside has still to be told.
@Suite struct UntoldTests {
    @Test func otherRegionsWaitForTheFirstThatIsUntold() throws {
        let us = PurgingRegion("us")
        let ids = try ["a", "b", "c"].map { try us.one.accept(.path("/demo/\($0)")) }
        us.synchronise()
        us.one.advance(.seconds(14))
        #expect(us.one.log.settled["us"] == 3)
        us.one.log.note(UntoldPurges(first: 2, requests: [ids[1]]))
        #expect(us.one.log.settled["us"] == 1)
        // Here it is as far as it is.
        #expect(us.one.log.state(of: ids[2], account: "demo") == .completed)
        us.one.log.note(UntoldPurges(first: 1))
        #expect(us.one.log.settled["us"] == 0)
        us.one.log.note(UntoldPurges())
        #expect(us.one.log.settled["us"] == 3)
    }

    @Test func onlyWhatWasEnteredHereIsToBeTold() throws {
        let (us, eu) = (PurgingRegion("us", workers: 2), PurgingRegion("eu"))
        let world = PurgingWorld(regions: [us, eu])
        let here = try us.one.accept(.path("/demo/a"))
        let there = try eu.one.accept(.path("/demo/b"))
        #expect(world.agrees())
        #expect(us.one.log.entered(since: 0).map(\.requestID) == [here])
        #expect(us.workers[1].log.entered(since: 0).map(\.requestID) == [here])
        #expect(eu.one.log.entered(since: 0).map(\.requestID) == [there])
        #expect(us.one.log.entered(since: WallClock.unixSeconds + 100) == [])
        // Those of others as far as they are wanted.
        #expect(Set(us.one.log.entered(since: 0, andIn: ["eu": 0]).map(\.requestID)) == [here, there])
        #expect(us.one.log.entered(since: 0, andIn: ["eu": 1, "asia": 0]).map(\.requestID) == [here])
    }

    @Test func theyAreNotMerged() throws {
        let worker = Worker(store: MemoryStore()) { settings in
            settings.mostRules = 20
            settings.mergedRules = 10
        }
        worker.log.synchronise()
        let ids = try (0..<5).map { try worker.accept(.path("/demo/kept/\($0)")) }
        worker.log.note(UntoldPurges(requests: Set(ids)))
        for number in 0..<60 { _ = try worker.accept(.path("/demo/folder\(number % 4)/\(number)")) }
        #expect(worker.log.ruleCount < 40)
        #expect(Set(ids).isSubset(of: Set(worker.log.entered(since: 0).map(\.requestID))))
        #expect(worker.log.entered(since: 0).contains { $0.isMerged })
    }
}
