import Deadlines
import Glibc
import Memory
import Processes
import RenderJobs
import Testing
import Transformation

/// One after the other: most of these keep both processors busy.
@Suite(.serialized) struct RenderPoolTests {
    /// A variant that takes a second or more to write.
    private static let slow = "f-avif,q-90:w-1600,h-1600"
    /// One that takes very much longer than `shortLimit`.
    private static let endless = "f-avif,q-100:w-7000,h-7000"
    private static let shortLimit: Duration = .seconds(4)

    @Test func aJobIsRendered() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let bytes = try original(squares)
        let variant = try pool.pool.render(job("f-png,q-80:w-32", of: bytes), bytes)
        #expect(variant.facts.format == .png)
        #expect(variant.facts.width == 32)
        #expect(variant.facts.height == 24)
        #expect(variant.facts.count == variant.bytes.count)
        #expect(Array(variant.bytes.copied.prefix(4)) == [0x89, 0x50, 0x4E, 0x47])
    }

    @Test func theVariantCannotBeChangedAnyMore() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let bytes = try original(squares)
        let variant = try pool.pool.render(job("f-png,q-80", of: bytes), bytes)
        var byte: UInt8 = 0
        #expect(pwrite(variant.bytes.descriptor, &byte, 1, 0) == -1)
        #expect(errno == EPERM)
        #expect(ftruncate(variant.bytes.descriptor, 0) == -1)
        #expect(errno == EPERM)
    }

    @Test func failuresOfTheOriginalLeaveTheProcessAlive() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let text = try original("<html>not found</html>")
        #expect(throws: RenderPoolError.failed(.notAPicture)) {
            try pool.pool.render(job("f-png,q-80", of: text), text)
        }
        let before = pool.processes
        let bytes = try original(squares)
        #expect(throws: RenderPoolError.failed(.internalFailure(log: "plan: not a canonical plan"))) {
            try pool.pool.render(job("h-1,w-1", of: bytes), bytes)
        }
        _ = try pool.pool.render(job("f-png,q-80", of: bytes), bytes)
        #expect(pool.processes == before)
    }

    @Test func asManyAtOnceAsThereAreProcesses() throws {
        let pool = try TestPool(processes: 2)
        defer { pool.stop() }
        let bytes = try original(squares)
        let widths = Monitor<[Int]>([])
        let threads = try (1...8).map { number in
            try WorkThread(named: "render-\(number)") {
                let variant = try? pool.pool.render(job("f-png,q-80:w-\(number * 10)", of: bytes), bytes)
                widths.update { $0.append(variant?.facts.width ?? 0) }
            }
        }
        for thread in threads { thread.join() }
        #expect(widths.withLock { $0.sorted() } == (1...8).map { $0 * 10 })
        #expect(eventually { pool.processes.count == 2 })
    }

    @Test func aJobThatFindsNoneFreeIsToldSo() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let bytes = try original(speckles)
        #expect(eventually { pool.processes.count == 1 })
        let first = try WorkThread(named: "slow") { _ = try? pool.pool.render(job(Self.slow, of: bytes), bytes) }
        #expect(eventually { pool.isAtWork })
        let error = #expect(throws: RenderPoolError.self) {
            try pool.pool.render(job("f-png,q-80", of: bytes, within: .milliseconds(1)), bytes)
        }
        guard case .refused(let refusal)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(refusal.reason == .late)
        #expect((1...60).contains(refusal.retryAfter))
        first.join()
    }

    @Test func processesKilledWhileIdleAreReplacedAndCostNoJob() throws {
        let pool = try TestPool(processes: 3)
        defer { pool.stop() }
        #expect(eventually { pool.processes.count == 3 })
        let bytes = try original(squares)
        let before = pool.processes
        // All of them: more than a job has attempts.
        for id in before { kill(id, SIGKILL) }
        #expect(eventually { pool.processes.allSatisfy { !before.contains($0) } })
        #expect(try pool.pool.render(job("f-png,q-80:w-32", of: bytes), bytes).facts.width == 32)
        #expect(eventually { pool.processes.count == 3 })
    }

    @Test func aJobWhoseProcessDiesIsTriedInAnother() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let outcome = try pool.renderInBackground(Self.slow, killing: 1)
        guard case .success(let width)? = outcome else {
            Issue.record("\(String(describing: outcome))")
            return
        }
        #expect(width == 1_600)
    }

    @Test func aJobThatCostsTwoProcessesHasCrashed() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        #expect(try pool.renderInBackground(Self.slow, killing: 2) == .failure(.crashed))
        let bytes = try original(squares)
        #expect(try pool.pool.render(job("f-png,q-80:w-32", of: bytes), bytes).facts.width == 32)
    }

    @Test func aJobThatCannotBeStoppedIsKilledAtTheHardLimit() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let bytes = try original(speckles)
        #expect(eventually { pool.processes.count == 1 })
        let before = pool.processes
        #expect(throws: RenderPoolError.outOfTime) {
            try pool.pool.render(job(Self.endless, of: bytes, within: Self.shortLimit), bytes)
        }
        // Another process at once: the job had not stopped by itself.
        let small = try original(squares)
        #expect(try pool.pool.render(job("f-png,q-80:w-32", of: small), small).facts.width == 32)
        #expect(pool.processes.allSatisfy { !before.contains($0) })
    }

    @Test func theWorkHasALimitOfItsOwnWithinTheRequestsDeadline() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let bytes = try original(speckles)
        #expect(eventually { pool.processes.count == 1 })
        #expect(pool.pool.lastOutcome == nil)
        #expect(throws: RenderPoolError.outOfTime) {
            try pool.pool.render(job(Self.endless, of: bytes), bytes, limit: Self.shortLimit)
        }
        let small = try original(squares)
        #expect(try pool.pool.render(job("f-png,q-80:w-32", of: small), small).facts.width == 32)
        #expect(pool.pool.lastOutcome != nil)
    }

    @Test func aTransformationThatIsTooLongCostsNoProcess() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        #expect(eventually { pool.processes.count == 1 })
        let before = pool.processes
        let bytes = try original(squares)
        let long = String(repeating: "x", count: 70_000)
        #expect(throws: RenderPoolError.failed(.transformation(message: "the transformation is too long"))) {
            try pool.pool.render(job(long, of: bytes), bytes)
        }
        #expect(pool.processes == before)
    }

    @Test func thePoolSaysHowLongTheBytesAre() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let bytes = try original(squares)
        var job = job("f-png,q-80:w-32", of: bytes)
        job.originalCount = 1
        job.inputs = [.init(name: "nothing", count: 7)]
        #expect(try pool.pool.render(job, bytes, inputs: []).facts.width == 32)
    }

    /// One document in many layers, each page of it larger than the one before.
    @Test func whatDrawingsMayHoldIsSaidAgainForEveryLayer() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let (bytes, document) = (try original(squares), try original(Self.pages(sides: [10, 20, 40, 80])))
        let layers = (1...4).map { "l-image,i-a.pdf,pg-\($0),t-false,l-end" }.joined(separator: ",")
        guard case .variant(let plan) = try Transformation(["f-png," + layers]).resolve(accepting: []) else {
            Issue.record("no variant")
            return
        }
        let inputs = plan.inputs.map { JobInput(name: $0.name, bytes: document) }
        #expect(inputs.count == 1)
        let variant = try pool.pool.render(job(plan.canonical, of: bytes), bytes, inputs: inputs)
        #expect(variant.facts.width == 64)
    }

    /// Bare square pages.
    private static func pages(sides: [Int]) -> String {
        let places = sides.indices.map { "\($0 + 3) 0 R" }.joined(separator: " ")
        let pages = sides.indices.map { index in
            "\(index + 3) 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 \(sides[index]) \(sides[index])]>> endobj"
        }
        return """
            %PDF-1.4
            1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
            2 0 obj <</Type/Pages/Kids[\(places)]/Count \(sides.count)>> endobj
            \(pages.joined(separator: "\n"))
            trailer <</Root 1 0 R>>
            """
    }

    @Test func stoppingLeavesNoProcessBehind() throws {
        let pool = try TestPool(processes: 2)
        #expect(eventually { pool.processes.count == 2 })
        let before = pool.processes
        pool.stop()
        #expect(before.allSatisfy { kill($0, 0) == -1 })
    }

    @Test func aProgramThatDoesNotExistIsNoTrap() throws {
        let pool = try TestPool(processes: 1, program: "/nonexistent/apus-render")
        defer { pool.stop() }
        let bytes = try original(squares)
        #expect(throws: RenderPoolError.noneFree) {
            try pool.pool.render(job("f-png,q-80", of: bytes, within: .milliseconds(200)), bytes)
        }
    }
}

