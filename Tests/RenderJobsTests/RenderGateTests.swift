import Deadlines
import RenderJobs
import Testing

/// The gate alone: no process, no thread, and the clock that it is told.
struct RenderGateTests {
    private static let fast = RenderCost(lane: .fast, bytes: 10_000_000, seconds: 0.1)
    private static let heavy = RenderCost(lane: .heavy, bytes: 100_000_000, seconds: 2)
    private static let animated = RenderCost(lane: .animated, bytes: 100_000_000, seconds: 2)

    /// A gate with its processes, which do as they are told.
    private struct Host {
        var gate: RenderGate
        var ordinary: Int
        var favoured: Int
        var now = Deadline(nanoseconds: 1_000_000_000_000)
        /// Those at work, with what works for them.
        private var busy: [UInt64: Bool] = [:]
        private var costs: [UInt64: RenderCost] = [:]

        init(processors: Int, memory: Int = 10_000_000_000, waiting: Int = 128, hasFastPlace: Bool = true) {
            gate = RenderGate(
                .init(processors: processors, hasFastPlace: hasFastPlace, memory: memory, waiting: waiting))
            ordinary = processors
            favoured = hasFastPlace ? 1 : 0
        }

        @discardableResult
        mutating func enter(_ cost: RenderCost, time: Double = 1000) throws(RenderRefusal) -> UInt64 {
            let number = try gate.enter(cost, time: time, now: now)
            costs[number] = cost
            return number
        }

        /// Lets in whoever may begin; returns them in their order.
        @discardableResult
        mutating func run() -> [RenderLane] {
            var begun: [RenderLane] = []
            while let number = gate.next(ordinary: ordinary, favoured: favoured), let cost = costs[number] {
                gate.begin(number, now: now)
                let isFavoured = cost.lane == .fast && favoured > 0
                if isFavoured { favoured -= 1 } else { ordinary -= 1 }
                busy[number] = isFavoured
                begun.append(cost.lane)
            }
            return begun
        }

        mutating func end(_ number: UInt64, took: Double? = nil) {
            guard let isFavoured = busy.removeValue(forKey: number) else { return }
            if isFavoured { favoured += 1 } else { ordinary += 1 }
            gate.end(number, took: took)
        }

        /// Ends the oldest job of a lane.
        mutating func endOne(_ lane: RenderLane) {
            guard let number = busy.keys.filter({ costs[$0]?.lane == lane }).min() else { return }
            end(number)
        }
    }

    @Test(arguments: 1...8)
    func heavyWorkAloneUsesAllProcessorsAndLeavesAPlaceForAThumbnail(_ processors: Int) throws {
        var host = Host(processors: processors)
        for _ in 0..<20 { try host.enter(Self.heavy) }
        #expect(host.run() == Array(repeating: .heavy, count: processors))
        try host.enter(Self.fast)
        #expect(host.run() == [.fast])
        // The second waits for the first, as all other places are taken.
        try host.enter(Self.fast)
        #expect(host.run() == [])
        host.endOne(.fast)
        #expect(host.run() == [.fast])
    }

    @Test(arguments: 1...8)
    func thumbnailsAloneNeverRunOnMoreThanAllProcessors(_ processors: Int) throws {
        var host = Host(processors: processors)
        for _ in 0..<20 { try host.enter(Self.fast) }
        #expect(host.run() == Array(repeating: .fast, count: processors))
    }

    @Test(arguments: 1...8)
    func slowWorkGoesOnWhileThumbnailsFlood(_ processors: Int) throws {
        var host = Host(processors: processors)
        for _ in 0..<40 { try host.enter(Self.fast) }
        try host.enter(Self.heavy)
        host.run()
        #expect(host.gate.running(.heavy) == 1)
        try host.enter(Self.animated)
        try host.enter(Self.heavy)
        for turn in 0..<20 {
            host.endOne(.fast)
            host.run()
            #expect(host.gate.running(.fast) >= 1)
            // By then all that were at work before have ended.
            guard turn > processors else { continue }
            #expect(host.gate.slowRunning >= min(3, max(1, processors / 2)))
        }
        host.endOne(.heavy)
        host.run()
        #expect(host.gate.slowRunning >= 1)
    }

