import CDNPurging
import Deadlines
import Metrics
import Purging
import Redis
import RedisFixture
import Testing
import Transfer

/// Purges with a CDN in front: who tells it, when, and what is said meanwhile.
@Suite struct PurgesOfCDNsTests {
    private static let lease = "apus:v1:cdn:lease:scripted"

    private let log = ScriptedLog()
    private let cdn = ScriptedCDN()
    private var now: Int64 { WallClock.unixSeconds }

    private func isCompleted(_ id: String, _ worker: Worker) -> Bool {
        worker.purges.state(of: id, account: "demo") == .completed
    }

    @Test func aPurgeIsCompletedOnceTheCdnWasTold() throws {
        let worker = Worker(log, cdn)
        log.enter("a", "/demo/a.jpg", at: now)
        try worker.running {
            #expect(eventually { log.untold.requests == ["a"] && log.untold.first == 1 })
            #expect(worker.purges.state(of: "a", account: "demo") == .pending)
            #expect(worker.purges.state(of: "a", account: "other") == nil)
            #expect(cdn.paths.isEmpty)
            cdn.state.withLock { $0.isHanging = true }
            log.obey("a")
            #expect(!isCompleted("a", worker))
            cdn.state.update { $0.isHanging = false }
            #expect(eventually { isCompleted("a", worker) })
            #expect(cdn.paths == ["/demo/a.jpg", "/demo/ik-seo/", "/demo/tr:"])
            #expect(eventually { log.untold == UntoldPurges() })
        }
        #expect(worker.metrics.count(of: .cdnPurges(.told)) == 1)
        #expect(worker.metrics.count(of: .cdnCalls(.done)) == 1)
    }

    @Test func whatNoCdnIsConcernedWithIsCompletedAsEver() throws {
        let worker = Worker(log, cdn)
        log.enter("a", "/other/a.jpg", at: now, account: "other")
        log.obey("a")
        try worker.running { #expect(worker.purges.state(of: "a", account: "other") == .completed) }
        #expect(cdn.paths.isEmpty)
    }

    @Test func theCdnIsToldEarlyWhereRegionsAreAwayForLong() throws {
        let areBehind = Monitor(true)
        let worker = Worker(log, cdn, all: AllRegions(log: log, areBehind: areBehind))
        log.enter("young", "/demo/young", at: now + 3600)
        log.enter("old", "/demo/old", at: now - 100)
        log.obey("young")
        log.obey("old")
        try worker.running {
            #expect(eventually { cdn.paths.contains("/demo/old") })
            #expect(!isCompleted("old", worker))
            #expect(!cdn.paths.contains("/demo/young"))
            areBehind.withLock { $0 = false }
            #expect(eventually { isCompleted("old", worker) && isCompleted("young", worker) })
            #expect(cdn.paths.filter { $0 == "/demo/old" }.count == 2)
        }
    }

    @Test func aCdnThatFailsIsToldWhenItIsBack() throws {
        let worker = Worker(log, cdn)
        cdn.state.withLock { $0.failure = .transfer(.refused) }
        log.enter("a", "/demo/a", at: now)
        log.obey("a")
        try worker.running {
            #expect(eventually { worker.metrics.count(of: .cdnCalls(.unreachable)) > 0 })
            #expect(!isCompleted("a", worker))
            worker.purges.updateGauges()
            #expect(worker.metrics.value(of: .cdnWaiting) == 1)
            cdn.state.withLock { $0.failure = nil }
            #expect(eventually { isCompleted("a", worker) })
            worker.purges.updateGauges()
            #expect(worker.metrics.value(of: .cdnWaiting) == 0)
        }
    }

    @Test func ofManyWorkersOneTellsIt() throws {
        let redis = try RedisServer()
        let workers = (0..<4).map { _ in Worker(log, cdn, redis: redis) }
        for name in ["a", "b", "c"] {
            log.enter(name, "/demo/\(name)", at: now)
            log.obey(name)
        }
        try workers[0].running {
            try workers[1].running {
                try workers[2].running {
                    try workers[3].running {
                        #expect(
                            eventually {
                                workers.allSatisfy { worker in
                                    ["a", "b", "c"].allSatisfy { isCompleted($0, worker) }
                                }
                            })
                    }
                }
            }
        }
        #expect(cdn.paths.filter { $0 == "/demo/a" }.count == 1)
        #expect(workers.map { $0.metrics.count(of: .cdnPurges(.told)) }.reduce(0, +) == 3)
    }

