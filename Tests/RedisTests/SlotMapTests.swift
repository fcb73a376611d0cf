import Redis
import Testing

@Suite struct SlotMapTests {
    private static let answerer = RedisAddress.Place.tcp(host: "10.0.0.9", port: 7000)

    private static func range(_ first: Int64, _ last: Int64, _ host: ReplyValue, _ port: Int64) -> ReplyValue {
        .array([.integer(first), .integer(last), .array([host, .integer(port), text("id"), .array([])])])
    }

    private static func text(_ text: String) -> ReplyValue { .bytes(Array(text.utf8)) }

    struct Host: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let announced: ReplyValue
        let host: String

        static let all = [
            Host(testDescription: "address", announced: text("10.0.0.1"), host: "10.0.0.1"),
            Host(testDescription: "IPv6", announced: text("fe80::1"), host: "fe80::1"),
            Host(testDescription: "name", announced: text("one.example"), host: "one.example"),
            Host(testDescription: "empty", announced: text(""), host: "10.0.0.9"),
            Host(testDescription: "question mark", announced: text("?"), host: "10.0.0.9"),
            Host(testDescription: "null", announced: .null, host: "10.0.0.9"),
        ]
    }

    @Test(arguments: Host.all) func hosts(_ wanted: Host) throws {
        let ranges = [SlotMapTests.range(0, 16_383, wanted.announced, 7001)]
        let map = try #require(SlotMap(reading: ranges, from: SlotMapTests.answerer))
        #expect(map.nodes == [.tcp(host: wanted.host, port: 7001)])
        #expect(map.owner(of: 16_383) == 0)
    }

    @Test func slotsHaveTheOwnersOfTheirRanges() throws {
        let text = SlotMapTests.text("h")
        let ranges = [
            SlotMapTests.range(0, 0, text, 2), SlotMapTests.range(1, 9, text, 1),
            SlotMapTests.range(11, 16_383, text, 2),
        ]
        var map = try #require(SlotMap(reading: ranges, from: SlotMapTests.answerer))
        let ports = { (map: SlotMap) in
            [-1, 0, 1, 9, 10, 11, 16_383, 16_384].map { slot -> UInt16? in
                guard let index = map.owner(of: slot), case .tcp(_, let port) = map.nodes[index] else { return nil }
                return port
            }
        }
        #expect(ports(map) == [nil, 2, 1, 1, nil, 2, 2, nil])
        #expect(map == SlotMap(reading: ranges.reversed(), from: SlotMapTests.answerer))

        let added = map.index(of: .tcp(host: "h", port: 3))
        let again = map.index(of: .tcp(host: "h", port: 3))
        let third = try #require(added)
        #expect(again == third)
        map.give(10, to: third)
        map.give(11, to: third)
        map.give(16_384, to: third)
        map.give(0, to: 99)
        #expect(ports(map) == [nil, 2, 1, 1, 3, 3, 2, nil])
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let ranges: [ReplyValue]

        static let all = [
            Bad(testDescription: "nothing", ranges: []),
            Bad(testDescription: "text", ranges: [text("0-16383 h:1")]),
            Bad(testDescription: "short range", ranges: [.array([.integer(0), .integer(1)])]),
            Bad(testDescription: "short node", ranges: [.array([.integer(0), .integer(1), .array([text("h")])])]),
            Bad(testDescription: "backwards", ranges: [range(5, 4, text("h"), 1)]),
            Bad(testDescription: "negative", ranges: [range(-1, 4, text("h"), 1)]),
            Bad(testDescription: "least number", ranges: [range(.min, .max, text("h"), 1)]),
            Bad(testDescription: "slot too many", ranges: [range(0, 16_384, text("h"), 1)]),
            Bad(testDescription: "no port", ranges: [range(0, 1, text("h"), 0)]),
            Bad(testDescription: "port too big", ranges: [range(0, 1, text("h"), 65_536)]),
            Bad(testDescription: "one good, one bad", ranges: [range(0, 1, text("h"), 1), range(2, 3, text("h"), -1)]),
            Bad(
                testDescription: "all slots twice",
                ranges: [range(0, 16_383, text("h"), 1), range(0, 16_383, text("h"), 2)]),
            Bad(
                testDescription: "1,001 nodes",
                ranges: (1...1001).map { range($0, $0, text("h"), $0) }),
        ]
    }

    @Test(arguments: Bad.all) func noMap(_ bad: Bad) {
        #expect(SlotMap(reading: bad.ranges, from: SlotMapTests.answerer) == nil)
    }

    @Test func nodesAreBounded() throws {
        let ranges = (1...1000).map { SlotMapTests.range($0, $0, SlotMapTests.text("h"), $0) }
        var map = try #require(SlotMap(reading: ranges, from: SlotMapTests.answerer))
        let known = map.index(of: .tcp(host: "h", port: 7))
        let oneTooMany = map.index(of: .tcp(host: "h", port: 1001))
        #expect(known != nil)
        #expect(oneTooMany == nil)
    }

    @Test func aSocketHasNoHostToLend() {
        let ranges = [SlotMapTests.range(0, 1, .null, 1)]
        #expect(SlotMap(reading: ranges, from: .unix(path: "/run/redis.sock")) == nil)
    }
}

@Suite struct RedirectionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let line: String
        let reason: Redirection.Reason?
        let host: String
        let port: UInt16

        var testDescription: String { String(line.prefix(60)) }

        init(_ line: String, _ reason: Redirection.Reason? = nil, _ host: String = "", _ port: UInt16 = 0) {
            (self.line, self.reason, self.host, self.port) = (line, reason, host, port)
        }

        static let longest = String(repeating: "n", count: 253)

        static let all = [
            Case("MOVED 3999 127.0.0.1:6381", .moved, "127.0.0.1", 6381),
            Case("ASK 3999 127.0.0.1:6381", .ask, "127.0.0.1", 6381),
            Case("MOVED 3999 fe80::1:6381", .moved, "fe80::1", 6381),
            Case("MOVED 3999 :6381", .moved, "10.0.0.9", 6381),
            Case("MOVED 3999 ?:6381", .moved, "10.0.0.9", 6381),
            Case("MOVED 16383 \(longest):65535", .moved, longest, 65_535),
            Case("MOVED"), Case("MOVED 3999"), Case("MOVED 3999 127.0.0.1"), Case("MOVED 3999 127.0.0.1:"),
            Case("MOVED 3999 127.0.0.1:0"), Case("MOVED 3999 127.0.0.1:65536"), Case("MOVED 3999 h:1 h:2"),
            Case("MOVED 3999 \(longest)\(longest):1"), Case("TRYAGAIN 3999 h:1"), Case("ERR moved 3999 h:1"),
        ]
    }

    @Test(arguments: Case.all) func errors(_ wanted: Case) {
        let answerer = RedisAddress.Place.tcp(host: "10.0.0.9", port: 7000)
        let redirection = Redirection(ServerError(line: wanted.line), from: answerer)
        #expect(redirection?.reason == wanted.reason)
        #expect(redirection?.place == wanted.reason.map { _ in .tcp(host: wanted.host, port: wanted.port) })
    }
}
