import Deadlines
import Glibc
import Memory
import PictureHeaders
import Processes
import RenderJobs
import Testing
import Transformation

/// What render processes give up, and what becomes of those that hold or do too much.
@Suite(.serialized) struct ContainmentTests {
    private func small(_ pool: TestPool) throws -> Int {
        let bytes = try original(squares)
        return try pool.pool.render(job("f-png,q-80:w-32", of: bytes), bytes).facts.width
    }

    @Test func `What they have given up is known before the first job`() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        #expect(eventually { pool.pool.confinement != nil })
        #expect(pool.pool.confinement?.filtersCalls == true)
        for id in pool.processes { #expect(text("/proc/\(id)/status").contains("Seccomp:\t2")) }
    }

    @Test func `They hold neither the log nor anything else that could be written to`() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        #expect(eventually { pool.pool.confinement != nil })
        #expect(try small(pool) == 32)
        for id in pool.processes {
            for stream in 0...2 { #expect(link("/proc/\(id)/fd/\(stream)") == "/dev/null") }
            #expect(link("/proc/\(id)/fd/3")?.hasPrefix("socket:") == true)
        }
    }

    private func link(_ path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: 256)
        let count = readlink(path, &bytes, bytes.count)
        guard count >= 0 else { return nil }
        return String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    @Test(arguments: [
        (Confinement(landlock: 2, filtersCalls: true), true, "files by Landlock 2, sockets and programs by seccomp"),
        (
            Confinement(landlock: 0, filtersCalls: true), false,
            "files not, for want of Landlock, sockets and programs by seccomp"
        ),
        (
            Confinement(landlock: 7, filtersCalls: false), false,
            "files by Landlock 7, sockets and programs not, for want of seccomp"
        ),
    ])
    func `It arrives as it was said`(confinement: Confinement, isComplete: Bool, text: String) throws {
        #expect(try Confinement(message: confinement.message) == confinement)
        #expect(confinement.isComplete == isComplete)
        #expect("\(confinement)" == text)
        #expect(throws: MalformedMessage.self) { try Confinement(message: Array(confinement.message.dropLast())) }
    }