    @Test func whatWasToldIsNotToldAgainAfterARestart() throws {
        let redis = try RedisServer()
        log.enter("a", "/demo/a", at: now)
        log.obey("a")
        let first = Worker(log, cdn, redis: redis)
        try first.running { #expect(eventually { isCompleted("a", first) }) }
        log.enter("b", "/demo/b", at: now)
        let second = Worker(log, cdn, redis: redis)
        try second.running {
            #expect(eventually { isCompleted("a", second) })
            log.obey("b")
            #expect(eventually { isCompleted("b", second) })
        }
        #expect(cdn.paths.filter { $0 == "/demo/a" }.count == 1)
        // Who has forgotten all of it tells all of it again.
        redis.kill()
        try redis.start()
        let third = Worker(log, cdn, redis: redis)
        try third.running { #expect(eventually { isCompleted("a", third) && isCompleted("b", third) }) }
        #expect(cdn.paths.filter { $0 == "/demo/a" }.count == 2)
    }

    @Test func whoeverHangsIsTakenOver() throws {
        let redis = try RedisServer()
        let hanging = ScriptedCDN()
        hanging.state.withLock { $0.isHanging = true }
        log.enter("a", "/demo/a", at: now)
        log.obey("a")
        let (stuck, other) = (Worker(log, hanging, redis: redis), Worker(log, cdn, redis: redis))
        try stuck.running {
            // Until it has the turn there is nobody to take over from.
            #expect(eventually { hanging.state.withLock { $0.calls == 1 } })
            try other.running {
                #expect(!isCompleted("a", other))
                // Its turn ends.
                _ = try redis.ask(Command("DEL", .text(Self.lease)))
                #expect(eventually { isCompleted("a", other) })
                #expect(eventually { isCompleted("a", stuck) })
            }
            hanging.state.update { $0.isHanging = false }
        }
    }

    @Test func withoutRedisItIsToldAllTheSame() throws {
        let redis = try RedisServer()
        let worker = Worker(log, cdn, redis: redis)
        redis.kill()
        log.enter("a", "/demo/a", at: now)
        log.obey("a")
        try worker.running {
            #expect(eventually { isCompleted("a", worker) })
            // It is told what it has missed.
            try redis.start()
            let other = Worker(log, ScriptedCDN(), redis: redis)
            try other.running { #expect(eventually { isCompleted("a", other) }) }
        }
    }

    @Test func noneOfManyIsMerged() {
        let worker = Worker(log, cdn)
        let names = (1...5000).map { "n\($0)" }
        for name in names { log.enter(name, "/demo/\(name)", at: now) }
        worker.purges.look(at: now)
        #expect(log.untold == UntoldPurges(first: 1, requests: Set(names)))
    }

    @Test func mergedRulesOfBeforeAreToldAsWhatTheyMean() throws {
        let worker = Worker(log, cdn)
        log.enter("old", target: .prefix("/demo/folder/"), at: now - 100, isMerged: true)
        log.enter("young", target: .prefix("/demo/other/"), at: now + 3600, isMerged: true)
        try worker.running {
            #expect(eventually { cdn.paths.contains("/demo/folder/") })
            // It stands for some that not all regions obey perhaps.
            #expect(!cdn.paths.contains("/demo/other/"))
            // What is merged while it runs is known already.
            log.enter("new", target: .prefix("/demo/new/"), at: now - 100, isMerged: true)
            log.enter("last", "/demo/last", at: now)
            log.obey("last")
            #expect(eventually { isCompleted("last", worker) })
            #expect(!cdn.paths.contains("/demo/new/"))
        }
    }

    @Test func theCdnIsToldInPlaceOfARegionThatIsGone() throws {
        let standIns = Monitor<[String: UInt64]>([:])
        let worker = Worker(log, cdn, standIns: standIns)
        for (name, number) in [("told", 7), ("left", 8)] as [(String, UInt64)] {
            log.enter(name, "/demo/\(name)", at: now, source: PurgeRule.Source(region: "eu", number: number))
            log.obey(name)
        }
        log.enter("own", "/demo/own", at: now)
        log.obey("own")
        try worker.running {
            #expect(eventually { isCompleted("own", worker) })
            #expect(!cdn.paths.contains("/demo/left"))
            standIns.withLock { $0 = ["eu": 7] }
            #expect(eventually { cdn.paths.contains("/demo/left") })
            #expect(eventually { isCompleted("left", worker) })
        }
        #expect(!cdn.paths.contains("/demo/told"))
    }

    @Test func afterADayItIsGivenUpAndStaysPending() throws {
        let worker = Worker(log, cdn)
        let day = PurgesOfCDNs.mostAge
        log.enter("a", "/demo/a", at: now)
        worker.purges.look(at: now)
        log.obey("a")
        #expect(!isCompleted("a", worker))
        #expect(log.untold.first == 1)
        // Others do not wait for so long.
        worker.purges.look(at: now + 3700)
        #expect(log.untold == UntoldPurges(first: nil, requests: ["a"]))
        worker.purges.look(at: now + day + 10)
        #expect(!isCompleted("a", worker))
        #expect(log.untold == UntoldPurges())
        #expect(worker.metrics.count(of: .cdnPurges(.givenUp)) == 1)
        // Nobody looks back so far.
        let later = Worker(log, cdn)
        later.purges.look(at: now + day + 10)
        #expect(isCompleted("a", later))
    }
}
