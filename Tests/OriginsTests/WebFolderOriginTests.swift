import Deadlines
import HTTPRules
import HostileOrigin
import Memory
import Origins
import Testing
import Transfer

@Suite("WEB_FOLDER origins")
struct WebFolderOriginTests {
    private static func origin(
        _ server: HostileOrigin, _ path: String = "", forwardsHost: Bool = false,
        timeouts: OriginTimeouts = OriginTimeouts()
    ) throws -> WebFolderOrigin {
        try WebFolderOrigin(
            id: "shop", baseURL: server.url + path, forwardHostHeaderToOrigin: forwardsHost,
            settings: WebSettings(client: TransferClient(), timeouts: timeouts)
        )
    }

    @Test("Give the original with what its server says of it")
    func original() throws {
        let headers = [
            "ETag: \"abc\"", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT", "Content-Type: image/jpeg",
            "Is-Private-File: true", "Cache-Control: max-age=60", "Cache-Control: public", "Expires: 0",
            "Date: Sun, 06 Nov 1994 08:49:37 GMT", "Age: 7", "Cache-Tag: shoe,red", "Cache-Tag: sale",
            "Surrogate-Key: k1 k2",
        ]
        try HostileOrigin.serve { _ in
            .answer(200, headers, body: "picture")
        } _: { server in
            let original = try Self.origin(server).fetch(object("a.jpg"))
            #expect(original.text == "picture")
            #expect(original.metadata.originID == "shop")
            #expect(original.validators == .init(entityTag: "\"abc\"", lastModified: 784_111_777))
            #expect(original.metadata.contentType == "image/jpeg")
            #expect(original.isPrivate)
            let fields = LifetimeFields(
                cacheControl: "max-age=60, public", expires: "0", date: "Sun, 06 Nov 1994 08:49:37 GMT", age: "7")
            #expect(original.metadata.lifetimeFields == fields)
            #expect(original.metadata.lifetime(maximum: 1000).freshFor == 53)
            #expect(original.metadata.tags == ["shoe", "red", "sale", "k1", "k2"])
            #expect(abs(original.metadata.fetchedAt - WallClock.unixSeconds) < 3600)
        }
    }

    @Test("Private is also what a bucket's metadata say")
    func privateInBucket() throws {
        try HostileOrigin.serve { _ in
            .answer(200, ["x-amz-meta-isprivatefile: True"])
        } _: { server in
            let original = try Self.origin(server).fetch(object("a.jpg"))
            #expect(original.isPrivate)
        }
    }

    @Test("Take nothing for granted")
    func bare() throws {
        let headers = [
            "ETag: \"\(String(repeating: "x", count: 10_000))\"", "Last-Modified: yesterday", "Is-Private-File: no",
        ]
        try HostileOrigin.serve { _ in
            .answer(200, headers)
        } _: { server in
            let original = try Self.origin(server).fetch(object("a.jpg"))
            #expect(original.bytes.count == 0)
            #expect(original.validators == .init())
            #expect(!original.isPrivate)
            #expect(original.metadata.lifetimeFields == .init() && original.metadata.tags == [])
            #expect(original.metadata.lifetime(maximum: 1000) == .unsaid)
        }
    }

    @Test(
        "Ask below the base URL, as the path is written",
        arguments: [
            ("", "/o/a%2Fb.jpg"), ("/", "/o/a%2Fb.jpg"), ("/media", "/media/o/a%2Fb.jpg"),
            ("/media//", "/media/o/a%2Fb.jpg"),
        ])
    func path(base: String, expected: String) throws {
        try HostileOrigin.serve { _ in
            .answer(200)
        } _: { server in
            let segments = ["o", "a/b.jpg"].map { [UInt8]($0.utf8) }
            var request = OriginRequest(path: OriginPath(segments: segments, encoded: "o/a%2Fb.jpg"))
            let origin = try Self.origin(server, base)
            _ = try origin.fetch(request)
            request.query = "alt=media&token=1"
            _ = try origin.fetch(request)
            #expect(server.requests.map(\.path) == [expected, expected + "?alt=media&token=1"])
            #expect(server.requests[0].headers["x-req-from"] == "imagekit")
            #expect(server.requests[0].headers["accept-encoding"] == "identity")
        }
    }

