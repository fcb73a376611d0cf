import Deadlines
import Redis
import RedisFixture
import Synchronization
import Testing

@Suite struct ConnectionPoolTests {
    private var soon: Deadline { Deadline(in: .seconds(10)) }

    private func limits(
        _ connections: Int = 4,
        timeout: Duration = .seconds(10),
        holdOff: Duration = .seconds(3600)
    ) -> ConnectionPool.Limits {
        let breaker = Breaker.Limits(firstHoldOff: holdOff, longestHoldOff: holdOff)
        return ConnectionPool.Limits(
            connections: connections, timeout: timeout, replyBytes: 1 << 20, breaker: breaker
        )
    }

    /// The one that asks is not counted. A connection that was closed counts until the server has noticed.
    private func connectedClients(_ server: RedisServer) throws -> Int {
        try server.ask(Command("CLIENT", "LIST")).text.split(separator: "\n").count - 1
    }

    /// Runs something while one of the pool's connections is lent.
    private func whileOneIsLent<Result>(
        _ pool: ConnectionPool,
        _ server: RedisServer,
        _ body: () throws -> Result
    ) throws -> Result {
        let thread = try JoinableThread {
            _ = try? pool.call(Command("BLPOP", "end", "0"), on: "end", until: soon, expecting: .array)
        }
        defer { thread.join() }
        let isLent = try eventually { try server.info("clients")["blocked_clients"] == "1" }
        #expect(isLent)
        let result = try body()
        try server.ask(Command("LPUSH", "end", "now"))
        return result
    }

    @Test func oneConnectionServesCallsInARow() throws {
        let server = try RedisServer()
        let pool = ConnectionPool(to: server.address, limits: limits())
        for _ in 0..<20 { _ = try pool.ping(until: soon) }
        #expect(pool.idleConnections == 1)
        #expect(try eventually { try connectedClients(server) == 1 })
    }

    @Test func theLastOneBackIsTheFirstOneOut() throws {
        let server = try RedisServer()
        let pool = ConnectionPool(to: server.address, limits: limits())
        let number = { try pool.call(Command("CLIENT", "ID"), on: "", until: soon, expecting: .integer).kind }
        let outer = try number()
        let inner = try whileOneIsLent(pool, server) { try number() }
        #expect(outer != inner)
        #expect(try number() == outer)
        #expect(pool.idleConnections == 2)
    }

    @Test func manyThreadsShareFewConnections() throws {
        let server = try RedisServer()
        let pool = ConnectionPool(to: server.address, limits: limits(3))
        let done = Atomic<Int>(0)
        try JoinableThread.run(40) { index in
            for round in 0..<25 {
                let key = "key \(index)"
                let text = "value \(index) \(round)"
                guard
                    (try? pool.set(key, text, until: soon)) != nil,
                    let reply = try? pool.get(key, until: soon), reply.text == text
                else { continue }
                done.wrappingAdd(1, ordering: .relaxed)
            }
        }
        #expect(done.load(ordering: .relaxed) == 1000)
        #expect(try eventually { try connectedClients(server) <= 3 })
    }

    @Test func whoFindsNoConnectionInTimeIsTold() throws {
        let server = try RedisServer()
        let pool = ConnectionPool(to: server.address, limits: limits(1))
        let error = try whileOneIsLent(pool, server) {
            #expect(throws: RedisError.self) { try pool.ping(until: Deadline(in: .milliseconds(20))) }
        }
        #expect(error == .crowded)
        #expect(try pool.ping(until: soon).text == "PONG")
    }

    @Test func aRestartIsNotNoticedByTheNextCall() throws {
        let server = try RedisServer()
        let pool = ConnectionPool(to: server.address, limits: limits())
        try whileOneIsLent(pool, server) { _ = try pool.ping(until: soon) }
        #expect(pool.idleConnections == 2)
        server.kill()
        try server.start()
        #expect(try pool.ping(until: soon).text == "PONG")
        #expect(pool.idleConnections == 1)
    }

