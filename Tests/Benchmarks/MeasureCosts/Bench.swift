import Deadlines
import Glibc
import Memory
import Processes
import RenderJobs

/// One render process at a time, and what the kernel says of it.
final class Bench {
    private let program: String
    private let directory: String
    /// How long one measurement goes on, in seconds of CPU; its ticks are hundredths.
    private static let enough = 0.3
    private static let mostRuns = 30

    init(program: String) throws {
        self.program = program
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        var template = Array((parent + "/apus-costs-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw ProcessError(call: "mkdtemp", errno: errno) }
        directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// CPU seconds of one run, and how much more memory a fresh process held at most than before; `nil` if there was no
    /// picture.
    func measure(_ plan: String, _ bytes: SharedMemory, _ cost: RenderCost) -> (seconds: Double, bytes: Int)? {
        var admission = RenderAdmission()
        admission.hasFastProcess = false
        let pool = RenderPool(
            program: program, directory: directory, environment: Self.environment, count: 1, admission: admission)
        guard let keeper = try? pool.start() else { return nil }
        defer {
            pool.stop()
            keeper.join()
        }
        guard let process = Self.child(), let before = Self.waitForQuiet(process, pool) else { return nil }
        guard run(plan, bytes, cost, pool) else { return nil }
        let peak = Self.status("VmHWM", of: process)
        let start = Self.seconds(of: process)
        var runs = 0
        while runs < Self.mostRuns, runs == 0 || Self.seconds(of: process) - start < Self.enough {
            guard run(plan, bytes, cost, pool) else { return nil }
            runs += 1
        }
        return ((Self.seconds(of: process) - start) / Double(runs), max(0, peak - before))
    }

    private func run(_ plan: String, _ bytes: SharedMemory, _ cost: RenderCost, _ pool: RenderPool) -> Bool {
        let job = RenderJob(
            plan: plan, rasterisesSVG: true, limits: MeasureCosts.limits, deadline: Deadline(in: .seconds(120)))
        return (try? pool.render(job, bytes, cost: cost)) != nil
    }

    private static var environment: [String: String] {
        var environment = ["PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"]
        let allocator = "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"
        if access(allocator, R_OK) == 0 { environment["LD_PRELOAD"] = allocator }
        return environment
    }

    // MARK: proc(5)

    /// The process that was started last.
    private static func child() -> Int32? {
        for _ in 0..<500 {
            let own = Files.names(in: "/proc").compactMap { Int32($0) }.filter { fields(of: $0)?[1] == "\(getpid())" }
            if let last = own.max() { return last }
            usleep(10_000)
        }
        return nil
    }

    /// Bytes in memory once it has started.
    private static func waitForQuiet(_ process: Int32, _ pool: RenderPool) -> Int? {
        for _ in 0..<1_000 where pool.confinement == nil { usleep(10_000) }
        return pool.confinement == nil ? nil : status("VmHWM", of: process)
    }

    private static func fields(of process: Int32) -> [Substring]? {
        guard let text = Files.text("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 12 ? fields : nil
    }

    private static func seconds(of process: Int32) -> Double {
        guard let fields = fields(of: process) else { return 0 }
        return ((Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func status(_ name: String, of process: Int32) -> Int {
        let lines = Files.text("/proc/\(process)/status")?.split(separator: "\n") ?? []
        guard let line = lines.first(where: { $0.hasPrefix(name + ":") }) else { return 0 }
        return line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first.map { $0 * 1024 } ?? 0
    }
}
