import Deadlines
import Memory
import Redis
import RedisFixture
import Testing

@Suite struct ConnectionTests {
    private var soon: Deadline { Deadline(in: .seconds(10)) }

    private func connect(_ address: RedisAddress, replyBytes: Int = 1 << 20) throws(RedisError) -> Connection {
        try Connection(to: Endpoint(address), replyBytes: replyBytes, until: soon)
    }

    @Test func valuesOfAnyBytesComeBack() throws {
        let server = try RedisServer()
        let places: [RedisAddress] = [
            server.address, RedisAddress(.unix(path: server.socketPath)),
            RedisAddress(.tcp(host: "localhost", port: server.port)),
        ]
        for place in places {
            let connection = try connect(place)
            for count in [0, 1, 30_000, 700_000] {
                let value = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                let stored = try connection.call(Command("SET", "key\r\n \0", .bytes(value)), until: soon)
                #expect(stored.isOK)
                let reply = try connection.call(Command("GET", "key\r\n \0"), until: soon)
                #expect(reply.kind == .bytes)
                #expect(reply.count == count)
                #expect(reply.copied == value)
            }
        }
    }

    @Test func repliesHaveTheirKind() throws {
        let server = try RedisServer()
        let connection = try connect(server.address)
        #expect(try connection.call(Command("GET", "none"), until: soon).kind == .null)
        #expect(try connection.call(Command("INCRBY", "number", .number(-7)), until: soon).kind == .integer(-7))
        #expect(try connection.call(Command("PING"), until: soon).kind == .status)
        #expect(try connection.call(Command("LRANGE", "none", "0", "1"), until: soon).kind == .array)
    }

    @Test func anErrorReplyLeavesTheConnectionUsable() throws {
        let server = try RedisServer()
        let connection = try connect(server.address)
        _ = try connection.call(Command("LPUSH", "list", "a"), until: soon)
        let error = #expect(throws: RedisError.self) { try connection.call(Command("GET", "list"), until: soon) }
        guard case .refused(let answer) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(answer.code == .wrongType)
        #expect(connection.isUsable)
        #expect(try connection.call(Command("PING"), until: soon).kind == .status)
    }

    @Test func databasesAreApart() throws {
        let server = try RedisServer()
        let third = try connect(RedisAddress(.tcp(host: "127.0.0.1", port: server.port), database: 3))
        _ = try third.call(Command("SET", "key", "three"), until: soon)
        #expect(try connect(server.address).call(Command("GET", "key"), until: soon).kind == .null)
        let error = #expect(throws: RedisError.self) {
            try connect(RedisAddress(.unix(path: server.socketPath), database: 99))
        }
        guard case .refused = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func passwords() throws {
        let server = try RedisServer(["requirepass": "open sesame"])
        let place = RedisAddress.Place.unix(path: server.socketPath)
        let right = try connect(RedisAddress(place, password: "open sesame"))
        #expect(try right.call(Command("PING"), until: soon).kind == .status)
        let named = try connect(RedisAddress(place, user: "default", password: "open sesame"))
        #expect(try named.call(Command("PING"), until: soon).kind == .status)

        let wrong = #expect(throws: RedisError.self) { try connect(RedisAddress(place, password: "guess")) }
        #expect(wrong?.code == .passwordWrong)
        let none = try connect(RedisAddress(place))
        let missing = #expect(throws: RedisError.self) { try none.call(Command("GET", "key"), until: soon) }
        #expect(missing?.code == .passwordNeeded)
        #expect(!none.isUsable)
    }

    @Test func aReplyAboveTheLimitEndsTheConnection() throws {
        let server = try RedisServer()
        let connection = try connect(server.address, replyBytes: 100_000)
        let big = [UInt8](repeating: 1, count: 2_000_000)
        _ = try connection.call(Command("SET", "key", .bytes(big)), until: soon)
        #expect(throws: RedisError.replyTooLarge) { try connection.call(Command("GET", "key"), until: soon) }
        #expect(!connection.isUsable)
        #expect(throws: RedisError.closed) { try connection.call(Command("PING"), until: soon) }
    }

    @Test func aHungServerIsLeftAtTheDeadline() throws {
        let server = try RedisServer()
        let connection = try connect(server.address)
        server.hang()
        #expect(throws: RedisError.timedOut(.receive)) {
            try connection.call(Command("PING"), until: Deadline(in: .milliseconds(30)))
        }
        #expect(!connection.isUsable)
        let huge = [UInt8](repeating: 1, count: 64 << 20)
        let other = try connect(server.address)
        #expect(throws: RedisError.timedOut(.send)) {
            try other.call(Command("SET", "key", .bytes(huge)), until: Deadline(in: .milliseconds(300)))
        }
        server.goOn()
        #expect(try connect(server.address).call(Command("PING"), until: soon).kind == .status)
    }

    @Test func aKilledServerClosesTheConnection() throws {
        let server = try RedisServer()
        let connection = try connect(server.address)
        server.kill()
        #expect(throws: RedisError.closed) { try connection.call(Command("PING"), until: soon) }
        #expect(throws: RedisError.failed(.connect, errno: 111)) { try connect(server.address) }
    }

    @Test func placesWithoutAServer() throws {
        #expect(throws: RedisError.failed(.connect, errno: 2)) {
            try connect(RedisAddress(.unix(path: "/nowhere/redis.sock")))
        }
        let long = "/" + String(repeating: "x", count: 200)
        #expect(throws: RedisError.failed(.connect, errno: 36)) { try connect(RedisAddress(.unix(path: long))) }
        #expect(throws: RedisError.failed(.connect, errno: 36)) { try connect(RedisAddress(.unix(path: ""))) }
        let error = #expect(throws: RedisError.self) {
            try connect(RedisAddress(.tcp(host: "no such host", port: 1)))
        }
        guard case .unknownHost = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func descriptionsKeepSecrets() {
        let address = RedisAddress(.tcp(host: "::1", port: 6379), user: "who", password: "secret", database: 2)
        #expect(address.description == "redis://[::1]:6379/2")
        #expect(RedisAddress(.unix(path: "/run/r"), password: "secret").description == "unix:///run/r database 0")
        #expect(RedisLogin(user: "who", password: "secret", database: 2).description == "database 2")
        let events: [RedisEvent] = [
            .primaryFound(address), .server(address, .closed, nil), .server(address, .opened(holdOff: .zero), .closed),
        ]
        for event in events { #expect("\(event)".contains("[::1]:6379") && !"\(event)".contains("secret")) }
    }
}

extension RedisError {
    /// The code of an error reply.
    var code: ServerError.Code? {
        if case .refused(let error) = self { return error.code }
        return nil
    }
}
