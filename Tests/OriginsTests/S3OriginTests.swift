import Deadlines
import HTTPRules
import HostileOrigin
import Origins
import S3
import Testing
import Transfer

@Suite("S3 origins")
struct S3OriginTests {
    private static func origin(
        _ server: HostileOrigin, prefix: String = "", spelling: S3Origin.KeySpelling = .plain
    ) throws -> S3Origin {
        let client = TransferClient()
        let limits = TransferLimits(
            connect: .seconds(20), firstByte: .seconds(20), stall: .seconds(20), bodyBytes: .max)
        let bucket = S3Client(
            try S3Bucket("photos", endpoint: server.url, prefix: prefix),
            credentials: S3Credentials(accessKey: "known", secretKey: "hidden"), transfer: client, purpose: "bucket",
            limits: limits)
        return S3Origin(id: "bucket", bucket: bucket, spelling: spelling, settings: WebSettings(client: client))
    }

    private static func ask(
        _ actions: [Action], prefix: String = "", spelling: S3Origin.KeySpelling = .plain,
        _ body: (S3Origin, HostileOrigin) throws -> Void
    ) throws {
        try HostileOrigin.serve { _ in
            actions
        } _: { server in
            try body(try origin(server, prefix: prefix, spelling: spelling), server)
        }
    }

    @Test("Ask for prefix and path as one key", arguments: ObjectName.all)
    func name(_ name: ObjectName) throws {
        try Self.ask(.answer(200, body: "picture"), prefix: name.prefix) { origin, server in
            let text = try origin.body(object(named: name.segments, query: "a=b&c")).text()
            #expect(text == "picture")
            #expect(server.requests.map(\.path) == ["/photos/" + name.encoded])
            #expect(server.requests.map(\.method) == ["GET"])
        }
    }

    @Test(
        "Of Cloudinary ask for the key that is itself percent-encoded, but for slashes and the prefix",
        arguments: [
            (["a.jpg"], "a.jpg"), (["a", "b.jpg"], "a/b.jpg"), (["a b.jpg"], "a%2520b.jpg"),
            (["a+b.jpg"], "a%252Bb.jpg"), (["100%.jpg"], "100%2525.jpg"), (["a%20b.jpg"], "a%252520b.jpg"),
            (["caf\u{E9}.jpg"], "caf%25C3%25A9.jpg"), (["cafe\u{301}.jpg"], "cafe%25CC%2581.jpg"),
            (["日本"], "%25E6%2597%25A5%25E6%259C%25AC"), (["-._~"], "-._~"),
            (["a(b)'*!"], "a%2528b%2529%2527%252A%2521"),
        ])
    func percentEncoded(segments: [String], expected: String) throws {
        try Self.ask(.answer(200, body: "picture"), prefix: "p q", spelling: .percentEncoded) { origin, server in
            let text = try origin.body(object(named: segments)).text()
            #expect(text == "picture")
            #expect(server.requests.map(\.path) == ["/photos/p%20q/" + expected])
        }
    }

