import Deadlines
import Glibc
import Memory
import Processes

/// The worker's side of one render process. Lent to one slot at a time.
final class RenderProcess: Sendable {
    /// How a job ended without an outcome.
    enum Loss: Error {
        /// It did not even take the job: it had died before.
        case deadBefore
        /// It died of the job.
        case died
        /// The same by SIGKILL, which no fault of its own is: of somebody's, or of the kernel's where memory ran out.
        case killed
        /// The worker itself, or the host, had no room for what travels: nothing of the job.
        case shortage
        /// It needed more memory than was counted for it, and than other jobs left.
        case crowded
        /// It was still at work when the hard limit came; `isBusy`: it had most of the render limit, and a processor most of
        /// that time.
        case late(isBusy: Bool)
        /// It held more than `maximum` bytes above what it had held before, or could have no more.
        case outgrown(maximum: Int)
        /// What it said makes no sense, or could not be received.
        case malformed
    }

    /// What it says of a job: facts with the variant's bytes, or why there are none.
    typealias Outcome = Result<(VariantFacts, SharedMemory), RenderFailure>

    let priority: RenderPriority
    let startedAt = Deadline.now
    /// How often one at work is looked at: fast enough for what it can fill meanwhile to be little.
    private static let watchInterval: Duration = .milliseconds(10)
    /// Between two looks at what stays with one after its work.
    private static let restInterval: Duration = .seconds(1)

    private let child: ChildProcess
    let socket: MessageSocket
    private let idleMemory: Int
    private let mostMemory: Int
    /// What is known of it by its earlier jobs.
    private struct Past {
        /// At how many looks in a row it held too much without work, and when the last of these was.
        var swollenRests = 0
        var lastRest = Deadline(nanoseconds: 0)
        var hasWorked = false
    }

    private let past = Monitor(Past())

    init(
        program: String, directory: String, environment: [String: String], priority: RenderPriority,
        settings: RenderSettings
    ) throws(ProcessError) {
        self.priority = priority
        (idleMemory, mostMemory) = (settings.idleMemory, settings.mostMemory)
        let (ours, theirs) = try MessageSocket.makePair()
        defer { close(theirs) }
        child = try ChildProcess(
            path: program, arguments: [directory, "\(getpid())", priority.rawValue] + settings.arguments,
            environment: environment, descriptors: [theirs])
        socket = ours
    }

    /// What it has given up, if it has said so by now: until then no job is to be given to it.
    ///
    /// Throws if it never will; then it must be ended.
    func confinement() throws(Loss) -> Confinement? {
        let event: MessageSocket.Event
        do { event = try socket.receive(until: .now) } catch { throw .died }
        switch event {
        case .timedOut: return nil
        case .closed, .unread: throw .died
        case .message(let message):
            for descriptor in message.descriptors { close(descriptor) }
            do { return try Confinement(message: message.bytes) } catch { throw .malformed }
        }
    }

    /// Hands over the job and waits for its outcome until `hardLimit`. After a `Loss` the process must be ended.
    ///
    /// - Parameters:
    ///   - bytes: of the original and of the inputs.
    ///   - limit: how long such work may take where there is time for it.
    ///   - memory: what the job may hold.
    func run(
        _ job: RenderJob, _ bytes: [SharedMemory], hardLimit: Deadline, limit: Duration?, memory: JobMemory
    ) throws(Loss) -> Outcome {
        let (start, before) = (Deadline.now, child.processorTime)
        do throws(ProcessError) {
            try socket.send(job.message, descriptors: bytes.map(\.descriptor))
        } catch {
            if error.isShortage { throw .shortage }
            throw error.errno == EPIPE || error.errno == ECONNRESET ? .deadBefore : .malformed
        }
        // From the moment on in which the process has taken the job.
        var watch: MemoryWatch?
        while true {
            let event: MessageSocket.Event
            do throws(ProcessError) {
                event = try socket.receive(
                    until: watch == nil ? hardLimit : min(hardLimit, Deadline(in: Self.watchInterval)))
            } catch {
                throw error.isShortage ? .shortage : .malformed
            }
            switch event {
            case .message(let message) where message.bytes == RenderProcessLoop.begun && watch == nil:
                for descriptor in message.descriptors { close(descriptor) }
                watch = MemoryWatch(memory, start: lookAtRest())
            case .message(let message):
                guard watch?.takes(message.bytes) == true else {
                    let outcome = try Self.outcome(of: message, job)
                    past.withLock { $0.hasWorked = true }
                    return outcome
                }
                for descriptor in message.descriptors { close(descriptor) }
            // Somebody else has ended it, before it had taken the job.
            case .closed where watch == nil, .unread: throw .deadBefore
            case .closed: throw .died
            case .timedOut where !hardLimit.hasPassed: try watch?.check(child.ownMemory)
            case .timedOut: throw .late(isBusy: hadItsTime(since: start, before, limit))
            }
        }
    }

    /// Whether it had at least three quarters of the limit, and a processor most of that time. Without a limit nobody knows.
    private func hadItsTime(since start: Deadline, _ before: Duration, _ limit: Duration?) -> Bool {
        let elapsed = start.elapsed
        guard let limit, elapsed * 4 >= limit * 3 else { return false }
        return (child.processorTime - before) * 2 > elapsed
    }

    private static func outcome(of message: MessageSocket.Message, _ job: RenderJob) throws(Loss) -> Outcome {
        let result = (try? RenderOutcome(message: message.bytes))?.result
        guard case .success(let facts)? = result, message.descriptors.count == 1, job.mayGive(facts) else {
            for descriptor in message.descriptors { close(descriptor) }
            guard case .failure(let failure)? = result else { throw .malformed }
            return .failure(failure)
        }
        do throws(SharedMemoryError) {
            return .success((facts, try SharedMemory(adopting: message.descriptors[0], count: facts.count)))
        } catch {
            throw ProcessError.isShortage(error.errno) ? .shortage : .malformed
        }
    }

    /// Whether it has ended by itself. Collects it then: do not `end` it afterwards.
    var hasEnded: Bool { child.exitCode() != nil }

    /// Looks at what it holds while it has no work, or has not begun with it. Gives that, in bytes.
    @discardableResult
    func lookAtRest() -> Int {
        let memory = child.ownMemory
        let isSwollen = idleMemory > 0 && memory > idleMemory
        past.withLock { past in
            guard isSwollen else { return past.swollenRests = 0 }
            guard past.lastRest.later(by: Self.restInterval).hasPassed else { return }
            (past.swollenRests, past.lastRest) = (past.swollenRests + 1, .now)
        }
        return memory
    }

    /// Whether more memory stays with it than may. At two looks: one may have come too early or too late.
    var isSwollen: Bool { past.withLock { $0.swollenRests >= 2 } }

    /// Whether it has done a job before, of which something may have stayed with it.
    var hasWorked: Bool { past.withLock(\.hasWorked) }

    /// Whether three quarters are in use of what it may have mapped (`ThisProcess.limitMemory`), whatever of that is in
    /// memory: some of what was drawn is never given back.
    var isUsedUp: Bool { mostMemory > 0 && child.dataMemory > mostMemory / 4 * 3 }

    /// Kills and collects it. Gives what it ended with: 128 + SIGKILL unless it had died of something else by then.
    @discardableResult
    func end() -> Int32 {
        child.send(SIGKILL)
        return child.waitForEnd()
    }
}
