import Deadlines
import Redis
import RedisFixture
import Testing

@Suite struct ReplyValueTests {
    private var soon: Deadline { Deadline(in: .seconds(10)) }

    @Test func everyKindOfElement() throws {
        let answer = "*6\r\n$2\r\na\0\r\n+fine\r\n:-7\r\n$-1\r\n*2\r\n*0\r\n*-1\r\n-ERR no\r\n"
        let server = try ScriptedServer { _ in answer }
        defer { server.stop() }
        let connection = try Connection(to: Endpoint(server.address), replyBytes: 1 << 20, until: soon)
        let reply = try connection.call(Command("ALL"), until: soon, expecting: .array)
        let wanted: [ReplyValue] = [
            .bytes([97, 0]), .status("fine"), .integer(-7), .null, .array([.array([]), .null]), .error("ERR no"),
        ]
        #expect(reply.values == wanted)
        #expect(reply.values.map(\.text) == ["a\0", "fine", nil, nil, nil, nil])
    }

    @Test func anArrayOfThousandsAndOneThatIsNone() throws {
        let server = try RedisServer()
        let pool = ConnectionPool(to: server.address, limits: .init(timeout: .seconds(10)))
        for index in 0..<2_000 {
            let add = Command("ZADD", "log", .number(index), .text("rule \(index)"))
            _ = try pool.call(add, on: "log", until: soon, expecting: .integer)
        }
        let read = Command("ZRANGEBYSCORE", "log", "-inf", "+inf", "WITHSCORES", "LIMIT", "0", "2000")
        let values = try pool.call(read, on: "log", until: soon, expecting: .array).values
        #expect(values.count == 4_000)
        #expect(values.suffix(2).map(\.text) == ["rule 1999", "1999"])
        #expect(try pool.ping(until: soon).values.isEmpty)
    }

    /// hiredis takes arrays in element by element, so none of them alone is above the limit.
    @Test func aLongArrayIsAboveTheLimitToo() throws {
        let server = try RedisServer()
        let element = String(repeating: "x", count: 20_000)
        for _ in 0..<20 { try server.ask(Command("RPUSH", "list", .text(element))) }
        let read = { (bytes: Int) throws in
            let connection = try Connection(to: Endpoint(server.address), replyBytes: bytes, until: soon)
            return try connection.call(Command("LRANGE", "list", "0", "-1"), until: soon)
        }
        #expect(try read(500_000).values.count == 20)
        #expect(throws: RedisError.replyTooLarge) { try read(200_000) }
    }
}