    @Test("Ask nobody for what is no key", arguments: ObjectName.none + [[[UInt8](repeating: 0x61, count: 1025)]])
    func noName(segments: [[UInt8]]) throws {
        try Self.ask(.answer(200)) { origin, server in
            let request = OriginRequest(path: OriginPath(segments: segments, encoded: "not/used"))
            #expect(throws: OriginError.notFound) { try origin.open(request, deadline: Deadline(in: .seconds(30))) }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("Know what the bucket says of its objects")
    func metadata() throws {
        let headers = [
            "ETag: \"abc\"", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT", "Content-Type: image/png",
            "x-amz-meta-isprivatefile: true", "Cache-Control: max-age=60",
        ]
        try Self.ask(.answer(200, headers, body: "picture")) { origin, _ in
            let original = try origin.fetch(object("a"))
            #expect(original.text == "picture")
            #expect(original.metadata.originID == "bucket")
            #expect(original.validators == .init(entityTag: "\"abc\"", lastModified: 784_111_777))
            #expect(original.metadata.contentType == "image/png")
            #expect(original.isPrivate)
            #expect(original.metadata.lifetimeFields.cacheControl == "max-age=60")
            #expect(abs(original.metadata.fetchedAt - WallClock.unixSeconds) < 3600)
        }
    }

    @Test(
        "Are private only where they say so", arguments: ["x-amz-meta-isprivatefile: false", "x-amz-meta-other: true"])
    func notPrivate(header: String) throws {
        try Self.ask(.answer(200, [header])) { origin, _ in
            let original = try origin.fetch(object("a"))
            #expect(!original.isPrivate)
        }
    }

    @Test("Say who asks, and show no secret")
    func headers() throws {
        try Self.ask(.answer(200)) { origin, server in
            _ = try origin.fetch(object("a"))
            let headers = try #require(server.requests.first?.headers)
            #expect(headers["x-req-from"] == "imagekit")
            #expect(headers["via"] == "1.1 apus")
            #expect(headers["accept-encoding"] == "identity")
            #expect(headers["range"] == nil && headers["if-none-match"] == nil)
            let authorization = try #require(headers["authorization"])
            #expect(authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=known/"))
            #expect(!authorization.contains("hidden"))
        }
    }

    @Test("Ask for a part, and sign that")
    func part() throws {
        let answer: [Action] = .answer(206, ["Content-Range: bytes 2-5/10"], body: "2345")
        try Self.ask(answer) { origin, server in
            let body = try origin.body(object("a", range: ByteRange(first: 2, last: 5)))
            #expect(body.range == ByteRange(first: 2, last: 5) && body.length == 10)
            #expect(try body.text() == "2345")
            let headers = try #require(server.requests.first?.headers)
            #expect(headers["range"] == "bytes=2-5")
            #expect(headers["authorization"]?.contains(";range;") == true)
        }
    }

    @Test("Ask whether a copy still holds, and keep what a 304 does not say")
    func conditional() throws {
        let known = Original.Metadata(
            originID: "bucket", validators: .init(entityTag: "\"abc\""), contentType: "image/png", isPrivate: true,
            fetchedAt: 5)
        var request = object("a")
        request.known = known
        try Self.ask([.head("HTTP/1.1 304 Not Modified", "ETag: \"abc\"")]) { origin, server in
            let answer = try origin.answer(request)
            #expect(answer.isNotModified)
            #expect(answer.metadata.isPrivate && answer.metadata.contentType == "image/png")
            #expect(answer.metadata.fetchedAt != 5)
            let headers = try #require(server.requests.first?.headers)
            #expect(headers["if-none-match"] == "\"abc\"")
            #expect(headers["authorization"]?.contains(";if-none-match;") == true)
        }
        try Self.ask(.answer(200, ["ETag: \"new\""], body: "new")) { origin, server in
            let original = try origin.answer(request).original
            #expect(original.text == "new")
            #expect(server.requests.count == 1)
        }
        // About another state: asked again without the copy.
        try Self.ask([.head("HTTP/1.1 304 Not Modified", "ETag: \"other\"")]) { origin, server in
            #expect(throws: OriginError.unidentified(.status(304))) { try origin.answer(request) }
            #expect(server.requests.map { $0.headers["if-none-match"] } == ["\"abc\"", nil])
        }
    }

    struct Refusal: CustomTestStringConvertible {
        let status: Int
        let code: String
        let error: OriginError
        var testDescription: String { "\(status) \(code)" }

        init(_ status: Int, _ code: String, _ error: OriginError) {
            self.status = status
            self.code = code
            self.error = error
        }

        var actions: [Action] {
            .answer(status, body: code.isEmpty ? "" : "<?xml version=\"1.0\"?><Error><Code>\(code)</Code></Error>")
        }
    }

    @Test(
        "Map what the bucket refuses",
        arguments: [
            Refusal(404, "NoSuchKey", .notFound), Refusal(404, "", .notFound),
            Refusal(404, "NoSuchVersion", .notFound),
            Refusal(404, "NoSuchBucket", .unidentified(.bucketMissing)),
            Refusal(403, "AccessDenied", .forbidden(reason: "AccessDenied")),
            Refusal(403, "SignatureDoesNotMatch", .forbidden(reason: "SignatureDoesNotMatch", by: .credentials)),
            Refusal(403, "InvalidAccessKeyId", .forbidden(reason: "InvalidAccessKeyId", by: .credentials)),
            Refusal(403, "", .forbidden()),
            Refusal(403, "known is wrong", .forbidden()),
            Refusal(403, String(repeating: "x", count: 65), .forbidden()),
            Refusal(400, "ExpiredToken", .forbidden(reason: "ExpiredToken", by: .credentials)),
            Refusal(403, "InvalidObjectState", .forbidden(reason: "InvalidObjectState")),
            Refusal(401, "", .forbidden()),
            Refusal(500, "InternalError", .unidentified(.status(500, reason: "InternalError"))),
            Refusal(503, "SlowDown", .unidentified(.status(503, reason: "SlowDown"))),
            Refusal(400, "InvalidRequest", .unidentified(.status(400, reason: "InvalidRequest"))),
            Refusal(400, "no word", .unidentified(.status(400))),
            Refusal(416, "InvalidRange", .unidentified(.status(416, reason: "InvalidRange"))),
            Refusal(307, "TemporaryRedirect", .unidentified(.status(307, reason: "TemporaryRedirect"))),
            Refusal(405, "MethodNotAllowed", .unidentified(.status(405, reason: "MethodNotAllowed"))),
            Refusal(204, "", .unidentified(.status(204))),
        ])
    func refusals(item: Refusal) throws {
        try Self.ask(item.actions) { origin, server in
            #expect(throws: item.error) { try origin.fetch(object("a")) }
            // What may pass is asked once more.
            #expect(server.requests.count == (item.status == 500 || item.status == 503 ? 2 : 1))
        }
    }

    @Test(
        "Map what servers do to them",
        arguments: [
            ([Action.close], OriginError.unidentified(.transfer(.truncated))),
            (
                [.head("HTTP/1.1 200 OK", "Content-Length: 9"), .send("abc"), .close],
                .unidentified(.transfer(.truncated))
            ),
            ([.head("HTTP/1.1 200 OK"), .flood("x")], .tooLarge(limit: 100)),
            ([.head("HTTP/1.1 200 OK", "Content-Encoding: gzip"), .silence], .unidentified(.contentCoding)),
            ([.send("hello\r\n\r\n"), .close], .unidentified(.transfer(.protocolError))),
        ])
    func misbehaviour(actions: [Action], error: OriginError) throws {
        try Self.ask(actions) { origin, _ in
            #expect(throws: error) { try origin.fetch(object("a"), maximumBytes: 100) }
        }
    }

    @Test("Refuse where nobody listens")
    func refused() throws {
        let (socket, port) = try LoopbackSocket.bound()
        defer { LoopbackSocket.close(socket) }
        let client = TransferClient()
        let limits = TransferLimits(
            connect: .seconds(20), firstByte: .seconds(20), stall: .seconds(20), bodyBytes: .max)
        let bucket = S3Client(
            try S3Bucket("photos", endpoint: "http://127.0.0.1:\(port)"),
            credentials: S3Credentials(accessKey: "known", secretKey: "hidden"), transfer: client, purpose: "bucket",
            limits: limits)
        let origin = S3Origin(id: "bucket", bucket: bucket, settings: WebSettings(client: client))
        #expect(throws: OriginError.refused) { try origin.fetch(object("a")) }
    }

    @Test("Are streamed, and go on where they break off")
    func streamed() throws {
        let isRead = Monitor(false)
        let head = ["ETag: \"v1\"", "Content-Length: "]
        try HostileOrigin.serve { request in
            guard request.headers["range"] == nil else {
                return .answer(206, [head[0], "Content-Range: bytes 3-9/10"], body: "3456789")
            }
            let wait = Action.call { _ = isRead.wait(until: Deadline(in: .seconds(30))) { $0 ? true : nil } }
            return [.send("HTTP/1.1 200 OK\r\n\(head[0])\r\n\(head[1])10\r\n\r\n012"), wait, .close]
        } _: { server in
            let origin = RetryingOrigin(try Self.origin(server))
            let body = try origin.body(object("a"))
            body.beginStreaming()
            let text = try body.text(upTo: 3)
            isRead.update { $0 = true }
            #expect(try text + body.text() == "0123456789")
            #expect(server.requests.map { $0.headers["range"] } == [nil, "bytes=3-9"])
        }
    }
}
