import Deadlines
import Glibc
package import Redis

/// A real `redis-server` for one test: on a loopback port and a unix socket in a folder of its own, without any
/// persistence. It ends with the object at the latest.
package final class RedisServer: @unchecked Sendable {
    package let port: UInt16
    package let folder: String
    private let arguments: [String]
    /// Guarded by being used from the one thread that runs the test.
    private var process: pid_t = 0

    /// How long a test waits for something that has to happen.
    package static let patience = Duration.seconds(20)

    /// Starts a server and waits until it answers. `settings` are pairs of a directive and its value.
    package init(_ settings: [String: String] = [:]) throws(FixtureError) {
        port = try Loopback.freePort()
        folder = try TemporaryFolder.make()
        let fixed = [
            "redis-server", "--port", String(port), "--bind", "127.0.0.1", "--unixsocket", folder + "/redis.sock",
            "--dir", folder, "--save", "", "--appendonly", "no", "--loglevel", "warning", "--logfile", folder + "/log",
        ]
        arguments = fixed + settings.sorted { $0.key < $1.key }.flatMap { ["--" + $0.key, $0.value] }
        ignoreBrokenPipes()
        try start()
    }

    deinit {
        kill()
        TemporaryFolder.remove(folder)
    }

    package var socketPath: String { folder + "/redis.sock" }

    /// The server's TCP address, without password and with database 0.
    package var address: RedisAddress { RedisAddress(.tcp(host: "127.0.0.1", port: port)) }

    /// Starts the server again after `kill()`: empty, on the same port and socket.
    package func start() throws(FixtureError) {
        process = try Spawn.run("/usr/bin/redis-server", arguments)
        let deadline = Deadline(in: RedisServer.patience)
        while !answers {
            guard !deadline.hasPassed else { throw FixtureError(call: "redis-server", errno: ETIMEDOUT) }
            // Between two attempts to connect there is nothing to wait on.
            usleep(2_000)
        }
    }

    /// Ends the server at once, as a crash would.
    package func kill() {
        guard process > 0 else { return }
        Glibc.kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        process = 0
    }

    /// Stops the server without closing anything: it accepts connections (the kernel does) and never answers.
    package func hang() {
        Glibc.kill(process, SIGSTOP)
        var status: Int32 = 0
        waitpid(process, &status, WUNTRACED)
    }

    package func goOn() {
        Glibc.kill(process, SIGCONT)
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
