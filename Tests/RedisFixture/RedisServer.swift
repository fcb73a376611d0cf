import Deadlines
import Glibc
package import Redis

/// A real `redis-server` for one test: on a loopback port and a unix socket in a folder of its own, without any
/// persistence. It ends with the object at the latest.
package final class RedisServer: Sendable {
    package let port: UInt16
    package let folder: String
    private let process: ServerProcess

    static let program = "/usr/bin/redis-server"

    /// How long a test waits for something that has to happen.
    package static let patience = Duration.seconds(20)

    /// Starts a server and waits until it answers. `settings` are pairs of a directive and its value.
    package init(_ settings: [String: String] = [:]) throws(FixtureError) {
        port = try Loopback.freePort()
        folder = try TemporaryFolder.make()
        let fixed = [
            "--port", String(port), "--bind", "127.0.0.1", "--unixsocket", folder + "/redis.sock",
            "--dir", folder, "--save", "", "--appendonly", "no", "--loglevel", "warning", "--logfile", folder + "/log",
            // Otherwise replicas wait five seconds for others to come.
            "--repl-diskless-sync-delay", "0",
        ]
        let asked = settings.sorted { $0.key < $1.key }.flatMap { ["--" + $0.key, $0.value] }
        process = ServerProcess(RedisServer.program, fixed + asked)
        ignoreBrokenPipes()
        try start()
    }

    deinit {
        kill()
        TemporaryFolder.remove(folder)
    }

    package var socketPath: String { folder + "/redis.sock" }

    /// Where the server listens for TCP.
    package var place: RedisAddress.Place { .tcp(host: "127.0.0.1", port: port) }

    /// The server's TCP address, without password and with database 0.
    package var address: RedisAddress { RedisAddress(place) }

    /// Starts the server again after `kill()`: empty, on the same port and socket.
    package func start() throws(FixtureError) {
        try process.start()
        // Between two attempts to connect there is nothing to wait on.
        guard eventually({ answers }) else { throw FixtureError(call: "redis-server", errno: ETIMEDOUT) }
    }

    /// Ends the server at once, as a crash would.
    package func kill() { process.kill() }

    /// Stops the server without closing anything: it accepts connections (the kernel does) and never answers.
    package func hang() { process.hang() }

    package func goOn() { process.goOn() }

    /// Sends one command over a connection of its own.
    @discardableResult
    package func ask(_ command: Command) throws(RedisError) -> Reply {
        let deadline = Deadline(in: RedisServer.patience)
        let connection = try Connection(to: Endpoint(address), replyBytes: 1 << 20, until: deadline)
        return try connection.call(command, until: deadline)
    }

    /// The fields of one section of `INFO`.
    package func info(_ section: String) throws(RedisError) -> [Substring: Substring] {
        let text = try ask(Command("INFO", .text(section))).text
        let pairs = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ":", maxSplits: 1) }
        return Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { first, _ in first }
    }

    /// Makes the server a replica of another, and waits until it has what that has.
    package func follow(_ primary: RedisServer) throws {
        try ask(Command("REPLICAOF", "127.0.0.1", .number(Int(primary.port))))
        let isLinked = try eventually { try info("replication")["master_link_status"] == "up" }
        guard isLinked else { throw FixtureError(call: "REPLICAOF", errno: ETIMEDOUT) }
    }

    /// Any answer counts, also that a password is needed; a server that is still loading does not.
    private var answers: Bool {
        let deadline = Deadline(in: .seconds(1))
        do {
            for place in [address, RedisAddress(.unix(path: socketPath))] {
                let connection = try Connection(to: Endpoint(place), replyBytes: 1000, until: deadline)
                _ = try connection.call(Command("PING"), until: deadline)
            }
            return true
        } catch .refused(let error) {
            return error.code != .loading
        } catch {
            return false
        }
    }
}
