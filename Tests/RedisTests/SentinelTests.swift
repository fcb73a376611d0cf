import Deadlines
import Glibc
import Redis
import RedisFixture
import Synchronization
import Testing

/// Real primaries, replicas and sentinels.
@Suite struct SentinelTests {
    private var soon: Deadline { Deadline(in: .seconds(10)) }

    private static let limits = ConnectionPool.Limits(timeout: .seconds(2))

    private func client(
        _ sentinels: [RedisAddress],
        login: RedisLogin = RedisLogin(),
        limits: ConnectionPool.Limits = limits,
        _ observer: @escaping RedisEvent.Observer = { _ in }
    ) -> any RedisClient {
        RedisDeployment.sentinel(sentinels, master: "cache", login: login).client(limits: limits, observer: observer)
    }

    private func role(of server: RedisServer) -> String? {
        (try? server.ask(Command("ROLE")))?.values.first?.text
    }

    @Test func callsReachThePrimaryInItsDatabase() throws {
        let password = "open sesame"
        let primary = try RedisServer(["requirepass": password])
        let login = RedisLogin(user: "default", password: password, database: 3)
        let sentinel = try SentinelServer(watching: primary, as: "cache", replicas: 0, password: password)
        let nowhere = RedisAddress(.tcp(host: "127.0.0.1", port: try unusedPort()))
        let client = client([nowhere, sentinel.address], login: login)
        #expect(try client.set("key", "value", until: soon).isOK)

        let inside = RedisAddress(primary.place, password: password, database: 3)
        let connection = try Connection(to: Endpoint(inside), replyBytes: 1000, until: soon)
        #expect(try connection.call(Command("GET", "key"), until: soon).text == "value")
    }

    /// What many threads that go on and on have met.
    private final class Load: Sendable {
        let isOver = Atomic<Bool>(false)
        let stored = Atomic<Int>(0)
        let failed = Atomic<Int>(0)
        let wrong = Atomic<Int>(0)

        func run(_ client: any RedisClient, _ index: Int) {
            var round = 0
            while !isOver.load(ordering: .relaxed) {
                round += 1
                let (key, value) = ("key \(index)", "value \(index) \(round)")
                do {
                    _ = try client.set(key, value, until: Deadline(in: .milliseconds(200)))
                    stored.wrappingAdd(1, ordering: .relaxed)
                    // A replica that took over may not have it yet; nobody else's value may come, ever.
                    let reply = try client.get(key, until: Deadline(in: .milliseconds(200)))
                    let isOwn = reply.kind == .null || reply.text.hasPrefix("value \(index) ")
                    if !isOwn { wrong.wrappingAdd(1, ordering: .relaxed) }
                } catch {
                    failed.wrappingAdd(1, ordering: .relaxed)
                }
                // Other tests want the processors too.
                usleep(200)
            }
        }

        /// Whether from now on as many values more are stored.
        func stores(_ more: Int) -> Bool {
            let before = stored.load(ordering: .relaxed)
            return eventually { stored.load(ordering: .relaxed) >= before + more }
        }
    }

    @Test func aPrimaryKilledUnderLoadIsReplaced() throws {
        let first = try RedisServer()
        let second = try RedisServer()
        try second.follow(first)
        // Several that are in such a hurry get into each other's way; what matters here is that the first is away.
        let sentinel = try SentinelServer(watching: first, as: "cache", replicas: 1)
        let nowhere = RedisAddress(.tcp(host: "127.0.0.1", port: try unusedPort()))
        let events = Monitor<[RedisEvent]>([])
        let client = client([nowhere, sentinel.address], limits: .init(connections: 4)) { event in
            events.withLock { $0.append(event) }
        }
        let load = Load()
        let threads = try (0..<8).map { index in try JoinableThread { load.run(client, index) } }
        defer {
            load.isOver.store(true, ordering: .relaxed)
            for thread in threads { thread.join() }
        }
        #expect(load.stores(1_000))

        first.kill()
        #expect(eventually { role(of: second) == "master" })
        #expect(load.stores(1_000))
        #expect(load.failed.load(ordering: .relaxed) > 0)

        // The old primary comes back believing that it still is one, and is made a replica.
        try first.start()
        #expect(eventually { role(of: first) == "slave" })
        #expect(load.stores(1_000))

        // And is made the primary again while the other lives.
        let isLinked = try eventually { try first.info("replication")["master_link_status"] == "up" }
        #expect(isLinked)
        let isSwapped = eventually {
            if role(of: first) == "master" { return role(of: second) == "slave" }
            // Refused, or given up again, as long as the sentinel has not seen enough of the replica.
            _ = try? sentinel.ask(Command("SENTINEL", "FAILOVER", "cache"))
            return false
        }
        #expect(isSwapped)
        #expect(load.stores(1_000))

        load.isOver.store(true, ordering: .relaxed)
        #expect(load.wrong.load(ordering: .relaxed) == 0)
        #expect(try client.set("last", "one", until: soon).isOK)
        #expect(try first.ask(Command("GET", "last")).text == "one")
        let found = events.withLock { events in
            events.compactMap { event -> RedisAddress? in
                if case .primaryFound(let address) = event { address } else { nil }
            }
        }
        #expect(found.first == first.address)
        #expect(found.contains(second.address))
        #expect(found.last == first.address)
    }
}

