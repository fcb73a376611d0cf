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
        case died
        /// It was still at work when the hard limit came.
        case late
        case malformed
    }

    private let child: ChildProcess
    private let socket: MessageSocket

    init(program: String, directory: String, environment: [String: String]) throws(ProcessError) {
        let (ours, theirs) = try MessageSocket.makePair()
        defer { close(theirs) }
        child = try ChildProcess(path: program, arguments: [directory], environment: environment, descriptors: [theirs])
        socket = ours
    }

    /// Hands over the job and waits for its outcome until `hardLimit`. After a `Loss` the process must be ended.
    func run(
        _ job: RenderJob, _ original: SharedMemory, hardLimit: Deadline
    ) throws(Loss) -> Result<(VariantFacts, SharedMemory), RenderFailure> {
        do { try socket.send(job.message, descriptor: original.descriptor) } catch { throw .deadBefore }
        let event: MessageSocket.Event
        do { event = try socket.receive(until: hardLimit) } catch { throw .died }
        switch event {
        case .closed: throw .died
        case .timedOut: throw .late
        case .message(let message): return try Self.outcome(of: message)
        }
    }

    private static func outcome(
        of message: MessageSocket.Message
    ) throws(Loss) -> Result<(VariantFacts, SharedMemory), RenderFailure> {
        guard let outcome = try? RenderOutcome(message: message.bytes) else {
            if let descriptor = message.descriptor { close(descriptor) }
            throw .malformed
        }
        switch outcome.result {
        case .failure(let failure): return .failure(failure)
        case .success(let facts):
            guard let descriptor = message.descriptor,
                let bytes = try? SharedMemory(adopting: descriptor, count: facts.count)
            else { throw .malformed }
            return .success((facts, bytes))
        }
    }

    /// Whether it has ended by itself. Collects it then: do not `end` it afterwards.
    var hasEnded: Bool { child.exitCode() != nil }

    /// Kills and collects it.
    func end() {
        child.send(SIGKILL)
        child.waitForEnd()
    }
}
