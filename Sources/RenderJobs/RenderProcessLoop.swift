import Deadlines
package import Memory
package import Processes

/// The render process' side of the boundary: takes one job after the other until the worker is gone.
package struct RenderProcessLoop {
    /// Under which number a render process finds its end of the socket.
    package static let socketDescriptor: Int32 = 3

    private let socket: MessageSocket

    package init(socket: MessageSocket) {
        self.socket = socket
    }

    /// Runs until the worker closes the socket, which is how it ends a render process that has nothing to do.
    ///
    /// - Parameter render: gets the job and the original, which it may use until it returns.
    package func run(
        _ render: (RenderJob, SharedMemory) -> Result<(VariantFacts, SharedMemory), RenderFailure>
    ) throws(ProcessError) {
        while case .message(let message) = try socket.receive() {
            try answer(message, render)
        }
    }

    private func answer(
        _ message: MessageSocket.Message,
        _ render: (RenderJob, SharedMemory) -> Result<(VariantFacts, SharedMemory), RenderFailure>
    ) throws(ProcessError) {
        // Adopted in any case, so that it is closed in any case: a job that cannot be read has no bytes.
        let job = try? RenderJob(message: message.bytes)
        let original = message.descriptor.flatMap { try? SharedMemory(adopting: $0, count: job?.originalCount ?? 0) }
        guard let job, let original else {
            let failure = RenderFailure.internalFailure(log: "a job that cannot be read")
            return try socket.send(RenderOutcome(.failure(failure)).message)
        }
        switch render(job, original) {
        case .success(let (facts, bytes)):
            try socket.send(RenderOutcome(.success(facts)).message, descriptor: bytes.descriptor)
        case .failure(let failure):
            try socket.send(RenderOutcome(.failure(failure)).message)
        }
    }
}
