import Deadlines
import HostileOrigin
import Origins
import Testing
import Transfer

@Suite("GCS origins")
struct GoogleOriginTests {
    static func origin(
        _ server: HostileOrigin, prefix: String = "", timeouts: OriginTimeouts = OriginTimeouts(), path: String = ""
    ) throws -> GCSOrigin {
        try GCSOrigin(
            id: "bucket", bucket: "originals", clientEmail: "apus@project.example", privateKey: GoogleKeys.pem,
            prefix: prefix, endpoint: server.url + path,
            settings: WebSettings(client: TransferClient(), timeouts: timeouts))
    }

    /// A server without token service.
    static func open(_ status: Int = 200, _ headers: [String] = [], body: String = "") -> HostileOrigin.Script {
        { $0.method == "GET" ? .answer(status, headers, body: body) : .answer(404) }
    }

    @Test("Ask for prefix and path as one name, encoded anew", arguments: ObjectName.all)
    func name(_ name: ObjectName) throws {
        try HostileOrigin.serve(Self.open(body: "picture")) { server in
            let origin = try Self.origin(server, prefix: name.prefix)
            #expect(try origin.body(object(named: name.segments, query: "a=b&alt=media")).text() == "picture")
            #expect(server.objectRequests.map(\.path) == ["/originals/" + name.encoded])
        }
    }

    @Test("Ask nobody for what is no object's name", arguments: ObjectName.none)
    func noName(segments: [[UInt8]]) throws {
        try HostileOrigin.serve(Self.open()) { server in
            let request = OriginRequest(path: OriginPath(segments: segments, encoded: "not/used"))
            let origin = try Self.origin(server)
            #expect(throws: OriginError.notFound) { try origin.body(request) }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("Ask below an endpoint's own path", arguments: ["/storage", "/storage//"])
    func path(path: String) throws {
        try HostileOrigin.serve(Self.open()) { server in
            _ = try Self.origin(server, path: path).text("a.jpg")
            #expect(server.requests.map(\.path) == ["/storage/token", "/storage/originals/a.jpg"])
        }
    }

    @Test("Know what the bucket says of its objects")
    func metadata() throws {
        let headers = [
            "ETag: \"abc\"", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT", "Content-Type: image/jpeg",
            "x-goog-meta-isprivatefile: true",
        ]
        try HostileOrigin.serve(Self.open(200, headers, body: "picture")) { server in
            let metadata = try Self.origin(server).body(object(named: ["a.jpg"])).metadata
            #expect(metadata.isPrivate)
            #expect(metadata.validators == .init(entityTag: "\"abc\"", lastModified: 784_111_777))
            #expect(metadata.contentType == "image/jpeg")
            #expect(metadata.originID == "bucket")
        }
    }

    private static func document(_ code: String) -> String {
        "<?xml version='1.0' encoding='UTF-8'?><Error><Code>\(code)</Code><Message>None.</Message></Error>"
    }

    @Test(
        "Map every refusal",
        arguments: [
            (404, document("NoSuchKey"), OriginError.notFound), (404, "", .notFound), (404, "<", .notFound),
            (404, document("NoSuchBucket"), .unidentified(.bucketMissing)),
            (403, document("AccessDenied"), .forbidden(reason: "AccessDenied")), (403, "", .forbidden()),
            (403, document("a b"), .forbidden()), (500, document("AccessDenied"), .unidentified(.status(500))),
            (404, document("NoSuchBucket") + String(repeating: " ", count: 100_000), .notFound),
            (500, "", .unidentified(.status(500))),
            (302, "", .unidentified(.status(302))),
        ])
    func refusal(status: Int, body: String, error: OriginError) throws {
        try HostileOrigin.serve(Self.open(status, ["Location: /elsewhere"], body: body)) { server in
            let origin = try Self.origin(server)
            #expect(failure(of: origin, "a.jpg") == error)
            #expect(server.objectRequests.count == 1)
        }
    }

    @Test("Wait for no more of an answer than is needed")
    func endlessRefusal() throws {
        try HostileOrigin.serve {
            $0.method == "GET" ? [.head("HTTP/1.1 404 Not Found"), .flood("<Error>")] : .answer(404)
        } _: { server in
            let origin = try Self.origin(server)
            #expect(failure(of: origin, "a.jpg") == .notFound)
        }
    }

    @Test(
        "Name the setting that is wrong",
        arguments: [
            ("", "a@b.example", "http://127.0.0.1", OriginSettingsError.bucket),
            ("a/b", "a@b.example", "http://127.0.0.1", .bucket), ("..", "a@b.example", "http://127.0.0.1", .bucket),
            ("a?b", "a@b.example", "http://127.0.0.1", .bucket), ("originals", "", "http://127.0.0.1", .clientEmail),
            ("originals", "a@b.example", "", .endpoint), ("originals", "a@b.example", "ftp://127.0.0.1", .endpoint),
            ("originals", "a@b.example", "http://127.0.0.1/?a=b", .endpoint),
            ("originals", "a@b.example", "http://u:p@127.0.0.1/", .endpoint),
        ])
    func badSetting(bucket: String, email: String, endpoint: String, error: OriginSettingsError) throws {
        let pem = try GoogleKeys.pem
        #expect(throws: error) {
            try GCSOrigin(
                id: "bucket", bucket: bucket, clientEmail: email, privateKey: pem, endpoint: endpoint,
                settings: WebSettings(client: TransferClient()))
        }
    }

    @Test("Find a bad key before anybody asks", arguments: GoogleKeys.Bad.allCases)
    func badKey(_ bad: GoogleKeys.Bad) throws {
        let text = try bad.text()
        #expect(throws: OriginSettingsError.privateKey) {
            try GCSOrigin(
                id: "bucket", bucket: "originals", clientEmail: "apus@project.example", privateKey: text,
                settings: WebSettings(client: TransferClient()))
        }
    }
}