    @Test func theSlowLanesTakeTurns() throws {
        var host = Host(processors: 1)
        for _ in 0..<10 { try host.enter(Self.heavy) }
        host.run()
        for _ in 0..<3 { try host.enter(Self.animated) }
        var order: [RenderLane] = []
        for _ in 0..<6 {
            host.endOne(order.last ?? .heavy)
            order += host.run()
        }
        #expect(order == [.animated, .heavy, .animated, .heavy, .animated, .heavy])
    }

    @Test func withoutAProcessNobodyBegins() throws {
        var host = Host(processors: 2)
        (host.ordinary, host.favoured) = (0, 0)
        try host.enter(Self.fast)
        try host.enter(Self.heavy)
        #expect(host.run() == [])
        host.favoured = 1
        #expect(host.run() == [.fast])
        host.ordinary = 1
        #expect(host.run() == [.heavy])
    }

    // MARK: Memory

    /// Whatever comes and goes in whatever order, the sum of the estimates stays within the budget, and nothing waits for
    /// ever.
    @Test(arguments: [256_000_000, 500_000_000, 1_000_000_000, 4_000_000_000])
    func theBudgetIsHeld(_ memory: Int) throws {
        var generator = SystemRandomNumberGenerator()
        var host = Host(processors: 6, memory: memory, waiting: 400)
        var waiting = Set<UInt64>()
        for _ in 0..<300 {
            let lane = RenderLane.allCases.randomElement(using: &generator) ?? .fast
            let most = lane == .fast ? RenderCost.fastBytes : host.gate.settings.largestJob
            let cost = RenderCost(lane: lane, bytes: Int.random(in: 1...most), seconds: 0.01)
            if let number = try? host.enter(cost) { waiting.insert(number) }
            host.run()
            #expect(host.gate.bytes <= memory)
            if Bool.random() { host.endOne(RenderLane.allCases.randomElement(using: &generator) ?? .fast) }
        }
        for _ in 0..<2_000 {
            for lane in RenderLane.allCases { host.endOne(lane) }
            host.run()
            #expect(host.gate.bytes <= memory)
        }
        #expect(RenderLane.allCases.allSatisfy { host.gate.waiting($0) == 0 })
        #expect(host.gate.running(.fast) + host.gate.slowRunning == 0)
    }

    @Test func whatFastJobsHoldIsOfTheirReserve() throws {
        var host = Host(processors: 2, memory: 1_000_000_000)
        let settings = host.gate.settings
        let slow = try host.enter(Self.heavy)
        try host.enter(Self.fast)
        host.run()
        #expect(Self.fast.bytes <= settings.fastReserve)
        #expect(host.gate.grow(slow, to: .max) == settings.largestBesideOthers)
    }

    @Test func whoNeedsMoreThanOthersLeaveMayComeWhenTheNextOfThemHasEnded() throws {
        var host = Host(processors: 2, memory: 1_000_000_000)
        let first = try host.enter(Self.heavy)
        try host.enter(Self.heavy)
        #expect(host.gate.refusal(ofGrowing: first, now: host.now) == nil)
        host.run()
        let refusal = try #require(host.gate.refusal(ofGrowing: first, now: host.now))
        let expected = RenderRefusal(lane: .heavy, reason: .memory, retryAfter: host.gate.expectedTime(of: Self.heavy))
        #expect(refusal == expected)
    }

    @Test func whatIsAtWorkMayGrowAsLongAsThereIsMemory() throws {
        var host = Host(processors: 2, memory: 1_000_000_000)
        let settings = host.gate.settings
        let first = try host.enter(Self.heavy)
        #expect(host.gate.grow(first, to: 200_000_000) == 0)
        host.run()
        #expect(host.gate.grow(first, to: 50_000_000) == Self.heavy.bytes)
        #expect(host.gate.grow(first, to: 150_000_000) == 150_000_000)
        let second = try host.enter(Self.heavy)
        host.run()
        #expect(host.gate.grow(first, to: .max) == settings.largestBesideOthers - Self.heavy.bytes)
        #expect(host.gate.grow(second, to: .max) == Self.heavy.bytes)
        #expect(host.gate.bytes == settings.largestBesideOthers)
        // What is left is the fast lane's.
        try host.enter(Self.fast)
        #expect(host.run() == [.fast])
        host.endOne(.fast)
        host.end(second)
        #expect(host.gate.grow(first, to: .max) == settings.largestJob)
        try host.enter(Self.fast)
        #expect(host.run() == [])
        host.end(first)
        #expect(host.run() == [.fast])
        #expect(host.gate.bytes == Self.fast.bytes)
    }

