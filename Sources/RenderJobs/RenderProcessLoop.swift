import Deadlines
import Glibc
package import Memory
package import Processes

/// The render process' side of the boundary: takes one job after the other until the worker is gone.
package struct RenderProcessLoop {
    /// Under which number a render process finds its end of the socket.
    package static let socketDescriptor: Int32 = 3

    /// What it says when it has taken a job, before it looks at it. No outcome begins so.
    package static let begun: [UInt8] = [0xFF]

    /// How a process ends that gets no more memory.
    package static let statusWithoutMemory: Int32 = 77

    private let socket: MessageSocket

    package init(socket: MessageSocket) {
        self.socket = socket
    }

    package typealias Render = (RenderJob, SharedMemory, JobInputs) -> Result<
        (VariantFacts, SharedMemory), RenderFailure
    >

    /// Says that jobs may come, and what was given up for them. Once, before `run`.
    package func greet(_ confinement: Confinement) throws(ProcessError) {
        try socket.send(confinement.message)
    }

    /// Says what the job at hand may hold from here on, because it draws something.
    package func tell(_ memory: MemoryLimit) {
        // A worker that does not hear it is gone.
        try? socket.send(memory.message)
    }

    /// Runs until the worker closes the socket, which is how it ends a render process that has nothing to do.
    ///
    /// - Parameter render: gets the job, the original and the inputs, which it may use until it returns.
    package func run(_ render: Render) throws(ProcessError) {
        while case .message(let message) = try socket.receive() {
            // From here on its death says something about the job.
            try socket.send(Self.begun)
            try answer(message, render)
        }
    }

    private func answer(_ message: MessageSocket.Message, _ render: Render) throws(ProcessError) {
        guard let (job, bytes) = Self.job(of: message) else {
            let failure = RenderFailure.internalFailure(log: "a job that cannot be read")
            return try socket.send(RenderOutcome(.failure(failure)).message)
        }
        switch render(job, bytes[0], JobInputs(job.inputs, Array(bytes.dropFirst()))) {
        case .success(let (facts, bytes)):
            try socket.send(RenderOutcome(.success(facts)).message, descriptors: [bytes.descriptor])
        case .failure(let failure):
            try socket.send(RenderOutcome(.failure(failure)).message)
        }
    }

    /// The bytes of the original and of the inputs, in their order; `nil` for a job that cannot be read, or whose bytes
    /// did not come. Every descriptor is owned afterwards, or closed.
    private static func job(of message: MessageSocket.Message) -> (RenderJob, [SharedMemory])? {
        let job = try? RenderJob(message: message.bytes)
        let counts = job.map { [$0.originalCount] + $0.inputs.map(\.count) } ?? []
        guard let job, counts.count == message.descriptors.count else {
            for descriptor in message.descriptors { close(descriptor) }
            return nil
        }
        // All of them are adopted, so that all of them are closed.
        let bytes = zip(message.descriptors, counts).map { try? SharedMemory(adopting: $0, count: $1) }
        let present = bytes.compactMap(\.self)
        return present.count == counts.count ? (job, present) : nil
    }
}
