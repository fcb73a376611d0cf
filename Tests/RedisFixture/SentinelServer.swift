import Deadlines
import Glibc
package import Redis

/// A real sentinel for one test, alone in deciding that the primary is down. It ends with the object at the latest.
package final class SentinelServer: Sendable {
    package let port: UInt16
    /// The name of what it watches.
    package let master: String
    private let folder: String
    /// Milliseconds between looks at the servers and between messages, which otherwise are seconds: a primary that
    /// comes back is made a replica only after several of each.
    private static let hurry = Command("SENTINEL", "DEBUG", "INFO-PERIOD", "200", "PUBLISH-PERIOD", "100")
    private let process: ServerProcess

    /// Starts a sentinel and waits until it knows the primary's replicas.
    ///
    /// - Parameter password: the one that the primary and its replicas ask for.
    package init(
        watching primary: RedisServer,
        as master: String,
        replicas: Int,
        password: String? = nil
    ) throws {
        port = try Loopback.freePort()
        folder = try TemporaryFolder.make()
        self.master = master
        var lines = [
            "port \(port)", "bind 127.0.0.1", "dir \(folder)", "logfile \(folder)/log",
            "sentinel monitor \(master) 127.0.0.1 \(primary.port) 1",
            "sentinel down-after-milliseconds \(master) 300", "sentinel failover-timeout \(master) 2000",
        ]
        if let password { lines.append("sentinel auth-pass \(master) \"\(password)\"") }
        let path = folder + "/sentinel.conf"
        try TextFile.write(lines.joined(separator: "\n") + "\n", to: path)
        // What `redis-sentinel` is another name for.
        process = ServerProcess(RedisServer.program, [path, "--sentinel"])
        ignoreBrokenPipes()
        try process.start()
        let isReady = eventually { (try? ask(SentinelServer.hurry).isOK) == true && knownReplicas == replicas }
        guard isReady else { throw FixtureError(call: "redis-server --sentinel", errno: ETIMEDOUT) }
    }

    deinit {
        process.kill()
        TemporaryFolder.remove(folder)
    }

    package var address: RedisAddress { RedisAddress(.tcp(host: "127.0.0.1", port: port)) }

    package func kill() { process.kill() }

    /// Sends one command over a connection of its own.
    @discardableResult
    package func ask(_ command: Command) throws(RedisError) -> Reply {
        let deadline = Deadline(in: RedisServer.patience)
        let connection = try Connection(to: Endpoint(address), replyBytes: 1 << 20, until: deadline)
        return try connection.call(command, until: deadline)
    }

    /// How many replicas it has heard of that are in touch with their primary.
    private var knownReplicas: Int? {
        let replicas = try? ask(Command("SENTINEL", "REPLICAS", .text(master))).values
        return replicas?.count { replica in
            guard case .array(let fields) = replica else { return false }
            let texts = fields.map { $0.text ?? "" }
            return zip(texts, texts.dropFirst()).contains { $0 == ("master-link-status", "ok") }
        }
    }
}