    @Test func aBigJobIsNotStarvedOfMemoryByThumbnails() throws {
        var host = Host(processors: 8, memory: 400_000_000 + 9 * RenderGate.Settings.processBytes)
        let thumbnail = RenderCost(lane: .fast, bytes: 50_000_000, seconds: 0.1)
        for _ in 0..<30 { try host.enter(thumbnail) }
        host.run()
        #expect(host.gate.bytes == 400_000_000)
        try host.enter(RenderCost(lane: .heavy, bytes: host.gate.settings.largestBesideOthers, seconds: 2))
        var begun: [RenderLane] = []
        for _ in 0..<8 where !begun.contains(.heavy) {
            host.endOne(.fast)
            begun += host.run()
        }
        #expect(begun.contains(.heavy))
        // What is reserved for thumbnails is theirs all the time.
        host.endOne(.fast)
        host.endOne(.fast)
        #expect(host.run().contains(.fast))
    }

    /// On a small host there is room for one photograph and nothing else.
    @Test func whatNeedsAllMemoryRunsAloneAndInTurnsWithThumbnails() throws {
        var host = Host(processors: 2, memory: 400_000_000)
        let alone = RenderCost(lane: .heavy, bytes: 390_000_000, seconds: 2)
        #expect(alone.bytes > host.gate.settings.memory && alone.bytes <= host.gate.settings.largestJob)
        try host.enter(Self.fast)
        #expect(host.run() == [.fast])
        for _ in 0..<2 { try host.enter(alone) }
        for _ in 0..<3 { try host.enter(Self.fast) }
        // It does not begin beside the one, and nobody slips in before it.
        #expect(host.run() == [])
        host.endOne(.fast)
        #expect(host.run() == [.heavy])
        // Those that came meanwhile go first.
        host.endOne(.heavy)
        #expect(host.run() == [.fast, .fast])
        try host.enter(Self.fast)
        host.endOne(.fast)
        #expect(host.run() == [.fast])
        for _ in 0..<2 { host.endOne(.fast) }
        #expect(host.run() == [.heavy])
        host.endOne(.heavy)
        #expect(host.run() == [.fast])
    }

    @Test func thumbnailsGoOnBesideOtherSlowWorkWhileABigJobWaits() throws {
        var host = Host(processors: 2, memory: 400_000_000)
        try host.enter(Self.heavy)
        host.run()
        try host.enter(RenderCost(lane: .heavy, bytes: 390_000_000, seconds: 2))
        for _ in 0..<3 {
            try host.enter(Self.fast)
            #expect(host.run() == [.fast])
            host.endOne(.fast)
        }
        host.endOne(.heavy)
        #expect(host.run() == [.heavy])
    }

    @Test(arguments: [1, 2, 8, 64])
    func anyJobOfTheFastLaneFitsIntoTheLeastThereIs(_ workers: Int) {
        let admission = RenderAdmission(grant: 1, workers: workers, slots: 8)
        let settings = RenderGate.Settings(
            processors: 1, hasFastPlace: true, memory: admission.memory, waiting: admission.waiting)
        #expect(settings.memory >= RenderCost.fastBytes)
        #expect(admission.memory <= 256_000_000)
    }

    // MARK: The model

    @Test func aFullQueueRefuses() throws {
        var host = Host(processors: 2, waiting: 8)
        for _ in 0..<2 { try host.enter(Self.heavy) }
        host.run()
        for _ in 0..<4 { try host.enter(Self.heavy) }
        let refusal = #expect(throws: RenderRefusal.self) { try host.enter(Self.heavy) }
        #expect(refusal?.reason == .full)
        #expect(refusal?.lane == .heavy)
        #expect(refusal?.retryAfter == 2)
        // The others have queues of their own.
        try host.enter(Self.animated)
        try host.enter(Self.fast)
        #expect(host.gate.waiting(.heavy) == 4)
    }

