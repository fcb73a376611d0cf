import Deadlines
import Glibc
import Memory
import Processes
import RenderJobs
import Testing

/// The gate in front of real render processes. Nothing here is timed: what counts is who ends before whom.
@Suite(.serialized) struct AdmissionTests {
    private static let heavy = RenderCost(lane: .heavy, bytes: 100_000_000, seconds: 2)
    private static let animated = RenderCost(lane: .animated, bytes: 100_000_000, seconds: 2)
    private static let fast = RenderCost(lane: .fast, bytes: 10_000_000, seconds: 0.01)
    /// The better part of a second of work.
    private static let slowPlan = "f-avif,q-90:w-1100,h-1100"
    /// Seconds of work.
    private static let longPlan = "f-avif,q-90:w-2500,h-2500"
    private static let fastPlan = "f-png,q-80:w-32"

    /// Renders on threads of their own; what ended in which order.
    private final class Kitchen: Sendable {
        let pool: TestPool
        private let bytes: SharedMemory
        private let ended = Monitor<[String]>([])
        private let threads = Monitor<[WorkThread]>([])

        init(_ pool: TestPool) throws {
            self.pool = pool
            bytes = try original(speckles)
        }

        func start(_ name: String, _ plan: String, _ cost: RenderCost, witness: RenderWitness = .none) throws {
            let thread = try WorkThread(named: "render") { [self] in
                let variant = try? pool.pool.render(job(plan, of: bytes), bytes, cost: cost, witness: witness)
                ended.update { $0.append(variant == nil ? "\(name) failed" : name) }
            }
            threads.withLock { $0.append(thread) }
        }

        /// Seconds of work that hold three fifths of 500 MB; returns when a process has it.
        func beginLarge() throws {
            let hasBegun = Monitor(false)
            let witness = RenderWitness {
                hasBegun.update { $0 = true }
                return { _ in }
            }
            let cost = RenderCost(lane: .heavy, bytes: 300_000_000, seconds: 1)
            try start("large", AdmissionTests.longPlan, cost, witness: witness)
            #expect(eventually { hasBegun.withLock { $0 } })
        }

        func render(_ plan: String, _ cost: RenderCost, within limit: Duration = .seconds(120)) throws(RenderPoolError)
        {
            _ = try pool.pool.render(job(plan, of: bytes, within: limit), bytes, cost: cost)
        }

        var order: [String] { ended.withLock { $0 } }

        func wait() {
            for thread in threads.withLock({ $0 }) { thread.join() }
        }
    }

    @Test(arguments: [1, 2])
    func thumbnailsAreMadeWhileHeavyOnesTakeAllOtherPlaces(_ processes: Int) throws {
        let pool = try TestPool(processes: processes, hasFastProcess: true)
        defer { pool.stop() }
        #expect(eventually { pool.processes.count == processes + 1 })
        let kitchen = try Kitchen(pool)
        for number in 0..<processes + 2 { try kitchen.start("heavy \(number)", Self.slowPlan, Self.heavy) }
        #expect(eventually { pool.pool.waiting(in: .heavy) == 2 })
        for _ in 0..<5 { try kitchen.render(Self.fastPlan, Self.fast) }
        // All that were there before are still there.
        #expect(kitchen.order.count <= 1)
        #expect(pool.pool.waiting(in: .heavy) >= 1)
        kitchen.wait()
        #expect(kitchen.order.allSatisfy { !$0.contains("failed") } && kitchen.order.count == processes + 2)
    }

    @Test func theProcessOfThumbnailsDoesNothingElse() throws {
        let pool = try TestPool(processes: 1, hasFastProcess: true)
        defer { pool.stop() }
        #expect(eventually { pool.processes.count == 2 })
        let kitchen = try Kitchen(pool)
        try kitchen.start("heavy 0", Self.slowPlan, Self.heavy)
        // With the other at work, this shows that it is there.
        try kitchen.render(Self.fastPlan, Self.fast)
        let fastProcess = try #require(pool.fastProcess)
        // From here on nothing ends that is given to it.
        kill(fastProcess, SIGSTOP)
        defer { kill(fastProcess, SIGCONT) }
        for number in 1..<3 { try kitchen.start("heavy \(number)", Self.slowPlan, Self.heavy) }
        kitchen.wait()
        #expect(Set(kitchen.order) == ["heavy 0", "heavy 1", "heavy 2"])
    }

    @Test func heavyOnesAreMadeWhileThumbnailsFlood() throws {
        let pool = try TestPool(processes: 1, hasFastProcess: true)
        defer { pool.stop() }
        let kitchen = try Kitchen(pool)
        let isDone = Monitor(false)
        let flood = try (0..<4).map { _ in
            try WorkThread(named: "flood") {
                while !isDone.withLock({ $0 }) { try? kitchen.render(Self.fastPlan, Self.fast) }
            }
        }
        try kitchen.start("heavy", Self.slowPlan, Self.heavy)
        try kitchen.start("animated", Self.slowPlan, Self.animated)
        kitchen.wait()
        #expect(Set(kitchen.order) == ["heavy", "animated"])
        isDone.update { $0 = true }
        for thread in flood { thread.join() }
    }

    @Test func aFullQueueIsSaidAtOnce() throws {
        let pool = try TestPool(processes: 1, hasFastProcess: true, waiting: 4)
        defer { pool.stop() }
        let kitchen = try Kitchen(pool)
        for number in 0..<3 { try kitchen.start("heavy \(number)", Self.slowPlan, Self.heavy) }
        #expect(eventually { pool.pool.waiting(in: .heavy) == 2 })
        let error = #expect(throws: RenderPoolError.self) { try kitchen.render(Self.slowPlan, Self.heavy) }
        guard case .refused(let refusal)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(refusal.reason == .full && refusal.lane == .heavy)
        #expect((1...60).contains(refusal.retryAfter))
        // That is no reason to refuse what nobody knows to be heavy.
        #expect(pool.pool.refusal(until: Deadline(in: .seconds(20))) == nil)
        kitchen.wait()
        #expect(kitchen.order.count == 3)
    }

