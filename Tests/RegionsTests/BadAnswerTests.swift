import Caching
import Configuration
import Deadlines
import HTTPRules
import HostileOrigin
import Memory
import Purging
import Regions
import Testing
import Transfer

/// What a region that means harm, is broken or is away can say; none of it is taken for an answer.
@Suite struct BadAnswerTests {
    private let home: HomeRegion

    init() throws {
        home = try HomeRegion()
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let error: RegionError
        let said: HomeRegion.Said

        init(_ testDescription: String, _ error: RegionError = .garbage, _ change: (inout HomeRegion.Said) -> Void) {
            self.testDescription = testDescription
            self.error = error
            said = HomeRegion.Said.variant.with(change)
        }
    }

    private static let distorted = [
        Bad("no header") { $0.distort = { .init(header: "", body: $0.body) } },
        Bad("a header of one word") { $0.distort = { .init(header: "\($0.headBytes)", body: $0.body) } },
        Bad("a header of three words") { $0.distort = { .init(header: $0.header + " x", body: $0.body) } },
        Bad("a head of less than nothing") { $0.distort = { .init(header: "-" + $0.header, body: $0.body) } },
        Bad("a head of zero bytes") {
            $0.distort = { .init(header: "0 " + $0.header.split(separator: " ")[1], body: $0.body) }
        },
        Bad("a head that is too long") {
            $0.distort = { .init(header: "61441 " + $0.header.split(separator: " ")[1], body: $0.body) }
        },
        Bad("a head of more bytes") {
            $0.distort = { .init(header: "\($0.headBytes + 1) " + $0.header.split(separator: " ")[1], body: $0.body) }
        },
        Bad("another proof") {
            $0.distort = { .init(header: $0.header.dropLast() + ($0.header.hasSuffix("0") ? "1" : "0"), body: $0.body) }
        },
        Bad("a changed head") {
            $0.distort = { sent in
                var changed = sent
                changed.body[5] = changed.body[5] == 0x31 ? 0x32 : 0x31
                return changed
            }
        },
        Bad("a changed entry") {
            $0.distort = { sent in
                var changed = sent
                changed.body[sent.headBytes + 1000] ^= 1
                return changed
            }
        },
        Bad("something behind the entry") { $0.distort = { .init(header: $0.header, body: $0.body + [0]) } },
        Bad("something endless behind the entry") { $0.following = [.flood(String(repeating: "x", count: 65_536))] },
        Bad("half of the head", .unreachable) {
            $0.distort = { .init(header: $0.header, body: Array($0.body.prefix(50)), length: 50) }
        },
        Bad("a head and no entry", .unreachable) {
            $0.distort = { .init(header: $0.header, body: Array($0.body.prefix($0.headBytes))) }
        },
        Bad("half of the entry, and the end", .unreachable) {
            $0.distort = { .init(header: $0.header, body: Array($0.body.prefix(90_000)), length: $0.body.count) }
            $0.following = [.close]
        },
        Bad("half of the entry, and a reset", .unreachable) {
            $0.distort = { .init(header: $0.header, body: Array($0.body.prefix(90_000)), length: $0.body.count) }
            $0.following = [.reset]
        },
    ]

    private static let contradictions = [
        Bad("the answer to another question") { $0.change = { $0.client.path = "/demo/b.jpg" } },
        Bad("the answer to another client") { $0.change = { $0.client.accept = "image/webp" } },
        Bad("fewer purges") { $0.head.purges = PurgeVector(["eu": 6]) },
        Bad("purges of others") { $0.head.purges = PurgeVector(["us": 60]) },
        Bad("a variant as a failure") { $0.head.kind = .failure },
        Bad("a variant as a file") { $0.head.kind = .file },
        Bad("a file as a variant") { $0.entry = HomeRegion.file },
        Bad("an original") { $0.entry?.content = .original(.init(body: [1, 2, 3])) },
        Bad("a variant and a fault") {
            $0.head.fault = RegionFault(status: 500, code: "EIO", message: "", isOfRegion: true)
        },
        Bad("a fault without one") { ($0.head.kind, $0.head.state, $0.entry) = (.error, nil, nil) },
        Bad("a fault and bytes") {
            ($0.head.kind, $0.head.state, $0.entry) = (.error, nil, nil)
            $0.head.fault = RegionFault(status: 500, code: "EIO", message: "", isOfRegion: true)
            $0.distort = { .init(header: $0.header, body: $0.body + [1]) }
        },
    ]

    @Test(arguments: Self.distorted + Self.contradictions) func aBadAnswerIsNone(_ bad: Bad) throws {
        #expect(throws: bad.error) { _ = try home.ask(bad.said) }
    }