    @Test("Send the client's host only where they are told to", arguments: [true, false])
    func host(forwards: Bool) throws {
        try HostileOrigin.serve { _ in
            .answer(200)
        } _: { server in
            var request = object("a.jpg")
            request.clientHost = "images.shop.example"
            _ = try Self.origin(server, forwardsHost: forwards).fetch(request)
            let expected = forwards ? "images.shop.example" : "127.0.0.1:\(server.port)"
            #expect(server.requests.first?.headers["host"] == expected)
        }
    }

    @Test(
        "Refuse paths that climb, before asking",
        arguments: [
            ["..", "x"], ["a", ".", "b"], ["a", "..\\x"], ["../x"], ["a/../../x"], [""], ["a", "", "b"], ["a\0"], [],
        ])
    func climbing(segments: [String]) throws {
        try HostileOrigin.serve { _ in
            .answer(200)
        } _: { server in
            let path = OriginPath(segments: segments.map { [UInt8]($0.utf8) }, encoded: "x")
            let origin = try Self.origin(server)
            #expect(throws: OriginError.notFound) { try origin.fetch(OriginRequest(path: path)) }
            #expect(server.connectionCount == 0)
        }
    }

    @Test(
        "Map every status",
        arguments: [
            (404, OriginError.notFound), (410, .notFound), (401, .forbidden()), (403, .forbidden()),
            (500, .unidentified(.status(500))), (503, .unidentified(.status(503))), (429, .unidentified(.status(429))),
            (201, .unidentified(.status(201))), (204, .unidentified(.status(204))), (206, .unidentified(.status(206))),
            (300, .unidentified(.status(300))), (304, .unidentified(.status(304))), (302, .unidentified(.status(302))),
            (999, .unidentified(.status(999))),
        ])
    func status(status: Int, error: OriginError) throws {
        try HostileOrigin.serve { _ in
            [.head("HTTP/1.1 \(status) S", "Content-Length: 0")]
        } _: { server in
            let origin = try Self.origin(server)
            #expect(throws: error) { try origin.fetch(object("a.jpg")) }
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
            ([.head("HTTP/1.1 200 OK", "Content-Length: 101"), .silence], .tooLarge(limit: 100)),
            ([.head("HTTP/1.1 200 OK"), .flood("x")], .tooLarge(limit: 100)),
            ([.head("HTTP/1.1 200 OK", "Content-Encoding: gzip"), .silence], .unidentified(.contentCoding)),
            ([.head("HTTP/1.1 302 Found", "Location: http://127.0.0.2/")], .unidentified(.transfer(.addressForbidden))),
            (
                [.head("HTTP/1.1 302 Found", "Location: file:///etc/passwd")],
                .unidentified(.transfer(.redirectForbidden))
            ),
        ])
    func misbehaviour(actions: [Action], error: OriginError) throws {
        try HostileOrigin.serve { _ in
            actions
        } _: { server in
            let origin = try Self.origin(server)
            #expect(throws: error) { try origin.fetch(object("a.jpg"), maximumBytes: 100) }
        }
    }

    @Test(
        "Give up on a server that is silent, in each stage",
        arguments: [
            ([Action.silence], OriginTimeouts(firstByte: .milliseconds(80)), OriginError.timedOut(.firstByte)),
            (
                [.head("HTTP/1.1 200 OK"), .send("x"), .silence], OriginTimeouts(stall: .milliseconds(80)),
                .timedOut(.stall)
            ),
        ]
    )
    func silence(actions: [Action], timeouts: OriginTimeouts, error: OriginError) throws {
        try HostileOrigin.serve { _ in
            actions
        } _: { server in
            let origin = try Self.origin(server, timeouts: timeouts)
            #expect(throws: error) { try origin.fetch(object("a.jpg")) }
        }
    }

    @Test("Take identity for what it is")
    func identity() throws {
        try HostileOrigin.serve { _ in
            .answer(200, ["Content-Encoding: identity"], body: "x")
        } _: { server in
            let original = try Self.origin(server).fetch(object("a.jpg"))
            #expect(original.text == "x")
        }
    }

    @Test(
        "Need a base URL",
        arguments: ["", "shop.example", "file:///srv", "https://u:p@shop.example/", "https://shop.example/?a=b"])
    func badBase(url: String) {
        #expect(throws: TransferError.badURL) {
            try WebFolderOrigin(id: "x", baseURL: url, settings: WebSettings(client: TransferClient()))
        }
    }
}
