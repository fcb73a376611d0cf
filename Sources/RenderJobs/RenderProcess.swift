import Deadlines
import Glibc
import Memory
import Processes

/// The worker's side of one render process. Lent to one slot at a time.
final class RenderProcess: Sendable {
    /// How a job ended without an outcome.
    enum Loss: Error {
        /// It did not even get the job: it had died before.
        case deadBefore
        /// It died of the job, or could not be talked to.
        case died
        /// It was still at work when the hard limit came.
        case late
        case malformed
    }

    /// What it says of a job: facts with the variant's bytes, or why there are none.
    typealias Outcome = Result<(VariantFacts, SharedMemory), RenderFailure>

    private let child: ChildProcess
    private let socket: MessageSocket

    init(program: String, directory: String, environment: [String: String]) throws(ProcessError) {
        let (ours, theirs) = try MessageSocket.makePair()
        defer { close(theirs) }
        child = try ChildProcess(
            path: program, arguments: [directory, "\(getpid())"], environment: environment, descriptors: [theirs])
        socket = ours
    }

    /// Hands over the job and waits for its outcome until `hardLimit`. After a `Loss` the process must be ended.
    ///
    /// - Parameter bytes: of the original and of the inputs.
    func run(
        _ job: RenderJob, _ bytes: [SharedMemory], hardLimit: Deadline
    ) throws(Loss) -> Outcome {
        do throws(ProcessError) {
            try socket.send(job.message, descriptors: bytes.map(\.descriptor))
        } catch {
            throw error.errno == EPIPE || error.errno == ECONNRESET ? .deadBefore : .died
        }
        let event: MessageSocket.Event
        do { event = try socket.receive(until: hardLimit) } catch { throw .died }
        switch event {
        case .closed: throw .died
        case .timedOut: throw .late
        case .message(let message): return try Self.outcome(of: message)
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

    /// Kills and collects it.
    func end() {
        child.send(SIGKILL)
        child.waitForEnd()
    }
}
