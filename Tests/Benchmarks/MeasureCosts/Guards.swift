import Deadlines
import Glibc
import Memory
import PictureHeaders
import RenderJobs
import Transformation

/// CPU time of what stands between a worker and its render processes for each picture.
struct Guards {
    private static let runs = 20_000
    private let bytes: SharedMemory
    private let plan: Plan

    init(file: String) throws {
        guard let bytes = Files.bytes(of: file) else { throw SharedMemoryError(call: "open", errno: ENOENT) }
        self.bytes = bytes
        plan = try Plan(canonical: "f-jpeg,q-80:w-400")
    }

    /// A line for each part: µs, name.
    func report() throws {
        let part = MeasureCosts.part(bytes)
        let cost = RenderCost(of: plan, original: part, limits: MeasureCosts.limits)
        var gate = RenderGate(.init(processors: 2, hasFastPlace: true, memory: .max, waiting: 128))
        // As it is in a busy hour: others are at work and wait.
        for _ in 0..<10 { _ = try gate.enter(cost, time: 100, now: .now) }
        measure("the original's header") { MeasureCosts.part(bytes).count }
        measure("the estimate") { RenderCost(of: plan, original: part, limits: MeasureCosts.limits).bytes }
        measure("the look before the original is fetched") {
            gate.refusal(of: .least, time: 20, now: .now) == nil ? 1 : 0
        }
        measure("in and out of the gate") {
            guard let number = try? gate.enter(cost, time: 100, now: .now) else { return 0 }
            _ = gate.next(ordinary: 2, favoured: 1)
            gate.begin(number, now: .now)
            gate.end(number, took: 0.1)
            return 1
        }
    }

    private func measure(_ name: String, _ body: () -> Int) {
        var sum = 0
        let start = Self.nanoseconds()
        for _ in 0..<Self.runs { sum &+= body() }
        let each = Double(Self.nanoseconds() - start) / Double(Self.runs) / 1000
        precondition(sum != 0, name)
        print("\(Int(each * 100))e-2", name)
    }

    private static func nanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