extension TestPool {
    /// Whether a process has used processor time well beyond its start.
    fileprivate var isAtWork: Bool { processes.contains { Self.ticks(of: $0) > 20 } }

    private func next(after killed: Set<Int32>) -> Int32? {
        var victim: Int32?
        _ = eventually {
            victim = processes.first { !killed.contains($0) && Self.ticks(of: $0) > 20 }
            return victim != nil
        }
        return victim
    }

    /// Renders on a thread of its own and kills the process that is at it, `count` times. Returns the width.
    fileprivate func renderInBackground(
        _ plan: String, killing count: Int
    ) throws -> Result<Int, RenderPoolError>? {
        let bytes = try original(speckles)
        let outcome = Monitor<Result<Int, RenderPoolError>?>(nil)
        let thread = try WorkThread(named: "victim") {
            do throws(RenderPoolError) {
                let width = try self.pool.render(job(plan, of: bytes), bytes).facts.width
                outcome.update { $0 = .success(width) }
            } catch {
                outcome.update { $0 = .failure(error) }
            }
        }
        var killed: Set<Int32> = []
        while killed.count < count {
            guard let victim = next(after: killed) else { break }
            kill(victim, SIGKILL)
            killed.insert(victim)
        }
        thread.join()
        return outcome.withLock { $0 }
    }
}
