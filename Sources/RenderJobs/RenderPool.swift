package import Deadlines
import Glibc
package import Memory
package import Processes
import Transformation

/// Why the pool gave no outcome for a job.
package enum RenderPoolError: Error, Equatable, Sendable {
    case failed(RenderFailure)
    /// There was no render process at all until the deadline, or this process had no room for the job's bytes.
    case noneFree
    /// Too many others wait, or are at work, for this to be done in time, or with the memory that it takes.
    case refused(RenderRefusal)
    /// The job alone would hold, or held, more memory than one may where all others leave it what they can; that many bytes.
    case tooLarge(maximum: Int)
    /// It takes more memory than its estimate allows for: more than that many bytes.
    case outgrown(maximum: Int)
    /// The render process was still at work at the hard limit, and was killed.
    case outOfTime
    /// Two render processes, one after the other, died of this job.
    case crashed
    /// The witness did not let it be tried.
    case quarantined
}

/// A variant fresh from a render process.
package struct RenderedVariant: Sendable {
    package let facts: VariantFacts
    package let bytes: SharedMemory
    /// How long the job waited for a free render process.
    package let queue: Duration
}

/// Render processes, and the gate in front of them (`RenderGate`): who may not begin at once waits, and who would wait in
/// vain is told so at once.
///
/// A thread of its own keeps the number of processes (`RenderPool+Keeping`).
package final class RenderPool: Sendable {
    /// How much longer than the job's own deadline a render process may take before it is killed.
    package static let grace: Duration = .milliseconds(500)
    /// How often a job whose render process died is tried in another.
    private static let attempts = 2

    struct State {
        var idle: [RenderProcess] = []
        var gate: RenderGate
        let metronome: Metronome?
        /// Of the jobs that wait, by their numbers.
        var waiting: [UInt64: Entrance] = [:]
        var lastOutcome: Deadline?
        /// Processes that are still to be started.
        var missing: [RenderPriority]
        /// One after the other.
        var deathsWithoutJob = 0
        var confinement: Confinement?
        var isStopping = false
    }

    let program: String
    let directory: String
    let environment: [String: String]
    let settings: RenderSettings
    let state: Monitor<State>

    /// - Parameters:
    ///   - program: the path of `apus-render`.
    ///   - directory: a folder of this user's in which render processes may make what libvips wants at its start.
    ///   - count: render processes to keep, at least 1; without the one that is for the fast lane alone.
    ///   - admission: what the gate holds to.
    ///   - metronome: beats while there are as many jobs at work as `count`.
    package init(
        program: String, directory: String, environment: [String: String], count: Int,
        settings: RenderSettings = RenderSettings(), admission: RenderAdmission = RenderAdmission(),
        metronome: Metronome? = nil
    ) {
        self.program = program
        self.directory = directory
        self.environment = environment
        self.settings = settings
        let gate = RenderGate(
            RenderGate.Settings(
                processors: count, hasFastPlace: admission.hasFastProcess, memory: admission.memory,
                waiting: admission.waiting))
        // The last is started first.
        let favoured: [RenderPriority] = admission.hasFastProcess ? [.favoured] : []
        let others = Array(repeating: RenderPriority.idle, count: gate.settings.processors)
        state = Monitor(State(gate: gate, metronome: metronome, missing: favoured + others))
    }

    /// Starts the thread that keeps the processes; it runs until `stop`. Call once.
    package func start() throws(ProcessError) -> WorkThread {
        try WorkThread(named: "render-keeper") { self.keep() }
    }

    /// Ends all processes that are idle and starts no more. Call it when nobody renders any more, then join the thread.
    package func stop() {
        state.update { $0.isStopping = true }
    }

    /// What the render process that was started last has given up for good; `nil` before the first is there.
    package var confinement: Confinement? { state.withLock(\.confinement) }

    /// When a render process last said what became of its job; `nil` if none ever did.
    package var lastOutcome: Deadline? { state.withLock(\.lastOutcome) }

    /// Renders one job. Blocks until its outcome is there, at most until the job's deadline and the grace have passed; a
    /// job that would wait in vain is refused at once.
    ///
    /// - Parameters:
    ///   - inputs: all that goes into the picture beside the original; the job is told of both here.
    ///   - cost: what it is expected to take.
    ///   - limit: how long the work itself may take; waiting for a free render process does not count.
    ///   - witness: is asked before each attempt.
    package func render(
        _ job: RenderJob, _ original: SharedMemory, inputs: [JobInput] = [], cost: RenderCost = .least,
        limit: Duration? = nil, witness: RenderWitness = .none
    ) throws(RenderPoolError) -> RenderedVariant {
        let arrival = Deadline.now
        var job = job
        job.originalCount = original.count
        job.inputs = inputs.map { RenderJob.Input(name: $0.name, count: $0.bytes.count) }
        do { try job.checkSize() } catch { throw .failed(error) }
        let cost = cost.fitted(to: mostOfOneJob)
        let turn = try enter(cost, until: job.deadline, limit)
        let first = try begin(turn)
        let queue = arrival.elapsed
        let (result, took) = carryOut(job, [original] + inputs.map(\.bytes), in: first, turn, limit, witness)
        change { $0.gate.end(turn.number, took: took) }
        let (facts, bytes) = try result.get()
        return RenderedVariant(facts: facts, bytes: bytes, queue: queue)
    }

    /// Seconds of work, where they say something about such jobs.
    private typealias Ended = (result: Result<(VariantFacts, SharedMemory), RenderPoolError>, took: Double?)

    /// Tries it in another process where one dies of it. Its place is the job's own all the time.
    private func carryOut(
        _ job: RenderJob, _ bytes: [SharedMemory], in first: RenderProcess, _ turn: Entrance, _ limit: Duration?,
        _ witness: RenderWitness
    ) -> Ended {
        var process = first
        var deaths = 0
        while true {
            var job = job
            if let limit { job.deadline = job.deadline.capped(to: limit) }
            guard let tellEnd = witness.begin() else {
                change { $0.idle.append(process) }
                return (.failure(.quarantined), nil)
            }
            let start = Deadline.now
            let attempt = run(job, bytes, in: process, turn, limit)
            tellEnd(attempt.end(of: job))
            switch attempt {
            case .success(.success(let (facts, bytes))):
                return (.success((facts, bytes)), (facts.transformation + facts.encode).milliseconds / 1000)
            case .success(.failure(.outOfTime)), .failure(.late):
                return (.failure(.outOfTime), start.elapsed.milliseconds / 1000)
            case .success(.failure(let failure)): return (.failure(.failed(failure)), nil)
            case .failure(.died), .failure(.killed), .failure(.malformed): deaths += 1
            case .failure(.shortage): return (.failure(.noneFree), nil)
            case .failure(.crowded): return (.failure(crowded(turn)), nil)
            case .failure(.outgrown(let maximum)):
                let isMostOfAll = maximum >= mostOfOneJob
                return (.failure(isMostOfAll ? .tooLarge(maximum: maximum) : .outgrown(maximum: maximum)), nil)
            // It says nothing about this job, however many were killed while they were idle, or had little left.
            case .failure(.deadBefore): break
            }
            guard deaths < Self.attempts else { return (.failure(.crashed), nil) }
            guard !job.deadline.hasPassed, let next = takeIdle(for: turn.cost.lane, until: job.deadline) else {
                return (.failure(.noneFree), nil)
            }
            process = next
        }
    }

    private func crowded(_ turn: Entrance) -> RenderPoolError {
        let refusal = state.withLock { $0.gate.refusal(ofGrowing: turn.number, now: .now) }
        return refusal.map { .refused($0.scattered()) } ?? .noneFree
    }

    private var mostOfOneJob: Int { state.withLock(\.gate.settings.largestJob) }

    /// A process that is lost is replaced.
    private func run(
        _ job: RenderJob, _ bytes: [SharedMemory], in process: RenderProcess, _ turn: Entrance, _ limit: Duration?
    ) -> Result<RenderProcess.Outcome, RenderProcess.Loss> {
        let memory = JobMemory(
            counted: turn.cost.bytes, most: mostOfOneJob,
            limit: turn.cost.isGuessed ? nil : MemoryLimit(for: turn.cost),
            grow: { [state] bytes in state.withLock { $0.gate.grow(turn.number, to: bytes) } })
        do throws(RenderProcess.Loss) {
            let outcome = try process.run(
                job, bytes, hardLimit: job.deadline.later(by: Self.grace), limit: limit, memory: memory)
            giveBack(process)
            return .success(outcome)
        } catch {
            let code = replace(process)
            guard case .died = error else { return .failure(error) }
            switch code {
            case 128 + SIGKILL: return .failure(.killed)
            // What earlier jobs have left there was too much for this one.
            case RenderProcessLoop.statusWithoutMemory where process.hasWorked: return .failure(.deadBefore)
            case RenderProcessLoop.statusWithoutMemory:
                return .failure(.outgrown(maximum: settings.mostMemory > 0 ? settings.mostMemory : memory.most))
            default: return .failure(.died)
            }
        }
    }
}

