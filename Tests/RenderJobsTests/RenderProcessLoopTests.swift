import Deadlines
import Glibc
import Memory
import Processes
import RenderJobs
import Testing
import Transformation

/// What a render process makes of the messages that it gets, played with both ends in one process.
@Suite struct RenderProcessLoopTests {
    private struct NoAnswer: Error {}

    /// Sends one message to a loop and returns what it answers. The loop's renderer says what it was given: the outcome's
    /// height is the number of inputs, and its width the length of the one named `b`.
    private func answer(to message: [UInt8], _ bytes: [SharedMemory]) throws -> RenderOutcome {
        let (ours, theirs) = try MessageSocket.makePair()
        let thread = try WorkThread(named: "loop") {
            try? RenderProcessLoop(socket: MessageSocket(adopting: theirs)).run { job, original, inputs in
                let facts = VariantFacts(
                    format: .png, width: inputs["b"]?.count ?? 0, height: job.inputs.count { inputs[$0.name] != nil },
                    frames: 1, count: original.count, transformation: .zero, encode: .zero)
                return .success((facts, original))
            }
        }
        try ours.send(message, descriptors: bytes.map(\.descriptor))
        guard case .message(let begun) = try ours.receive(until: Deadline(in: .seconds(20))),
            begun.bytes == RenderProcessLoop.begun
        else { throw NoAnswer() }
        let event = try ours.receive(until: Deadline(in: .seconds(20)))
        _ = shutdown(ours.descriptor, Int32(SHUT_RDWR))
        thread.join()
        guard case .message(let answer) = event else { throw NoAnswer() }
        for descriptor in answer.descriptors { close(descriptor) }
        return try RenderOutcome(message: answer.bytes)
    }

    private func job(_ original: SharedMemory, _ inputs: [RenderJob.Input]) -> [UInt8] {
        RenderJob(
            plan: "f-png,q-80", rasterisesSVG: true,
            limits: .init(sourcePixels: 1, outputPixels: 1, frames: 1, documentBytes: 1),
            deadline: Deadline(in: .seconds(20)), originalCount: original.count, inputs: inputs
        ).message
    }

    private static let unreadable = Result<VariantFacts, RenderFailure>.failure(
        .internalFailure(log: "a job that cannot be read"))

    @Test func inputsArriveUnderTheirNames() throws {
        let bytes = try ["original", "1", "22", ""].map { try original($0) }
        let inputs = zip(["a", "b", "c"], bytes.dropFirst()).map { RenderJob.Input(name: $0, count: $1.count) }
        let facts = try answer(to: job(bytes[0], inputs), bytes).result.get()
        #expect(facts.width == 2)
        #expect(facts.height == 3)
        #expect(facts.count == 8)
    }

    @Test func asManyInputsAsThereMayBe() throws {
        let one = try original("x")
        let inputs = (0..<RenderJob.maximumInputs).map { RenderJob.Input(name: "\($0)", count: 1) }
        let bytes = [SharedMemory](repeating: one, count: inputs.count + 1)
        #expect(try answer(to: job(one, inputs), bytes).result.get().height == RenderJob.maximumInputs)
    }

    /// Each with how many bytes more than there are it names for its input, and how many pieces of memory come with it.
    @Test(arguments: [(excess: 0, pieces: 0), (0, 1), (0, 3), (1, 2), (-1_000, 2)])
    func aJobWhoseBytesAreNotThereIsRefused(excess: Int, pieces: Int) throws {
        let one = try original("x")
        let message = job(one, [RenderJob.Input(name: "b", count: one.count + excess)])
        let outcome = try answer(to: message, [SharedMemory](repeating: one, count: pieces))
        #expect(outcome.result == Self.unreadable)
    }

    @Test func whatIsNoJobIsAnsweredAsSuch() throws {
        #expect(try answer(to: [1, 2, 3], [original("x")]).result == Self.unreadable)
    }
}