/// Sentinels that say what a test wants.
@Suite struct FalseSentinelTests {
    private var soon: Deadline { Deadline(in: .seconds(10)) }

    private static func naming(_ port: UInt16) -> String {
        "*2\r\n$9\r\n127.0.0.1\r\n$\(String(port).utf8.count)\r\n\(port)\r\n"
    }

    private func client(
        _ sentinels: [RedisAddress],
        breaker: Breaker.Limits = .init(),
        _ observer: @escaping RedisEvent.Observer = { _ in }
    ) -> any RedisClient {
        RedisDeployment.sentinel(sentinels, master: "cache", login: RedisLogin())
            .client(limits: .init(timeout: .seconds(5), breaker: breaker), observer: observer)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let answer: String
        let reason: RedisError

        static let all = [
            Case(testDescription: "no such master", answer: "*-1\r\n", reason: .unknownMaster),
            Case(testDescription: "one word", answer: "*1\r\n$1\r\nh\r\n", reason: .unexpectedReply),
            Case(testDescription: "status", answer: "+OK\r\n", reason: .unexpectedReply),
            Case(testDescription: "port 0", answer: naming(0), reason: .unexpectedReply),
            Case(
                testDescription: "no port", answer: "*2\r\n$9\r\n127.0.0.1\r\n$2\r\n-1\r\n", reason: .unexpectedReply),
            Case(testDescription: "no host", answer: "*2\r\n$0\r\n\r\n$1\r\n1\r\n", reason: .unexpectedReply),
            Case(testDescription: "HTTP", answer: "HTTP/1.1 400 Bad Request\r\n\r\n", reason: .notRedis),
            Case(
                testDescription: "error", answer: "-NOAUTH Authentication required.\r\n",
                reason: .refused(ServerError(line: "NOAUTH Authentication required."))),
        ]
    }

