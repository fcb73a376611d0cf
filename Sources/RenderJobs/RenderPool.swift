package import Deadlines
package import Memory
package import Processes
import Transformation

/// Why the pool gave no outcome for a job.
package enum RenderPoolError: Error, Equatable, Sendable {
    case failed(RenderFailure)
    /// No render process was free before the deadline.
    case noneFree
    /// The render process was still at work at the hard limit, and was killed.
    case outOfTime
    /// Two render processes, one after the other, died of this job.
    case crashed
}

/// A variant fresh from a render process.
package struct RenderedVariant: Sendable {
    package let facts: VariantFacts
    package let bytes: SharedMemory
    /// How long the job waited for a free render process.
    package let queue: Duration
}

/// The render gate: as many jobs at once as there are render processes, the others wait for one to be free.
///
/// A thread of its own keeps the number of processes: one that died is replaced, with growing pauses if they die at once.
package final class RenderPool: Sendable {
    /// How much longer than the job's own deadline a render process may take before it is killed.
    package static let grace: Duration = .milliseconds(500)
    /// How often a job whose render process died is tried in another.
    private static let attempts = 2
    private static let shortestPause: Duration = .milliseconds(20)
    private static let longestPause: Duration = .seconds(5)
    /// How often idle processes are looked at.
    private static let watchInterval: Duration = .seconds(1)

    private struct State {
        var idle: [RenderProcess] = []
        /// Who waits for an idle process, first come first.
        var line: [UInt64] = []
        var nextNumber: UInt64 = 0
        var lastOutcome: Deadline?
        /// Processes that are still to be started.
        var missing: Int
        /// Ends without an outcome since the last outcome.
        var losses = 0
        var isStopping = false
    }

    private let program: String
    private let directory: String
    private let environment: [String: String]
    private let state: Monitor<State>

    /// - Parameters:
    ///   - program: the path of `apus-render`.
    ///   - directory: a folder of this user's in which render processes may make what libvips wants at its start.
    ///   - count: render processes to keep, at least 1.
    package init(program: String, directory: String, environment: [String: String], count: Int) {
        self.program = program
        self.directory = directory
        self.environment = environment
        state = Monitor(State(missing: max(1, count)))
    }

    /// Starts the thread that keeps the processes; it runs until `stop`. Call once.
    package func start() throws(ProcessError) -> WorkThread {
        try WorkThread(named: "render-keeper") { self.keep() }
    }

    /// Ends all processes that are idle and starts no more. Call it when nobody renders any more, then join the thread.
    package func stop() {
        state.update { $0.isStopping = true }
    }

    /// When a render process last said what became of its job; `nil` if none ever did.
    package var lastOutcome: Deadline? { state.withLock(\.lastOutcome) }

    /// Renders one job. Blocks until its outcome is there, at most until the job's deadline and the grace have passed.
    ///
    /// - Parameters:
    ///   - inputs: all that goes into the picture beside the original; the job is told of both here.
    ///   - limit: how long the work itself may take; waiting for a free render process does not count.
    package func render(
        _ job: RenderJob, _ original: SharedMemory, inputs: [JobInput] = [], limit: Duration? = nil
    ) throws(RenderPoolError) -> RenderedVariant {
        let arrival = Deadline.now
        var job = job
        job.originalCount = original.count
        job.inputs = inputs.map { RenderJob.Input(name: $0.name, count: $0.bytes.count) }
        do { try job.checkSize() } catch { throw .failed(error) }
        var deaths = 0
        while deaths < Self.attempts {
            let process = try takeIdle(until: job.deadline)
            let queue = arrival.elapsed
            var job = job
            if let limit { job.deadline = job.deadline.capped(to: limit) }
            switch run(job, [original] + inputs.map(\.bytes), in: process) {
            case .success(.success(let (facts, bytes))):
                return RenderedVariant(facts: facts, bytes: bytes, queue: queue)
            case .success(.failure(.outOfTime)), .failure(.late): throw .outOfTime
            case .success(.failure(let failure)): throw .failed(failure)
            case .failure(.died), .failure(.malformed): deaths += 1
            case .failure(.deadBefore):
                // It says nothing about this job, however many were killed while they were idle.
                if job.deadline.hasPassed { throw .noneFree }
            }
        }
        throw .crashed
    }

    /// A process that is lost is replaced.
    private func run(
        _ job: RenderJob, _ bytes: [SharedMemory], in process: RenderProcess
    ) -> Result<RenderProcess.Outcome, RenderProcess.Loss> {
        do throws(RenderProcess.Loss) {
            let outcome = try process.run(job, bytes, hardLimit: job.deadline.later(by: Self.grace))
            giveBack(process)
            return .success(outcome)
        } catch {
            replace(process)
            return .failure(error)
        }
    }
}

extension RenderPool {
    private func takeIdle(until deadline: Deadline) throws(RenderPoolError) -> RenderProcess {
        let number = state.withLock { state in
            state.nextNumber += 1
            state.line.append(state.nextNumber)
            return state.nextNumber
        }
        let process = state.wait(until: deadline) { state -> RenderProcess? in
            // The one used last: its memory is warm.
            state.line.first == number ? state.idle.popLast() : nil
        }
        // Whoever is first now may find another one idle.
        state.update { state in state.line.removeAll { $0 == number } }
        guard let process else { throw .noneFree }
        return process
    }

    private func giveBack(_ process: RenderProcess) {
        state.update { state in
            state.losses = 0
            state.lastOutcome = .now
            state.idle.append(process)
        }
    }

    private func replace(_ process: RenderProcess) {
        process.end()
        state.update { state in
            state.losses += 1
            state.missing += 1
        }
    }

    // MARK: The keeper's thread

    private func keep() {
        while true {
            let turn = state.wait(until: Deadline(in: Self.watchInterval)) { state -> (stops: Bool, losses: Int)? in
                state.isStopping || state.missing > 0 ? (state.isStopping, state.losses) : nil
            }
            guard let turn else {
                collectEnded()
                continue
            }
            if turn.stops { return endIdle() }
            if turn.losses > 1 { pause(after: turn.losses) }
            startOne()
        }
    }

    private func startOne() {
        guard let process = try? RenderProcess(program: program, directory: directory, environment: environment) else {
            state.update { $0.losses += 1 }
            return
        }
        state.update { state in
            state.missing -= 1
            state.idle.append(process)
        }
    }

    /// Finds idle processes that somebody has killed.
    private func collectEnded() {
        state.update { state in
            let count = state.idle.count
            state.idle.removeAll { $0.hasEnded }
            state.missing += count - state.idle.count
        }
    }

    private func pause(after losses: Int) {
        let pause = min(Self.longestPause, Self.shortestPause * (1 << min(losses, 10)))
        _ = state.wait(until: Deadline(in: pause)) { $0.isStopping ? true : nil }
    }

    private func endIdle() {
        for process in state.withLock({ $0.idle }) { process.end() }
    }
}