    @Test func aReplyOfAnotherKindIsTheServersFailure() throws {
        let server = try RedisServer()
        let pool = ConnectionPool(to: server.address, limits: limits())
        _ = try pool.set("key", "value", until: soon)
        #expect(throws: RedisError.unexpectedReply) {
            try pool.call(Command("GET", "key"), on: "key", until: soon, expecting: [.integer, .null])
        }
        #expect(pool.idleConnections == 0)
        #expect(throws: RedisError.unavailable) { try pool.ping(until: soon) }
    }

    @Test func aServerThatComesBackIsFound() throws {
        let server = try RedisServer()
        let changes = Monitor<[Breaker.Change]>([])
        let pool = ConnectionPool(to: server.address, limits: limits(holdOff: .milliseconds(1))) { change, _ in
            changes.withLock { $0.append(change) }
        }
        server.kill()
        #expect(throws: RedisError.failed(.connect, errno: 111)) { try pool.ping(until: soon) }
        try server.start()
        #expect(eventually { (try? pool.ping(until: soon)) != nil })
        #expect(changes.withLock { $0.first } == .opened(holdOff: .milliseconds(1)))
        #expect(changes.withLock { $0.last } == .closed)
    }

    @Test func aHungServerCostsOneTimeoutAndIsFoundAgain() throws {
        let server = try RedisServer()
        let pool = ConnectionPool(
            to: server.address, limits: limits(timeout: .milliseconds(50), holdOff: .seconds(1))
        )
        #expect(eventually { (try? pool.ping(until: soon)) != nil })
        server.hang()
        #expect(throws: RedisError.timedOut(.receive)) { try pool.ping(until: soon) }
        #expect(throws: RedisError.unavailable) { try pool.ping(until: soon) }
        server.goOn()
        #expect(eventually { (try? pool.ping(until: soon)) != nil })
    }

    @Test func aHurriedCallerSaysNothingAboutTheServer() throws {
        let server = try RedisServer()
        let pool = ConnectionPool(to: server.address, limits: limits())
        server.hang()
        for _ in 0..<3 {
            #expect(throws: RedisError.timedOut(.receive)) {
                try pool.ping(until: Deadline(in: .milliseconds(20)))
            }
        }
        server.goOn()
        #expect(try pool.ping(until: soon).text == "PONG")
    }

    @Test func waitersAreSentAwayWhenTheServerFails() throws {
        let server = try RedisServer()
        let pool = ConnectionPool(to: server.address, limits: limits(1, timeout: .seconds(1)))
        _ = try pool.ping(until: soon)
        server.hang()
        let answers = Monitor<[RedisError: Int]>([:])
        try JoinableThread.run(30) { _ in
            do throws(RedisError) {
                _ = try pool.ping(until: soon)
            } catch {
                answers.withLock { $0[error, default: 0] += 1 }
            }
        }
        let counts = answers.withLock { $0 }
        #expect(counts.values.reduce(0, +) == 30)
        #expect(counts[.timedOut(.receive)] == 1)
        server.goOn()
    }

    @Test func wrongPasswordsOpenTheBreaker() throws {
        let server = try RedisServer(["requirepass": "right"])
        let address = RedisAddress(.unix(path: server.socketPath), password: "wrong")
        let pool = ConnectionPool(to: address, limits: limits())
        let first = #expect(throws: RedisError.self) { try pool.ping(until: soon) }
        #expect(first?.code == .passwordWrong)
        #expect(throws: RedisError.unavailable) { try pool.ping(until: soon) }
    }

    @Test func oneClientTooManyOpensTheBreaker() throws {
        let server = try RedisServer(["maxclients": "1"])
        let first = ConnectionPool(to: server.address, limits: limits())
        #expect(eventually { (try? first.ping(until: soon)) != nil })
        let second = ConnectionPool(to: server.address, limits: limits())
        #expect(throws: RedisError.self) { try second.ping(until: soon) }
        #expect(throws: RedisError.unavailable) { try second.ping(until: soon) }
        #expect(try first.ping(until: soon).text == "PONG")
    }
}

/// Listeners that are no Redis.
@Suite struct FalseServerTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let manner: FalseServer.Manner
        let error: RedisError

        static let all = [
            Case(
                testDescription: "HTTP", manner: .says("HTTP/1.1 400 Bad Request\r\n\r\n", thenCloses: true),
                error: .notRedis),
            Case(testDescription: "SSH", manner: .says("SSH-2.0-OpenSSH\r\n", thenCloses: false), error: .notRedis),
            Case(testDescription: "closes", manner: .says("", thenCloses: true), error: .closed),
            Case(testDescription: "silent", manner: .says("", thenCloses: false), error: .timedOut(.receive)),
            Case(testDescription: "half a reply", manner: .says("$5\r\nab", thenCloses: true), error: .closed),
            Case(
                testDescription: "unfinished reply", manner: .says("$5\r\nab", thenCloses: false),
                error: .timedOut(.receive)),
            Case(testDescription: "endless line", manner: .floods(start: "+"), error: .replyTooLarge),
            Case(testDescription: "600 MB value", manner: .floods(start: "$600000000\r\n"), error: .replyTooLarge),
            Case(
                testDescription: "huge array", manner: .says("*2147483647\r\n", thenCloses: false),
                error: .outOfMemory),
            Case(testDescription: "bad length", manner: .says("$abc\r\n", thenCloses: false), error: .notRedis),
            Case(testDescription: "negative length", manner: .says("$-7\r\n", thenCloses: false), error: .notRedis),
            Case(
                testDescription: "nested arrays",
                manner: .says(String(repeating: "*1\r\n", count: 50), thenCloses: false), error: .notRedis),
        ]
    }

    @Test(arguments: Case.all) func isAskedOncePerHoldOff(_ wanted: Case) throws {
        let server = try FalseServer(wanted.manner)
        let limits = ConnectionPool.Limits(
            timeout: .seconds(1),
            replyBytes: 1 << 20,
            breaker: .init(firstHoldOff: .seconds(3600), longestHoldOff: .seconds(3600))
        )
        let pool = ConnectionPool(to: server.address, limits: limits)
        let soon = Deadline(in: .seconds(10))
        #expect(throws: wanted.error) { try pool.get("key", until: soon) }
        for _ in 0..<100 {
            #expect(throws: RedisError.unavailable) { try pool.get("key", until: soon) }
        }
        #expect(server.connections == 1)
        #expect(pool.idleConnections == 0)
        server.stop()
    }

    @Test func anAnswerTooManyEndsTheConnection() throws {
        let server = try FalseServer(.says("+OK\r\n+OK\r\n", thenCloses: false))
        let soon = Deadline(in: .seconds(10))
        let pool = ConnectionPool(to: server.address, limits: .init(timeout: .seconds(10)))
        #expect(try pool.set("key", "value", until: soon).isOK)
        #expect(eventually { pool.idleConnections == 0 })
        server.stop()
    }
}