    @Test func whoFindsNoPlaceAnywhereIsToldWhenOneBegins() throws {
        var host = Host(processors: 1)
        #expect(host.gate.refusalOfAnybody(now: host.now) == nil)
        for _ in 0..<2 { try host.enter(RenderCost(lane: .heavy, bytes: 1, seconds: 10)) }
        host.run()
        // One is at work and one waits: 20 s in which two begin.
        #expect(
            host.gate.refusalOfAnybody(now: host.now) == RenderRefusal(lane: .heavy, reason: .full, retryAfter: 10))
        for _ in 0..<4 { try host.enter(Self.fast) }
        host.run()
        #expect(host.gate.refusalOfAnybody(now: host.now)?.lane == .fast)
        #expect(host.gate.refusalOfAnybody(now: host.now)?.retryAfter == 1)
    }

    @Test func whoCouldNotBeDoneInTimeIsRefused() throws {
        var host = Host(processors: 2)
        for _ in 0..<10 { try host.enter(Self.heavy) }
        host.run()
        // Two are at work, eight wait: 20 s of work for two, then its own 2 s.
        #expect(host.gate.expectedWait(of: Self.heavy, now: host.now) == 10)
        let refusal = #expect(throws: RenderRefusal.self) { try host.enter(Self.heavy, time: 7) }
        #expect(refusal?.reason == .late)
        #expect(refusal?.retryAfter == 5)
        #expect(throws: Never.self) { try host.enter(Self.heavy, time: 12) }
        // A thumbnail has a place of its own.
        #expect(host.gate.refusal(of: Self.fast, time: 1, now: host.now) == nil)
    }

    @Test func whoFindsAPlaceMayTry() throws {
        var host = Host(processors: 1)
        #expect(throws: Never.self) {
            try host.enter(RenderCost(lane: .heavy, bytes: 1, seconds: 10_000), time: 1)
        }
    }

    @Test func whatIsAtWorkCountsForLessWithTime() throws {
        var host = Host(processors: 1)
        try host.enter(RenderCost(lane: .heavy, bytes: 1, seconds: 10))
        host.run()
        #expect(host.gate.expectedWait(of: Self.heavy, now: host.now) == 10)
        #expect(host.gate.expectedWait(of: Self.heavy, now: host.now.later(by: .seconds(6))) == 4)
        // It should have been done long ago: nobody knows when it will be.
        #expect(host.gate.expectedWait(of: Self.heavy, now: host.now.later(by: .seconds(60))) == 1.25)
    }

    @Test func whatWasMeasuredCorrectsWhatIsEstimated() throws {
        var host = Host(processors: 1)
        for _ in 0..<100 {
            let number = try host.enter(Self.heavy)
            host.run()
            host.end(number, took: 6)
        }
        #expect(abs(host.gate.ratio(of: .heavy) - 3) < 0.1)
        #expect(host.gate.ratio(of: .fast) == 1)
        #expect(abs(host.gate.expectedTime(of: Self.heavy) - 6) < 0.2)
    }

    /// Nobody knows what they take, so that those of one would make all others of the lane wait, or be refused.
    @Test(arguments: [
        RenderCost(lane: .heavy, bytes: 100_000_000, seconds: 1, drawingBytes: 40_000_000),
        RenderCost(lane: .heavy, bytes: 100_000_000, seconds: 1, isGuessed: true),
    ])
    func whatIsNotKnownSaysNothingOfTheMachine(_ cost: RenderCost) throws {
        var host = Host(processors: 1)
        for _ in 0..<10 {
            let number = try host.enter(cost)
            host.run()
            host.end(number, took: 15)
        }
        #expect(host.gate.ratio(of: .heavy) == 1)
    }

    @Test func anOutlierAloneChangesLittle() throws {
        var host = Host(processors: 1)
        for _ in 0..<100 {
            let number = try host.enter(Self.fast)
            host.run()
            host.end(number, took: 0.1)
        }
        let number = try host.enter(Self.fast)
        host.run()
        host.end(number, took: 0.5)
        #expect(host.gate.ratio(of: .fast) < 1.5)
    }

    @Test func whoLeavesIsForgotten() throws {
        var host = Host(processors: 1, hasFastPlace: false)
        let first = try host.enter(Self.fast)
        let second = try host.enter(Self.fast)
        host.gate.leave(first)
        #expect(host.gate.next(ordinary: 1, favoured: 0) == second)
        host.gate.leave(second)
        #expect(host.gate.next(ordinary: 1, favoured: 0) == nil)
    }

    @Test(arguments: [(-1.0, 1), (0, 1), (0.2, 1), (7.1, 8), (60, 60), (1e9, 60), (.infinity, 60), (.nan, 60)])
    func retryAfterIsBetweenASecondAndAMinute(_ seconds: Double, _ expected: Int) {
        #expect(RenderRefusal(lane: .fast, reason: .late, retryAfter: seconds).retryAfter == expected)
    }
}