    /// Whether or not it is ever without work for long.
    @Test(arguments: [true, false])
    func `One that keeps too much memory is replaced, and no job is lost by it`(hasWork: Bool) throws {
        var settings = RenderSettings()
        settings.idleMemory = 1_000
        let pool = try TestPool(processes: 1, settings: settings)
        defer { pool.stop() }
        #expect(eventually { pool.processes.count == 1 })
        let before = pool.processes
        var lost = 0
        #expect(
            eventually {
                if hasWork, (try? small(pool)) != 32 { lost += 1 }
                return pool.processes.count == 1 && pool.processes.allSatisfy { !before.contains($0) }
            })
        #expect(lost == 0)
    }

    @Test func `One that keeps no more than it may stays`() throws {
        var settings = RenderSettings()
        settings.idleMemory = 500_000_000
        let pool = try TestPool(processes: 1, settings: settings)
        defer { pool.stop() }
        #expect(eventually { pool.processes.count == 1 })
        let before = pool.processes
        #expect(try small(pool) == 32)
        // Three looks at it.
        let deadline = Deadline(in: .seconds(4))
        #expect(state(of: pool, until: deadline) { $0 != before } == nil)
    }

    /// What `processes` were when they were as asked for; `nil` if they never were.
    private func state(of pool: TestPool, until deadline: Deadline, _ isMeant: ([Int32]) -> Bool) -> [Int32]? {
        while !deadline.hasPassed {
            let now = pool.processes
            if isMeant(now) { return now }
            usleep(50_000)
        }
        return nil
    }

    @Test func `A picture gets no more memory than it may have`() throws {
        var settings = RenderSettings()
        settings.mostMemory = 150_000_000
        let pool = try TestPool(processes: 1, settings: settings)
        defer { pool.stop() }
        let bytes = try original(speckles)
        // Turned, so that all of its 48 million pixels are in memory at once.
        #expect(throws: RenderPoolError.self) {
            try pool.pool.render(job("f-png,q-80:w-7000,h-7000:rt-90", of: bytes), bytes)
        }
        #expect(try small(pool) == 32)
    }

    /// No header tells what it takes; what it would be killed for otherwise is said.
    @Test func `A drawing that holds too much is given up, and nobody is blamed`() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let (good, bad) = (try original(page(picture: 2_000)), try original(page(picture: 20_000)))
        #expect(try pool.pool.render(job("f-png,q-80:w-32", of: good), good).facts.width == 32)
        let ends = Monitor<[RenderWitness.End]>([])
        var maximum = 0
        do throws(RenderPoolError) {
            let witness = RenderWitness { { end in ends.update { $0.append(end) } } }
            _ = try pool.pool.render(job("f-png,q-80:w-32", of: bad), bad, witness: witness)
        } catch {
            if case .outgrown(let most) = error { maximum = most }
        }
        #expect(maximum > MemoryLimit.allowance && maximum < MemoryLimit.allowance + 50_000_000)
        #expect(ends.withLock { $0 } == [.alive])
        #expect(try small(pool) == 32)
    }

    /// Many libraries go on without: poppler leaves a picture out of a page, cairo calls the drawing damaged.
    @Test(arguments: [page(picture: 20_000), groups(30, side: 3_000)])
    func `What gets no more memory is said, and the next job has all of it`(drawing: String) throws {
        var settings = RenderSettings()
        settings.mostMemory = 300_000_000
        let allocator = try #require(Self.allocator, "libjemalloc2 is not installed")
        let pool = try TestPool(
            processes: 1, settings: settings,
            environment: ["LD_PRELOAD": allocator, "MALLOC_CONF": "retain:false,narenas:4"])
        defer { pool.stop() }
        let bytes = try original(drawing)
        // One that has worked before is not trusted with it: the second time it is tried in a fresh one as well.
        for attempts in 1...2 {
            let ends = Monitor<[RenderWitness.End]>([])
            do throws(RenderPoolError) {
                let witness = RenderWitness { { end in ends.update { $0.append(end) } } }
                _ = try pool.pool.render(job("f-png,q-80:w-2000", of: bytes), bytes, witness: witness)
                Issue.record("it was made")
            } catch {
                guard case .outgrown(settings.mostMemory) = error else {
                    Issue.record("\(error)")
                    return
                }
            }
            #expect(ends.withLock { $0 } == Array(repeating: .alive, count: attempts))
            #expect(try small(pool) == 32)
        }
    }

    private static var allocator: String? {
        ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/libjemalloc.so.2" }.first { access($0, R_OK) == 0 }
    }

    /// Groups in one another, each with a surface of its own.
    private static func groups(_ count: Int, side: Int) -> String {
        let start = #"<svg xmlns="http://www.w3.org/2000/svg" width="\#(side)" height="\#(side)">"#
        let open = String(repeating: #"<g opacity="0.9">"#, count: count)
        let shape = #"<rect width="\#(side)" height="\#(side)" fill="red"/>"#
        return start + open + shape + String(repeating: "</g>", count: count) + "</svg>"
    }

    @Test(arguments: PictureHeader.OptionalKind.allCases)
    func `What is switched off is not decoded`(loader: PictureHeader.OptionalKind) throws {
        var settings = RenderSettings()
        settings.loaders.remove(loader)
        let pool = try TestPool(processes: 1, settings: settings)
        defer { pool.stop() }
        let head: [PictureHeader.OptionalKind: [UInt8]] = [
            .svg: Array(squares.utf8), .pdf: Array("%PDF-1.4\n".utf8),
            .heic: [0, 0, 0, 24] + Array("ftypheic".utf8) + [0, 0, 0, 0] + Array("mif1heic".utf8),
        ]
        var writer = try SharedMemoryWriter(maximum: 10_000)
        let start = head[loader] ?? []
        try writer.append(start.span.bytes)
        let bytes = try writer.finish()
        #expect(throws: RenderPoolError.failed(.notAvailable(kind: loader.rawValue.uppercased()))) {
            try pool.pool.render(job("f-png,q-80", of: bytes), bytes)
        }
    }

    @Test func `Settings arrive as they were given`() throws {
        var settings = RenderSettings()
        settings.loaders = [.svg, .heic]
        settings.mostMemory = 7
        #expect(RenderSettings(arguments: ["heic,svg", "7"]) == settings)
        settings.loaders = []
        #expect(RenderSettings(arguments: ["", "7"]) == settings)
        for wrong in [[], ["svg"], ["svg", "x"], ["gif", "1"], ["svg", "-1"], ["svg", "1", "2"]] {
            #expect(RenderSettings(arguments: wrong) == nil)
        }
    }
}

/// Whose attempts are watched, and forbidden.
@Suite(.serialized) struct WitnessTests {
    private final class Notes: Sendable {
        private let ends = Monitor<[RenderWitness.End]>([])
        var all: [RenderWitness.End] { ends.withLock { $0 } }

        func witness(attempts: Int) -> RenderWitness {
            let left = Monitor(attempts)
            return RenderWitness { [self] () -> (@Sendable (RenderWitness.End) -> Void)? in
                let isAllowed = left.withLock { left -> Bool in
                    left -= 1
                    return left >= 0
                }
                guard isAllowed else { return nil }
                return { end in self.ends.update { $0.append(end) } }
            }
        }
    }

    /// Work for many seconds.
    private static let endless = "f-avif,q-100:w-7000,h-7000"

