import Deadlines
import Glibc
package import Redis
import Synchronization

/// A listener that is no Redis: it answers every connection with the same bytes and then closes, keeps silent, or
/// goes on sending. It ends with `stop()`.
package final class FalseServer: Sendable {
    package enum Manner: Sendable {
        /// Sends the bytes once something has been asked, and closes if told to.
        case says(String, thenCloses: Bool)
        /// Sends the start, then the filler until the other side hangs up.
        case floods(start: String)
    }

    package let port: UInt16
    private let listener: Int32
    private let manner: Manner
    private let accepted = Atomic<Int>(0)
    private let thread = Monitor<JoinableThread?>(nil)

    package init(_ manner: Manner) throws {
        ignoreBrokenPipes()
        (listener, port) = try Loopback.bound()
        self.manner = manner
        guard listen(listener, 64) == 0 else { throw FixtureError(call: "listen", errno: errno) }
        let started = try JoinableThread { [self] in acceptAll() }
        thread.withLock { $0 = started }
    }

    private func acceptAll() {
        var open: [Int32] = []
        while case let client = accept(listener, nil, nil), client >= 0 {
            accepted.wrappingAdd(1, ordering: .relaxed)
            if serve(client) { close(client) } else { open.append(client) }
        }
        for client in open { close(client) }
    }

    package var address: RedisAddress { RedisAddress(.tcp(host: "127.0.0.1", port: port)) }

    /// How many connections came in.
    package var connections: Int { accepted.load(ordering: .relaxed) }

    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        thread.withLock { $0 }?.join()
        close(listener)
    }

    /// Whether the connection is to be closed.
    private func serve(_ client: Int32) -> Bool {
        var question = [UInt8](repeating: 0, count: 1 << 16)
        guard recv(client, &question, question.count, 0) > 0 else { return true }
        switch manner {
        case .says(let text, let closes):
            _ = FalseServer.sendAll(client, Array(text.utf8))
            return closes
        case .floods(let start):
            var goesOn = FalseServer.sendAll(client, Array(start.utf8))
            let filler = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
            while goesOn { goesOn = FalseServer.sendAll(client, filler) }
            return true
        }
    }

    private static func sendAll(_ client: Int32, _ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