    @Test func anEntryHasALimit() throws {
        #expect(throws: RegionError.garbage) {
            try HomeRegion.ask({ home.answer($0, .variant) }) { $0.entryBytes = 100_000 }
        }
    }

    /// Somebody who has seen an answer cannot give it again.
    @Test func anOldAnswerIsNone() throws {
        let first = Monitor<[Action]?>(nil)
        let server = try HostileOrigin { request in
            first.withLock { first in
                let answer = first ?? home.answer(request, .variant)
                first = answer
                return answer
            }
        }
        defer { server.stop() }
        let caller = try HomeRegion.caller(server.url)
        let deadline = Deadline(in: .seconds(20))
        #expect(throws: Never.self) { try caller.ask(HomeRegion.question, clockOffset: .none, until: deadline) }
        #expect(throws: RegionError.garbage) {
            try caller.ask(HomeRegion.question, clockOffset: .none, until: deadline)
        }
    }

    struct Raw: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let error: RegionError
        let actions: [Action]

        init(_ testDescription: String, _ error: RegionError, _ actions: [Action]) {
            self.testDescription = testDescription
            self.error = error
            self.actions = actions
        }
    }

    @Test(
        arguments: [
            Raw("nothing", .unreachable, [.close]),
            Raw("a reset", .unreachable, [.reset]),
            Raw("no HTTP", .garbage, [.send("what is this\r\n\r\n"), .close]),
            Raw("endless lines", .garbage, [.send("HTTP/1.1 200 OK\r\n"), .flood("x: y\r\n")]),
            Raw(
                "an endless body", .garbage, [.head("HTTP/1.1 200 OK"), .flood(String(repeating: "x", count: 65_536))]),
            Raw(
                "an endless error", .failed, [.head("HTTP/1.1 503 No"), .flood(String(repeating: "x", count: 65_536))]),
            Raw("a page", .garbage, .answer(200, ["Content-Type: text/html"], body: "<html></html>")),
            Raw("no such page", .garbage, .answer(404)),
            Raw("elsewhere", .garbage, .answer(302, ["Location: http://127.0.0.1/"])),
            Raw("elsewhere, asked alike", .garbage, .answer(307, ["Location: http://127.0.0.1/"])),
            Raw("nothing to say", .garbage, .answer(204)),
            Raw("nginx without a worker", .failed, .answer(503, ["ik-error: UNIDENTIFIED - x"], body: "Unavailable\n")),
            Raw("a broken program", .failed, .answer(500)),
            Raw("too many", .failed, .answer(429)),
            Raw("too large", .garbage, .answer(413)),
            Raw("refused in unknown words", .garbage, .answer(403, ["x-apus-refusal: mood"])),
        ]
            + RegionRefusal.allCases.map {
                Raw($0.rawValue, .refused($0), .answer($0.status, ["x-apus-refusal: \($0.rawValue)"]))
            }) func whatIsNoAnswerSaysWhy(_ raw: Raw) throws
    {
        #expect(throws: raw.error) { _ = try HomeRegion.ask({ _ in raw.actions }) }
    }

    @Test func waitsNoLongerThanItMay() throws {
        let slow: [[Action]] = [
            [.silence], [.drip("HTTP/1.1 200 OK\r\nx: ", milliseconds: 20)],
            [.head("HTTP/1.1 200 OK", "x-apus-head: 60000 00"), .drip("x", milliseconds: 20)],
            [.head("HTTP/1.1 503 No"), .silence],
        ]
        for (index, actions) in slow.enumerated() {
            try HostileOrigin.serve({ _ in actions }) { server in
                let caller = try HomeRegion.caller(server.url)
                let error = index == 3 ? RegionError.failed : .timedOut
                #expect(throws: error, "\(index)") {
                    try caller.ask(HomeRegion.question, clockOffset: .none, until: Deadline(in: .milliseconds(400)))
                }
            }
        }
    }

    @Test func nobodyMayBeThere() throws {
        let (descriptor, port) = try LoopbackSocket.bound()
        defer { LoopbackSocket.close(descriptor) }
        let caller = try HomeRegion.caller("http://127.0.0.1:\(port)")
        #expect(throws: RegionError.connectionRefused) {
            try caller.ask(HomeRegion.question, clockOffset: .none, until: Deadline(in: .seconds(20)))
        }
        let nowhere = try HomeRegion.caller("http://region.invalid")
        #expect(throws: RegionError.unreachable) {
            try nowhere.ask(HomeRegion.question, clockOffset: .none, until: Deadline(in: .seconds(20)))
        }
    }

    @Test func whoHasAnotherSecretIsRefused() throws {
        try HostileOrigin.serve({ home.answer($0, .variant) }) { server in
            let caller = try HomeRegion.caller(server.url, secret: Secret("another"))
            #expect(throws: RegionError.refused(.signature)) {
                try caller.ask(HomeRegion.question, clockOffset: .none, until: Deadline(in: .seconds(20)))
            }
        }
    }

    @Test func aQuestionThatIsTooLongIsNotSent() throws {
        try HostileOrigin.serve({ home.answer($0, .variant) }) { server in
            var question = HomeRegion.question
            question.client.query = String(repeating: "é", count: 31_000)
            let caller = try HomeRegion.caller(server.url)
            #expect(throws: RegionError.unaskable) {
                try caller.ask(question, clockOffset: .none, until: Deadline(in: .seconds(20)))
            }
            #expect(server.requests.isEmpty)
        }
    }
}
