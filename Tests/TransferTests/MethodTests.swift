import Deadlines
import HostileOrigin
import Memory
import Testing
import Transfer

@Suite("Methods and bodies")
struct MethodTests {
    private let client = TransferClient()

    private func exchange(
        _ method: TransferMethod, _ url: String, limits: TransferLimits = generous
    ) throws -> (head: ResponseHead, body: [UInt8]) {
        var asked = try request(url, limits: limits)
        asked.method = method
        return try client.exchange(asked, deadline: Deadline(in: .seconds(30)))
    }

    @Test("Parts arrive as one body with its length, at once and without a type")
    func parts() throws {
        // Longer than libcurl's buffers, and than what it asks leave for.
        let long = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 251) }
        let parts: [any Blob] = [[UInt8](), Array("one".utf8), [UInt8](), long, Array("two".utf8), [UInt8]()]
        try HostileOrigin.serve { request in
            .answer(200, body: "\(request.method) \(request.body.count)")
        } _: { origin in
            for method in [TransferMethod.put(parts), .post(parts)] {
                let answer = try exchange(method, origin.url)
                #expect(String(decoding: answer.body, as: UTF8.self) == "\(method.name) 3000006")
            }
            #expect(origin.connectionCount == 1)
            for asked in origin.requests {
                #expect(asked.body == Array("one".utf8) + long + Array("two".utf8))
                #expect(asked.headers["expect"] == nil)
                #expect(asked.headers["content-type"] == nil)
                #expect(asked.headers["transfer-encoding"] == nil)
            }
        }
    }

    @Test("An empty body has a length, too; other methods have no body")
    func empty() throws {
        try HostileOrigin.serve { _ in
            .answer(200)
        } _: { origin in
            for method in [TransferMethod.put([]), .post([[UInt8]()]), .delete, .get] {
                let answer = try exchange(method, origin.url)
                #expect(answer.head.status == 200)
            }
            #expect(origin.requests.map(\.method) == ["PUT", "POST", "DELETE", "GET"])
            #expect(origin.requests.map { $0.headers["content-length"] } == ["0", "0", nil, nil])
        }
    }

    @Test("HEAD has no body, whatever length is said; the next request is its own", arguments: [4, 50_000_000])
    func head(length: Int) throws {
        try HostileOrigin.serve { request in
            request.method == "HEAD" ? [.head("HTTP/1.1 200 OK", "Content-Length: \(length)")] : .answer(200, body: "x")
        } _: { origin in
            for _ in 0..<2 {
                let answer = try exchange(.head, origin.url)
                #expect(answer.head["content-length"] == String(length))
                #expect(answer.body.isEmpty)
            }
            #expect(try exchange(.get, origin.url).body == Array("x".utf8))
            #expect(origin.connectionCount == 1)
        }
    }

    @Test("304 to a condition is an answer without body, whatever length is said")
    func notModified() throws {
        try HostileOrigin.serve { request in
            request.headers["if-none-match"] == "\"one\""
                ? [.head("HTTP/1.1 304 Not Modified", "ETag: \"one\"", "Content-Length: 50000000")] : .answer(200)
        } _: { origin in
            var asked = try request(origin.url)
            asked.headers = [HeaderField("If-None-Match", "\"one\"")]
            for _ in 0..<2 {
                let received = try client.receive(asked)
                #expect(received.response.head.status == 304)
                #expect(received.response.head["etag"] == "\"one\"")
                #expect(received.body == "")
            }
            #expect(origin.connectionCount == 1)
        }
    }

    @Test("A redirect is followed for GET and HEAD only, and only where that is wanted")
    func redirects() throws {
        try HostileOrigin.serve { request in
            request.path == "/there" ? .answer(200) : .answer(307, ["Location: /there"], body: "moved")
        } _: { origin in
            #expect(try exchange(.get, origin.url).head.status == 200)
            #expect(try exchange(.head, origin.url + "/there").head.status == 200)
            for method in [TransferMethod.put([]), .post([]), .delete] {
                let answer = try exchange(method, origin.url)
                #expect(answer.head.status == 307)
                #expect(answer.body == Array("moved".utf8))
            }
            var asked = try request(origin.url)
            asked.followsRedirects = false
            #expect(try client.receive(asked).response.head.status == 307)
        }
    }

    @Test("A body over the limit is not sent")
    func boundedRequest() throws {
        var limits = generous
        limits.requestBytes = 3
        try HostileOrigin.serve { _ in
            .answer(200)
        } _: { origin in
            #expect(throws: TransferError.tooLarge(limit: 3)) {
                try exchange(.put([Array("12".utf8), Array("34".utf8)]), origin.url, limits: limits)
            }
            let answer = try exchange(.put([Array("123".utf8)]), origin.url, limits: limits)
            #expect(answer.head.status == 200)
            #expect(origin.requests.count == 1)
        }
    }

    @Test("A body goes again from its start when the kept connection is closed")
    func closedConnection() throws {
        let part = [UInt8](repeating: 9, count: 100_000)
        try HostileOrigin.serve { _ in
            .answer(200, body: "x") + [.close]
        } _: { origin in
            for _ in 0..<4 {
                let answer = try exchange(.put([part, part]), origin.url)
                #expect(answer.head.status == 200)
            }
            #expect(origin.requests.map(\.body.count) == [200_000, 200_000, 200_000, 200_000])
        }
    }

    @Test("A server that takes nothing of a body is given up")
    func stalledBody() throws {
        let (socket, port) = try LoopbackSocket.listening()
        defer { LoopbackSocket.close(socket) }
        var limits = generous
        limits.stall = .milliseconds(200)
        #expect(throws: TransferError.timedOut(.stall)) {
            try exchange(.put([[UInt8](repeating: 1, count: 30_000_000)]), "http://127.0.0.1:\(port)", limits: limits)
        }
        limits.firstByte = .milliseconds(200)
        #expect(throws: TransferError.timedOut(.firstByte)) {
            try exchange(.put([[1]]), "http://127.0.0.1:\(port)", limits: limits)
        }
    }

    @Test("An answer in one piece is bounded")
    func boundedAnswer() throws {
        var limits = generous
        limits.bodyBytes = 4
        try HostileOrigin.serve { _ in
            .answer(200, body: "12345")
        } _: { origin in
            let url = origin.url
            #expect(throws: TransferError.tooLarge(limit: 4)) { try exchange(.get, url, limits: limits) }
            limits.bodyBytes = 5
            let answer = try exchange(.get, url, limits: limits)
            #expect(answer.body == Array("12345".utf8))
        }
    }
}
