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
        /// It died of the job, or could not be talked to.
        case died
        /// It was still at work when the hard limit came; `isBusy`: it had a processor most of the time until then.
        case late(isBusy: Bool)
        case malformed
    }

    /// What it says of a job: facts with the variant's bytes, or why there are none.
    typealias Outcome = Result<(VariantFacts, SharedMemory), RenderFailure>

    let priority: RenderPriority
    let startedAt = Deadline.now
    private let child: ChildProcess
    let socket: MessageSocket

    init(
        program: String, directory: String, environment: [String: String], priority: RenderPriority,
        settings: RenderSettings
    ) throws(ProcessError) {
        self.priority = priority
        let (ours, theirs) = try MessageSocket.makePair()
        defer { close(theirs) }
        child = try ChildProcess(
            path: program, arguments: [directory, "\(getpid())", priority.rawValue] + settings.arguments,
            environment: environment, descriptors: [theirs])
        socket = ours
    }

    /// What it has said of itself, if it has done so by now: until then no job is to be given to it.
    ///
    /// Throws if it never will; then it must be ended.
    func hello() throws(Loss) -> RenderHello? {
        let event: MessageSocket.Event
        do { event = try socket.receive(until: .now) } catch { throw .died }
        switch event {
        case .timedOut: return nil
        case .closed, .unread: throw .died
        case .message(let message):
            for descriptor in message.descriptors { close(descriptor) }
            do { return try RenderHello(message: message.bytes) } catch { throw .malformed }
        }
    }

    /// Hands over the job and waits for its outcome until `hardLimit`. After a `Loss` the process must be ended.
    ///
    /// - Parameter bytes: of the original and of the inputs.
    func run(
        _ job: RenderJob, _ bytes: [SharedMemory], hardLimit: Deadline
    ) throws(Loss) -> Outcome {
        let (start, before) = (Deadline.now, child.processorTime)
        do throws(ProcessError) {
            try socket.send(job.message, descriptors: bytes.map(\.descriptor))
        } catch {
            throw error.errno == EPIPE || error.errno == ECONNRESET ? .deadBefore : .died
        }
        var hasBegun = false
        while true {
            let event: MessageSocket.Event
            do { event = try socket.receive(until: hardLimit) } catch { throw .died }
            switch event {
            case .message(let message) where message.bytes == RenderProcessLoop.begun && !hasBegun:
                for descriptor in message.descriptors { close(descriptor) }
                hasBegun = true
            case .message(let message): return try Self.outcome(of: message)
            // Somebody else has ended it, before it had taken the job.
            case .closed where !hasBegun, .unread: throw .deadBefore
            case .closed: throw .died
            case .timedOut: throw .late(isBusy: (child.processorTime - before) * 2 > start.elapsed)
            }
        }
    }

    private static func outcome(of message: MessageSocket.Message) throws(Loss) -> Outcome {
        let result = (try? RenderOutcome(message: message.bytes))?.result
        guard case .success(let facts)? = result, message.descriptors.count == 1 else {
            for descriptor in message.descriptors { close(descriptor) }
            guard case .failure(let failure)? = result else { throw .malformed }
            return .failure(failure)
        }
        guard let bytes = try? SharedMemory(adopting: message.descriptors[0], count: facts.count) else {
            throw .malformed
        }
        return .success((facts, bytes))
    }

    /// Whether it has ended by itself. Collects it then: do not `end` it afterwards.
    var hasEnded: Bool { child.exitCode() != nil }

    /// Memory of its own that it holds, in bytes; 0 if nobody knows.
    var memory: Int { child.ownMemory }

    /// Kills and collects it.
    func end() {
        child.send(SIGKILL)
        child.waitForEnd()
    }
}
