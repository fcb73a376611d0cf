import Deadlines
import Glibc
package import Redis

/// A listener that answers each command as a script says, on any number of connections. It ends with `stop()`.
package final class ScriptedServer: Sendable {
    /// Gets the words of a command and gives the bytes of the reply.
    package typealias Script = @Sendable ([String]) -> String

    private struct State {
        var clients: [Int32] = []
        var threads: [JoinableThread] = []
        var commands: [[String]] = []
        var isStopped = false
    }

    package let port: UInt16
    private let listener: Int32
    private let script: Script
    private let shared = Monitor(State())

    package init(_ script: @escaping Script) throws(FixtureError) {
        ignoreBrokenPipes()
        (listener, port) = try Loopback.bound()
        self.script = script
        guard listen(listener, 64) == 0 else { throw FixtureError(call: "listen", errno: errno) }
        try add { [self] in acceptAll() }
    }

    package var place: RedisAddress.Place { .tcp(host: "127.0.0.1", port: port) }

    package var address: RedisAddress { RedisAddress(place) }

    /// The commands of that name that came in.
    package func commands(_ name: String) -> Int {
        shared.withLock { state in state.commands.count { $0.first == name } }
    }

    package func stop() {
        let clients = shared.withLock { state in
            state.isStopped = true
            return state.clients
        }
        shutdown(listener, Int32(SHUT_RDWR))
        for client in clients { shutdown(client, Int32(SHUT_RDWR)) }
        while let thread = shared.withLock({ $0.threads.popLast() }) { thread.join() }
        for client in clients { close(client) }
        close(listener)
    }

    private func add(_ body: @escaping @Sendable () -> Void) throws(FixtureError) {
        let thread = try JoinableThread(body)
        shared.withLock { $0.threads.append(thread) }
    }

    private func acceptAll() {
        while case let client = accept(listener, nil, nil), client >= 0 {
            let isWanted = shared.withLock { state in
                if !state.isStopped { state.clients.append(client) }
                return !state.isStopped
            }
            if !isWanted || (try? add { [self] in serve(client) }) == nil { shutdown(client, Int32(SHUT_RDWR)) }
        }
    }

    /// Commands are small and sent one at a time, so each arrives whole.
    private func serve(_ client: Int32) {
        var question = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = recv(client, &question, question.count, 0), count > 0 {
            let lines = String(decoding: question[..<count], as: UTF8.self).split(separator: "\r\n")
            // `*2`, `$3`, `GET`, `$3`, `key`
            let words = lines.enumerated().filter { $0.offset > 0 && $0.offset.isMultiple(of: 2) }.map {
                String($0.element)
            }
            shared.withLock { $0.commands.append(words) }
            let answer = Array(script(words).utf8)
            guard Glibc.send(client, answer, answer.count, Int32(MSG_NOSIGNAL)) == answer.count else { return }
        }
    }
}
