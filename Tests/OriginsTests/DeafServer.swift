import Deadlines
import Glibc
import HostileOrigin

/// A port on which nobody listens at first, and later a server that answers one empty 200 to each connection.
final class DeafServer: Sendable {
    private let descriptor: Int32
    let url: String
    private let state = Monitor<(thread: Thread?, connections: Int)>((nil, 0))

    init() throws {
        let bound = try LoopbackSocket.bound()
        descriptor = bound.descriptor
        url = "http://127.0.0.1:\(bound.port)"
    }

    var connectionCount: Int { state.withLock { $0.connections } }

    /// Begins to answer.
    func serve() throws {
        guard listen(descriptor, 16) == 0 else { throw SystemFailure(call: "listen", errno: errno) }
        let thread = try Thread { [self] in answerAll() }
        state.withLock { $0.thread = thread }
    }

    func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        state.withLock { $0.thread }?.join()
        close(descriptor)
    }

    private func answerAll() {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        while case let connection = accept(descriptor, nil, nil), connection >= 0 {
            state.withLock { $0.connections += 1 }
            var buffer = [UInt8](repeating: 0, count: 16_384)
            // The request fits into one piece; an answer sent before it was read could be lost in a reset.
            if recv(connection, &buffer, buffer.count, 0) > 0 { _ = send(connection, answer, answer.utf8.count, 0) }
            close(connection)
        }
    }
}
