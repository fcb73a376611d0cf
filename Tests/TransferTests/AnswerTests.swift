import Deadlines
import Glibc
import HostileOrigin
import Testing
import Transfer

@Suite("Answers of a well-behaved server")
struct AnswerTests {
    private let client = TransferClient()

    @Test("The head is shown before the body, with names in lower case")
    func headBeforeBody() throws {
        try HostileOrigin.serve { _ in
            .answer(200, ["X-Name:  a value ", "x-name: b"], body: "hello")
        } _: { origin in
            let received = try client.receive(request(origin.url + "/a%2Fb?c=d%20e#f"))
            #expect(received.body == "hello")
            #expect(received.bodyCount == 5)
            #expect(received.response.head["x-name"] == "a value")
            #expect(received.response.head.joined("x-name") == "a value, b")
            #expect(received.response.head["absent"] == nil)
            #expect(origin.requests.map(\.path) == ["/a%2Fb?c=d%20e"])
        }
    }

    @Test("Every request asks for identity coding; headers are sent as given")
    func requestHeaders() throws {
        try HostileOrigin.serve { _ in
            .answer(200)
        } _: { origin in
            var asked = try request(origin.url)
            asked.headers = [HeaderField("X-Empty", ""), HeaderField("X-Own", "yes")]
            asked.boundHeaders = [HeaderField("Host", "shop.example")]
            _ = try client.receive(asked)
            let headers = try #require(origin.requests.first?.headers)
            #expect(headers["accept-encoding"] == "identity")
            #expect(headers["host"] == "shop.example")
            #expect(headers["x-own"] == "yes")
            #expect(headers["x-empty"] == "")
        }
    }

    @Test(
        "A header that is not one line is refused before anything is sent",
        arguments: [
            HeaderField("x\r\ny", "z"), HeaderField("", "z"), HeaderField("x y", "z"),
            HeaderField("x", "z\r\nHost: evil"),
            HeaderField("x", "z\0"),
        ])
    func badHeader(header: HeaderField) throws {
        try HostileOrigin.serve { _ in
            .answer(200)
        } _: { origin in
            var asked = try request(origin.url)
            asked.headers = [header]
            #expect(throws: TransferError.badHeader(name: header.name)) { try client.receive(asked) }
            #expect(origin.requests.isEmpty)
        }
    }

    @Test("Any status is handed over; heads of 1xx are passed over")
    func statuses() throws {
        try HostileOrigin.serve { request in
            request.path == "/early"
                ? [.head("HTTP/1.1 103 Early Hints", "Link: </x>")] + .answer(200, body: "late")
                : .answer(Int(request.path.dropFirst()) ?? 500, body: "text")
        } _: { origin in
            for status in [200, 201, 404, 403, 500, 503, 999] {
                let received = try client.receive(request("\(origin.url)/\(status)"))
                #expect(received.response.head.status == status)
                #expect(received.body == "text")
            }
            let early = try client.receive(request(origin.url + "/early"))
            #expect(early.response.head.status == 200)
            #expect(early.response.head["link"] == nil)
            #expect(early.body == "late")
        }
    }

    @Test("Chunks are put together, trailers passed over, an empty body is one")
    func chunks() throws {
        try HostileOrigin.serve { request in
            request.path == "/empty"
                ? .answer(200)
                : [
                    .head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"),
                    .send("3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n"),
                ]
        } _: { origin in
            let received = try client.receive(request(origin.url))
            #expect(received.body == "abcde")
            #expect(received.response.head["x-trailer"] == nil)
            #expect(try client.receive(request(origin.url + "/empty")).body == "")
        }
    }

    @Test("A reader who lets go of a body closes its connection")
    func letGo() throws {
        try HostileOrigin.serve { _ in
            [.head("HTTP/1.1 200 OK"), .flood("0123456789")]
        } _: { origin in
            let stream = try client.open(request(origin.url), deadline: Deadline(in: .seconds(30)))
            var count = 0
            let hasMore = try stream.read { count = $0.byteCount }
            #expect(hasMore && count > 0)
            stream.close()
            let hasEvenMore = try stream.read { _ in }
            #expect(!hasEvenMore)
            #expect(client.idleCount == 0)
        }
    }

    @Test("What nobody takes stays with the server, however long that takes, and then goes on")
    func slowReader() throws {
        // More than all buffers of both sides together.
        let length = 16_000_000
        try HostileOrigin.serve { _ in
            [.head("HTTP/1.1 200 OK\r\nContent-Length: \(length)"), .send(String(repeating: "x", count: length))]
        } _: { origin in
            var limits = generous
            limits.bodyBytes = length
            limits.stall = .milliseconds(200)
            let stream = try client.open(request(origin.url, limits: limits), deadline: Deadline(in: .seconds(30)))
            var (count, largest) = (0, 0)
            while try stream.read({ piece in (count, largest) = (count + piece.byteCount, max(largest, piece.byteCount))
            }) {
                // Longer than the server may be silent: it is the reader who is.
                if count < 600_000 { usleep(300_000) }
            }
            #expect(count == length)
            #expect(largest <= 256 * 1024)
        }
    }
}
