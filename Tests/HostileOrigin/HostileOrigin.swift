import Deadlines
import Glibc

/// A web server on the loopback that does as a script says, however bad. Whoever starts one stops it.
package final class HostileOrigin: Sendable {
    /// A request as it came.
    package struct Request: Sendable {
        package let method: String
        package let path: String
        /// Names in lower case; a name that came twice has its last value.
        package let headers: [String: String]
        /// As long as `content-length` says.
        package let body: [UInt8]
        /// Numbers the connections, from 1.
        package let connection: Int
    }

    package typealias Script = @Sendable (Request) -> [Action]

    package let port: Int
    private let listener: Int32
    private let script: Script
    private let log = Monitor<[Request]>([])
    private let connections = Monitor<Connections>(Connections())

    private struct Connections {
        var count = 0
        var open: Set<Int32> = []
        var threads: [Thread] = []
        var isStopped = false
    }

    /// Listens on a free port of 127.0.0.1.
    package init(_ script: @escaping Script) throws {
        // A test's connection ends when the test likes.
        signal(SIGPIPE, SIG_IGN)
        (listener, port) = try LoopbackSocket.bound()
        guard listen(listener, 64) == 0 else { throw SystemFailure(call: "listen", errno: errno) }
        self.script = script
        let accepting = try Thread { [self] in acceptAll() }
        connections.withLock { $0.threads.append(accepting) }
    }

    /// Runs `body` with a server that does as `script` says, and stops the server.
    package static func serve<Result>(_ script: @escaping Script, _ body: (HostileOrigin) throws -> Result) throws
        -> Result
    {
        let origin = try HostileOrigin(script)
        defer { origin.stop() }
        return try body(origin)
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// What has been asked so far.
    package var requests: [Request] { log.withLock { $0 } }

    /// How many connections have come in so far.
    package var connectionCount: Int { connections.withLock { $0.count } }

    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        let threads = connections.withLock { state in
            state.isStopped = true
            for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
            return state.threads
        }
        for thread in threads { thread.join() }
        // Started while the first were joined: nothing, since the accepting thread is among them and has ended.
        for thread in connections.withLock({ $0.threads.dropFirst(threads.count) }) { thread.join() }
        close(listener)
    }

    private func acceptAll() {
        while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
            let number = connections.withLock { state -> Int? in
                guard !state.isStopped else { return nil }
                state.count += 1
                state.open.insert(descriptor)
                return state.count
            }
            guard let number, let thread = try? Thread({ [self] in serve(descriptor, number) }) else {
                close(descriptor)
                continue
            }
            connections.withLock { $0.threads.append(thread) }
        }
    }

    private func serve(_ descriptor: Int32, _ number: Int) {
        var connection = Connection(descriptor: descriptor)
        while let request = connection.nextRequest(number) {
            log.withLock { $0.append(request) }
            guard script(request).allSatisfy({ connection.perform($0) }) else { break }
        }
        // Taken out of the set first, so that `stop()` cannot shut down somebody else's descriptor of that number.
        _ = connections.withLock { $0.open.remove(descriptor) }
        close(descriptor)
    }
}
