import Deadlines
import HostileOrigin
import Testing
import Transfer

/// One way in which a server misbehaves, and what it has to come to.
struct Misbehaviour: CustomTestStringConvertible {
    let testDescription: String
    let actions: [Action]
    let expected: TransferError
    var limits = generous
    var scheme = "http"
    var deadline: Duration = .seconds(30)

    init(_ name: String, _ actions: [Action], _ expected: TransferError) {
        testDescription = name
        self.actions = actions
        self.expected = expected
    }

    func with(_ change: (inout Misbehaviour) -> Void) -> Misbehaviour {
        var copy = self
        change(&copy)
        return copy
    }

    private static let chunked = Action.head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked")

    static let all: [Misbehaviour] = [
        Misbehaviour("accepts and never answers", [.silence], .timedOut(.firstByte))
            .with { $0.limits.firstByte = .milliseconds(60) },
        Misbehaviour(
            "drips its head", [.send("HTTP/1.1 200 OK\r\n"), .drip("X: y\r\n", milliseconds: 5)], .timedOut(.firstByte)
        )
        .with { $0.limits.firstByte = .milliseconds(60) },
        Misbehaviour(
            "stops in its body", [.head("HTTP/1.1 200 OK", "Content-Length: 9"), .send("abc"), .silence],
            .timedOut(.stall)
        )
        .with { $0.limits.stall = .milliseconds(60) },
        Misbehaviour("drips its body", [.head("HTTP/1.1 200 OK"), .drip("x", milliseconds: 5)], .timedOut(.total))
            .with { $0.deadline = .milliseconds(150) },
        Misbehaviour("never answers, past the deadline", [.silence], .timedOut(.total))
            .with { $0.deadline = .milliseconds(60) },
        Misbehaviour("sends chunks without end", [chunked, .flood("4\r\nabcd\r\n")], .tooLarge(limit: 1000))
            .with { $0.limits.bodyBytes = 1000 },
        Misbehaviour("sends without end", [.head("HTTP/1.1 200 OK"), .flood("abcd")], .tooLarge(limit: 1000))
            .with { $0.limits.bodyBytes = 1000 },
        Misbehaviour(
            "announces too much", [.head("HTTP/1.1 200 OK", "Content-Length: 1001"), .silence], .tooLarge(limit: 1000)
        )
        .with { $0.limits.bodyBytes = 1000 },
        Misbehaviour(
            "announces more than it sends", [.head("HTTP/1.1 200 OK", "Content-Length: 9"), .send("abc"), .close],
            .truncated),
        Misbehaviour("ends within a chunk", [chunked, .send("9\r\nabc"), .close], .truncated),
        Misbehaviour("ends without the last chunk", [chunked, .send("3\r\nabc\r\n"), .close], .truncated),
        Misbehaviour("closes without an answer", [.close], .truncated),
        Misbehaviour("closes within its head", [.send("HTTP/1.1 200 OK\r\nX: y\r\n"), .close], .truncated),
        Misbehaviour("sends headers without end", [.send("HTTP/1.1 200 OK\r\n"), .flood("X: y\r\n")], .headerTooLarge),
        Misbehaviour(
            "sends few but long headers",
            [.send("HTTP/1.1 200 OK\r\n"), .flood("X: \(String(repeating: "y", count: 20_000))\r\n")], .headerTooLarge),
        Misbehaviour(
            "sends one header without end",
            [.send("HTTP/1.1 200 OK\r\nX: "), .flood(String(repeating: "y", count: 1000))], .headerTooLarge),
        Misbehaviour("sends 1xx without end", [.flood("HTTP/1.1 100 Continue\r\n\r\n")], .headerTooLarge),
        Misbehaviour("speaks no HTTP", [.send("SSH-2.0-OpenSSH_9.2\r\n"), .close], .protocolError),
        Misbehaviour("sends a header without name", [.send("HTTP/1.1 200 OK\r\n: x\r\n\r\n"), .close], .protocolError),
        Misbehaviour("sends a status that is none", [.send("HTTP/1.1 abc OK\r\n\r\n"), .close], .protocolError),
        Misbehaviour("sends chunk sizes that are none", [chunked, .send("zz\r\n"), .close], .truncated),
        Misbehaviour("answers TLS with something else", [], .tls(.handshake)).with { $0.scheme = "https" },
    ]
}

@Suite("Servers that misbehave")
struct HostileAnswerTests {
    private let client = TransferClient()

    @Test("End in their own error", arguments: Misbehaviour.all)
    func misbehaviour(case misbehaviour: Misbehaviour) throws {
        let actions = misbehaviour.actions
        try HostileOrigin.serve { _ in
            actions
        } _: { origin in
            let url = "\(misbehaviour.scheme)://127.0.0.1:\(origin.port)/"
            let asked = try request(url, limits: misbehaviour.limits)
            #expect(throws: misbehaviour.expected) {
                try client.receive(asked, deadline: Deadline(in: misbehaviour.deadline))
            }
            #expect(client.idleCount == 0, "a connection in disorder must not be used again")
        }
    }

    @Test("A body longer than announced is cut to what was announced")
    func longerThanAnnounced() throws {
        try HostileOrigin.serve { _ in
            [.head("HTTP/1.1 200 OK", "Content-Length: 3"), .send("abcdef"), .close]
        } _: { origin in
            let received = try client.receive(request(origin.url))
            #expect(received.body == "abc")
        }
    }

    @Test("A closed port is refused")
    func refused() throws {
        let (descriptor, port) = try LoopbackSocket.bound()
        defer { LoopbackSocket.close(descriptor) }
        #expect(throws: TransferError.refused) { try client.receive(request("http://127.0.0.1:\(port)/")) }
    }

    @Test("A name that cannot exist is not found")
    func nameNotFound() throws {
        let label = String(repeating: "a", count: 64)
        #expect(throws: TransferError.nameNotFound) { try client.receive(request("http://\(label).invalid/")) }
    }

    @Test("A deadline that has passed asks nobody")
    func passedDeadline() throws {
        try HostileOrigin.serve { _ in
            .answer(200)
        } _: { origin in
            let asked = try request(origin.url)
            #expect(throws: TransferError.timedOut(.total)) { try client.receive(asked, deadline: .now) }
            #expect(origin.connectionCount == 0)
        }
    }

    @Test(
        "An unwanted body is not read to its end, whatever it does",
        arguments: [
            [Action.flood("abcd")], [.drip("x", milliseconds: 5)], [.silence], [.send("abc"), .close],
        ])
    func unwanted(actions: [Action]) throws {
        try HostileOrigin.serve { _ in
            [.head("HTTP/1.1 404 Not Found")] + actions
        } _: { origin in
            let received = try client.receive(request(origin.url)) { $0.status == 200 }
            #expect(received.response.head.status == 404)
            #expect(received.bodyCount == 0)
            #expect(received.body == "")
        }
    }
}