    @Test func whatNobodyCouldHoldIsRefusedBeforeItIsDecoded() throws {
        let pool = try TestPool(processes: 1, hasFastProcess: true, memory: 400_000_000)
        defer { pool.stop() }
        let kitchen = try Kitchen(pool)
        #expect(throws: RenderPoolError.tooLarge(maximum: 400_000_000)) {
            try kitchen.render(Self.slowPlan, RenderCost(lane: .heavy, bytes: 400_000_001, seconds: 1))
        }
        #expect(pool.pool.lastOutcome == nil)
    }

    /// What nobody knows before, and what is not its fault either.
    @Test func aDrawingGetsTheMemoryThatOthersLeave() throws {
        let pool = try TestPool(processes: 2, memory: 500_000_000)
        defer { pool.stop() }
        #expect(eventually { pool.processes.count == 2 })
        let drawing = try original(page(picture: 6_000))
        let cost = RenderCost(lane: .heavy, bytes: 10_000_000, seconds: 0.1)
        func draw() throws(RenderPoolError) -> Int {
            try pool.pool.render(job(Self.fastPlan, of: drawing), drawing, cost: cost).facts.width
        }
        #expect(try draw() == 32)
        let kitchen = try Kitchen(pool)
        try kitchen.beginLarge()
        let error = #expect(throws: RenderPoolError.self) { try draw() }
        guard case .refused(let refusal)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(refusal.reason == .memory && refusal.lane == .heavy)
        #expect(kitchen.order.isEmpty)
        kitchen.wait()
        #expect(kitchen.order == ["large"])
        #expect(try draw() == 32)
    }

    /// Its header tells of 100 x 100 pixels. `isGuessed`: or could not be read.
    @Test(arguments: [(false, RenderPoolError.outgrown(maximum: 220_000_000)), (true, .tooLarge(maximum: 500_000_000))])
    func whatNoHeaderTellsOfGetsTheMemoryThatOthersLeave(isGuessed: Bool, most: RenderPoolError) throws {
        let pool = try TestPool(processes: 2, memory: 500_000_000)
        defer { pool.stop() }
        #expect(eventually { pool.processes.count == 2 })
        let cost = RenderCost(lane: .heavy, bytes: 10_000_000, seconds: 0.1, isGuessed: isGuessed)
        func render(_ tags: Int) throws(RenderPoolError) -> Int {
            let bytes: SharedMemory
            do { bytes = try original(tiff(tags: tags, ofBytes: 4_000_000)) } catch { throw .noneFree }
            return try pool.pool.render(job(Self.fastPlan, of: bytes), bytes, cost: cost).facts.width
        }
        #expect(try render(10) == 32)
        #expect(throws: most) { try render(400) }
        let kitchen = try Kitchen(pool)
        try kitchen.beginLarge()
        let error = #expect(throws: RenderPoolError.self) { try render(10) }
        guard case .refused(let refusal)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(refusal.reason == .memory && kitchen.order.isEmpty)
        kitchen.wait()
        #expect(try render(10) == 32)
    }

    @Test func theMetronomeBeatsWhileRendersFillTheProcessors() throws {
        let metronome = Metronome(processors: 1, count: 1)
        let pool = try TestPool(processes: 2, metronome: metronome)
        defer { pool.stop() }
        #expect(eventually { pool.processes.count == 2 })
        let kitchen = try Kitchen(pool)
        try kitchen.start("one", Self.slowPlan, Self.heavy)
        #expect(!metronome.isBeating)
        try kitchen.start("other", Self.slowPlan, Self.heavy)
        #expect(eventually { metronome.isBeating })
        kitchen.wait()
        #expect(!metronome.isBeating)
        #expect(kitchen.order.sorted() == ["one", "other"])
    }

    @Test func jobsThatNeedAllMemoryRunOneAfterTheOther() throws {
        let pool = try TestPool(processes: 2, memory: 400_000_000)
        defer { pool.stop() }
        #expect(eventually { pool.processes.count == 2 })
        let kitchen = try Kitchen(pool)
        let cost = RenderCost(lane: .heavy, bytes: 200_000_000, seconds: 1)
        for number in 0..<2 { try kitchen.start("big \(number)", Self.slowPlan, cost) }
        // There is a process for the second, and no memory.
        #expect(eventually { pool.pool.waiting(in: .heavy) == 1 })
        #expect(pool.processes.count == 2)
        kitchen.wait()
        #expect(kitchen.order.sorted() == ["big 0", "big 1"])
    }

    @Test func aJobWhoseProcessDiesKeepsItsPlace() throws {
        let pool = try TestPool(processes: 1, hasFastProcess: true)
        defer { pool.stop() }
        #expect(eventually { pool.processes.count == 2 })
        let kitchen = try Kitchen(pool)
        try kitchen.start("victim", Self.slowPlan, Self.heavy)
        #expect(eventually { pool.processes.contains { TestPool.ticks(of: $0) > 30 } })
        try kitchen.start("next", Self.slowPlan, Self.heavy)
        #expect(eventually { pool.pool.waiting(in: .heavy) == 1 })
        for id in pool.processes where TestPool.ticks(of: id) > 30 { kill(id, SIGKILL) }
        kitchen.wait()
        #expect(kitchen.order == ["victim", "next"])
    }
}