    @Test func `A job that may not be tried costs nothing`() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let bytes = try original(squares)
        let notes = Notes()
        let forbidden = notes.witness(attempts: 0)
        #expect(throws: RenderPoolError.quarantined) {
            try pool.pool.render(job("f-png,q-80:w-32", of: bytes), bytes, witness: forbidden)
        }
        #expect(try pool.pool.render(job("f-png,q-80:w-32", of: bytes), bytes).facts.width == 32)
        #expect(notes.all.isEmpty)
    }

    @Test func `A job that succeeds or fails is told as alive`() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let notes = Notes()
        for text in [squares, "no picture"] {
            let bytes = try original(text)
            _ = try? pool.pool.render(job("f-png,q-80", of: bytes), bytes, witness: notes.witness(attempts: 1))
        }
        #expect(notes.all == [.alive, .alive])
    }

    @Test func `Processes that are killed while idle are told as alive`() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let bytes = try original(squares)
        let notes = Notes()
        for _ in 0..<20 {
            for id in pool.processes { kill(id, SIGKILL) }
            _ = try pool.pool.render(job("f-png,q-80:w-32", of: bytes), bytes, witness: notes.witness(attempts: 9))
        }
        #expect(notes.all.allSatisfy { $0 == .alive })
    }

    /// Nobody can tell the kernel that ran out of memory from whoever else kills.
    @Test(arguments: [(SIGSEGV, RenderWitness.End.died), (SIGABRT, .died), (SIGKILL, .killed)])
    func `A process that dies at a job is told as dead, one that is killed as killed`(
        signal: Int32, end: RenderWitness.End
    ) throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        #expect(eventually { pool.processes.count == 1 })
        let notes = Notes()
        let bytes = try original(speckles)
        let thread = try WorkThread(named: "victim") {
            _ = try? pool.pool.render(
                job(Self.endless, of: bytes), bytes, witness: notes.witness(attempts: 1))
        }
        #expect(eventually { pool.processes.contains { TestPool.ticks(of: $0) > 40 } })
        for id in pool.processes { kill(id, signal) }
        thread.join()
        #expect(notes.all == [end])
    }

    /// Where others leave it no processor, it is not its fault: what it had is counted here, too.
    @Test func `One that works on beyond the limit is told as late`() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        #expect(eventually { pool.processes.count == 1 })
        let id = try #require(pool.processes.first)
        let notes = Notes()
        let bytes = try original(speckles)
        let begin = Deadline.now
        let before = TestPool.ticks(of: id)
        let thread = try WorkThread(named: "late") {
            #expect(throws: RenderPoolError.outOfTime) {
                try pool.pool.render(
                    job(Self.endless, of: bytes), bytes, limit: .seconds(2), witness: notes.witness(attempts: 1))
            }
        }
        var (used, until) = (0, Duration.zero)
        while case let now = TestPool.ticks(of: id), now >= before + used, notes.all.isEmpty {
            (used, until) = (now - before, begin.elapsed)
            usleep(5_000)
        }
        thread.join()
        let share = Double(used) / Double(sysconf(Int32(_SC_CLK_TCK))) / (Double(until.milliseconds) / 1000)
        if share > 0.6 { #expect(notes.all == [.late]) }
        if share < 0.4 { #expect(notes.all == [.alive]) }
        #expect(notes.all.count == 1)
    }

    @Test func `One that had little of the limit is told as alive`() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let notes = Notes()
        let bytes = try original(speckles)
        #expect(throws: RenderPoolError.outOfTime) {
            try pool.pool.render(
                job(Self.endless, of: bytes, within: .seconds(1)), bytes, limit: .seconds(60),
                witness: notes.witness(attempts: 1))
        }
        #expect(notes.all == [.alive])
    }

    @Test(arguments: [
        ("f-png,q-80:w-32", false), ("f-png,q-80:w-32:rt-90", false), ("no plan", true),
        (WitnessTests.canonical("w-32,l-text,i-Hello,l-end"), true),
        (WitnessTests.canonical("w-32,l-image,i-b.png,l-end"), true),
        (WitnessTests.canonical("w-32,if-w_gt_10,l-text,i-Hello,l-end,if-end"), true),
    ])
    func `What is laid over an original is known by the plan`(plan: String, hasLayers: Bool) throws {
        #expect(try job(plan, of: original(squares)).hasLayers == hasLayers)
    }

    static func canonical(_ transformation: String) -> String {
        let resolution = try? Transformation([transformation]).resolve(accepting: [])
        return resolution?.canonical ?? ""
    }

    /// Strangers must not make the others wait by what they send.
    @Test func `Deaths at jobs make no pauses`() throws {
        let pool = try TestPool(processes: 1)
        defer { pool.stop() }
        let bytes = try original(speckles)
        for _ in 0..<4 {
            #expect(eventually { pool.processes.count == 1 })
            let before = pool.processes
            let thread = try WorkThread(named: "victim") {
                _ = try? pool.pool.render(
                    job(Self.endless, of: bytes), bytes, witness: Notes().witness(attempts: 1))
            }
            #expect(eventually { pool.processes.contains { TestPool.ticks(of: $0) > 40 } })
            for id in before { kill(id, SIGSEGV) }
            thread.join()
        }
        #expect(pool.pool.deathsWithoutJob == 0)
    }
}

private func text(_ path: String) -> String {
    guard let file = fopen(path, "re") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8_192)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
}