// MARK: Processes

extension RenderPool {
    private func takeIdle(for lane: RenderLane, until deadline: Deadline) -> RenderProcess? {
        state.wait(until: deadline) { $0.takeIdle(for: lane) }
    }

    /// One that is never without work is replaced here, if more memory stays with it than may, or if little is left of what
    /// it may have.
    private func giveBack(_ process: RenderProcess) {
        let isSpent = process.isSwollen || process.isUsedUp
        change { state in
            state.deathsWithoutJob = 0
            state.lastOutcome = .now
            if !isSpent { state.idle.append(process) }
        }
        if isSpent { replace(process) }
    }

    /// Gives what it ended with.
    @discardableResult
    private func replace(_ process: RenderProcess) -> Int32 {
        let code = process.end()
        state.update { state in
            state.missing.append(process.priority)
        }
        return code
    }
}

extension RenderPool.State {
    /// Those that work for the fast lane alone.
    var favouredIdle: Int { idle.count { $0.priority == .favoured } }

    /// A process that works for the lane. The one used last: its memory is warm.
    mutating func takeIdle(for lane: RenderLane) -> RenderProcess? {
        let own = lane == .fast ? idle.lastIndex { $0.priority == .favoured } : nil
        let index = own ?? idle.lastIndex { $0.priority != .favoured }
        return index.map { idle.remove(at: $0) }
    }
}

extension Result<RenderProcess.Outcome, RenderProcess.Loss> {
    fileprivate func end(of job: RenderJob) -> RenderWitness.End {
        switch self {
        case .success, .failure(.deadBefore), .failure(.shortage), .failure(.crowded), .failure(.outgrown),
            .failure(.late(isBusy: false)):
            .alive
        case .failure(.died), .failure(.malformed): job.hasLayers ? .killed : .died
        case .failure(.killed): .killed
        case .failure(.late(isBusy: true)): .late
        }
    }
}