    @Test(arguments: Case.all) func noPrimaryIsNamed(_ wanted: Case) throws {
        let sentinel = try ScriptedServer { _ in wanted.answer }
        defer { sentinel.stop() }
        let events = Monitor<[RedisEvent]>([])
        let client = client([sentinel.address]) { event in events.withLock { $0.append(event) } }
        for _ in 0..<100 { #expect(throws: RedisError.unavailable) { try client.ping(until: soon) } }
        #expect(events.withLock { $0 } == [.primaryLost(wanted.reason)])
    }

    @Test func whatIsNoPrimaryIsNotUsed() throws {
        let (primary, replica) = (try RedisServer(), try RedisServer())
        try replica.follow(primary)
        let wrong = try ScriptedServer { _ in FalseSentinelTests.naming(replica.port) }
        let right = try ScriptedServer { _ in FalseSentinelTests.naming(primary.port) }
        defer {
            wrong.stop()
            right.stop()
        }
        let events = Monitor<[RedisEvent]>([])
        let misled = client([wrong.address]) { event in events.withLock { $0.append(event) } }
        #expect(throws: RedisError.unavailable) { try misled.get("key", until: soon) }
        #expect(events.withLock { $0 } == [.primaryLost(.notPrimary)])
        // Another sentinel knows better.
        #expect(try client([wrong.address, right.address]).set("key", "value", until: soon).isOK)
        #expect(try primary.ask(Command("GET", "key")).text == "value")
    }

    @Test func aPrimaryThatBecameAReplicaIsLeft() throws {
        let (first, second) = (try RedisServer(), try RedisServer())
        let named = Atomic<UInt16>(first.port)
        let sentinel = try ScriptedServer { _ in FalseSentinelTests.naming(named.load(ordering: .relaxed)) }
        defer { sentinel.stop() }
        let client = client([sentinel.address])
        #expect(try client.set("key", "first", until: soon).isOK)

        // The connection stays open: only the refusal of a write tells.
        try first.follow(second)
        #expect(throws: RedisError.notPrimary) { try client.set("key", "second", until: soon) }
        named.store(second.port, ordering: .relaxed)
        #expect(eventually { (try? client.set("key", "second", until: soon)) != nil })
        #expect(try second.ask(Command("GET", "key")).text == "second")
    }

    @Test(arguments: [
        "READONLY You can't write against a read only replica.",
        "READONLY You can't write against a read only replica. script: 6b1bf486c8, on @user_script:1.",
        "ERR Error running script (call to f_6b1bf486c8): @user_script:1: @user_script: 1: -READONLY You can't write.",
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    ]) func whatReplicasSay(line: String) throws {
        let role = "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n"
        let server = try ScriptedServer { $0 == ["ROLE"] ? role : "-\(line)\r\n" }
        let sentinel = try ScriptedServer { _ in FalseSentinelTests.naming(server.port) }
        defer {
            sentinel.stop()
            server.stop()
        }
        let client = client([sentinel.address], breaker: .init(firstHoldOff: .seconds(3600)))
        #expect(throws: RedisError.notPrimary) { try client.set("key", "value", until: soon) }
        #expect(throws: RedisError.unavailable) { try client.set("key", "value", until: soon) }
        #expect(server.commands("SET") == 1)
    }

    @Test func aPrimaryOutlivesItsSentinels() throws {
        let primary = try RedisServer()
        let sentinel = try ScriptedServer { _ in FalseSentinelTests.naming(primary.port) }
        let client = client([sentinel.address])
        #expect(try client.set("key", "value", until: soon).isOK)
        sentinel.stop()
        primary.kill()
        #expect(throws: RedisError.failed(.connect, errno: 111)) { try client.get("key", until: soon) }
        try primary.start()
        #expect(eventually { (try? client.set("key", "value", until: soon)) != nil })
    }

    @Test func aUserWhoMayNotAskForTheRoleMayWrite() throws {
        let primary = try RedisServer()
        try primary.ask(Command("ACL", "SETUSER", "cache", "on", ">secret", "~*", "+@all", "-role"))
        let sentinel = try ScriptedServer { _ in FalseSentinelTests.naming(primary.port) }
        defer { sentinel.stop() }
        let login = RedisLogin(user: "cache", password: "secret")
        let client = RedisDeployment.sentinel([sentinel.address], master: "cache", login: login)
            .client(limits: .init(timeout: .seconds(2)))
        #expect(try client.set("key", "value", until: soon).isOK)
    }

    @Test func silentSentinelsAreWaitedForOnce() throws {
        let sentinel = try RedisServer()
        sentinel.hang()
        defer { sentinel.goOn() }
        let limits = ConnectionPool.Limits(timeout: .milliseconds(20))
        let client = RedisDeployment.sentinel([sentinel.address], master: "cache", login: RedisLogin())
            .client(limits: limits)
        let answers = Monitor<[RedisError: Int]>([:])
        try JoinableThread.run(50) { _ in
            for _ in 0..<20 {
                do throws(RedisError) {
                    _ = try client.ping(until: soon)
                } catch {
                    answers.withLock { $0[error, default: 0] += 1 }
                }
            }
        }
        #expect(answers.withLock { $0 } == [.unavailable: 1_000])
    }

    @Test func sentinelsAreAskedByOneAtATime() throws {
        let primary = try RedisServer()
        let sentinel = try ScriptedServer { _ in FalseSentinelTests.naming(primary.port) }
        defer { sentinel.stop() }
        let client = client([sentinel.address])
        try JoinableThread.run(50) { index in _ = try? client.set("key \(index)", "value", until: soon) }
        #expect(sentinel.commands("SENTINEL") == 1)
        #expect(try primary.ask(Command("DBSIZE")).kind == .integer(50))
    }
}
