import Delivery
import HostileOrigin
import Memory
import Testing

/// What is no picture goes out as it is: short files from memory, long ones while they come.
@Suite struct FileTests {
    private static let accounts = """
              - id: demo
                insecure: true
                origins:
                  - { id: photos, type: DISK, path: photos }
                urlEndpoints: [{ urlPrefix: "", origins: [photos] }]
        """

    struct Case: CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var type: String
        var policy: String?
        var isSaved = false
        var testDescription: String { "\(name) → \(type)" }
    }

    @Test(arguments: [
        Case(name: "app.js", bytes: Array("var a".utf8), type: "text/javascript"),
        Case(name: "empty.css", bytes: [], type: "text/css"),
        Case(name: "noname", bytes: [0, 1, 2], type: "application/octet-stream", policy: "sandbox"),
        Case(
            name: "page.html", bytes: Array("<html>".utf8), type: "text/html", policy: "default-src 'none'; sandbox",
            isSaved: true),
        Case(
            name: "feed.xml", bytes: Array("<?xml version='1.0'?><a/>".utf8), type: "application/xml",
            policy: "default-src 'none'; sandbox", isSaved: true),
        Case(name: "page.pdf", bytes: Array("%PDF-1.7".utf8), type: "application/pdf"),
        Case(name: "old.bmp", bytes: Array("BM".utf8), type: "image/bmp"),
        Case(name: "long.mp4", bytes: [UInt8](repeating: 7, count: 2_000_001), type: "video/mp4", policy: "sandbox"),
    ])
    func `A file has its type, its length and its bytes`(one: Case) throws {
        let folder = try TemporaryFolder()
        try folder.write("photos/" + one.name, one.bytes)
        let installation = try Installation(accounts: Self.accounts, folder: folder)
        for target in ["/demo/\(one.name)", "/demo/tr:orig-true/\(one.name)"] {
            let response = installation.get(target)
            #expect(response.status == 200)
            #expect(response.header("Content-Type") == one.type)
            #expect(response.header("Content-Length") == "\(one.bytes.count)")
            #expect(response.header("X-Content-Type-Options") == "nosniff")
            #expect(response.header("Content-Security-Policy") == one.policy)
            let saved = one.isSaved ? "attachment; filename=\"\(one.name)\"" : nil
            #expect(response.header("Content-Disposition") == saved)
            #expect(response.header("Accept-Ranges") == "bytes")
            #expect(response.header("Vary") == nil)
            #expect(response.header("ETag") != nil)
            #expect((response.file != nil) == (one.bytes.count > 1_000_000))
            #expect(response.wholeBody == one.bytes)
        }
    }

    @Test(arguments: ["photo.jpg", "photo.PNG", "photo.webp"])
    func `What says that it is a picture and is none is damaged`(name: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("photos/" + name, Array("<html>not found</html>".utf8))
        let response = try Installation(accounts: Self.accounts, folder: folder).get("/demo/tr:orig-true/" + name)
        #expect(response.status == 400)
        #expect(response.code == "EINVAL")
    }

    struct Part: CustomTestStringConvertible {
        var range: String
        var ifRange: String?
        var status = 206
        var content: Range<Int>?
        var testDescription: String { "\(range) \(ifRange ?? "")" }
    }

    @Test(
        arguments: [
            Part(range: "bytes=0-0", content: 0..<1), Part(range: "bytes=10-19", content: 10..<20),
            Part(range: "bytes=-5", content: 1_999_995..<2_000_000),
            Part(range: "bytes=1999999-", content: 1_999_999..<2_000_000),
            Part(range: "bytes=2000000-", status: 416), Part(range: "bytes=0-1,4-5", status: 200),
            Part(range: "bytes=10-19", ifRange: "same", content: 10..<20),
            Part(range: "bytes=10-19", ifRange: "\"other\"", status: 200),
            Part(range: "bytes=10-19", ifRange: "Thu, 01 Jan 1970 00:00:00 GMT", status: 200),
        ], [true, false])
    func `A part comes where one is asked for`(part: Part, isLong: Bool) throws {
        let count = isLong ? 2_000_000 : 200_000
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let folder = try TemporaryFolder()
        try folder.write("photos/a.bin", bytes)
        let installation = try Installation(accounts: Self.accounts, folder: folder)
        let tag = try #require(installation.get("/demo/a.bin").header("ETag"))
        // The table is written for the long one.
        func scaled(_ text: String) -> String {
            isLong ? text : text.replacing("1999999", with: "199999").replacing("2000000", with: "200000")
        }
        let response = installation.get("/demo/a.bin") { request in
            request.range = scaled(part.range)
            request.ifRange = part.ifRange == "same" ? tag : part.ifRange
        }
        #expect(response.status == part.status)
        switch part.status {
        case 206:
            let offset = count - 2_000_000
            let wanted = try #require(part.content)
            let range =
                wanted.lowerBound > 1_000_000 ? (wanted.lowerBound + offset)..<(wanted.upperBound + offset) : wanted
            #expect(response.header("Content-Range") == "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(count)")
            #expect(response.header("Content-Length") == "\(range.count)")
            #expect(response.header("X-Accel-Expires") == "0")
            #expect(response.wholeBody == Array(bytes[range]))
        case 416: #expect(response.header("Content-Range") == "bytes */\(count)")
        default: #expect(response.wholeBody == bytes)
        }
    }

    @Test func `A client that has it is told so, for this once`() throws {
        let folder = try TemporaryFolder()
        try folder.write("photos/a.bin", [UInt8](repeating: 1, count: 1_500_000))
        let installation = try Installation(accounts: Self.accounts, folder: folder)
        let tag = try #require(installation.get("/demo/a.bin").header("ETag"))
        let response = installation.get("/demo/a.bin") { $0.clientIfNoneMatch = tag }
        #expect(response.status == 304)
        #expect(response.header("X-Accel-Expires") == "0")
        #expect(installation.get("/demo/a.bin") { $0.clientIfNoneMatch = "\"other\"" }.status == 200)
    }

    @Test func `A file that changes after it was found is sent in its new state, with its new tag`() throws {
        let folder = try TemporaryFolder()
        try folder.write("photos/a.bin", [UInt8](repeating: 1, count: 1_500_000))
        let installation = try Installation(accounts: Self.accounts, folder: folder)
        let tag = installation.get("/demo/a.bin").header("ETag")
        let new = [UInt8](repeating: 2, count: 1_600_000)
        try folder.write("photos/a.bin", new)
        let response = installation.get("/demo/a.bin")
        #expect(response.wholeBody == new)
        #expect(response.header("Content-Length") == "1600000")
        #expect(response.header("ETag") != tag)
    }

    @Test func `A file longer than the owner lets pass is refused, and one of unknown length is cut`() throws {
        let piece = String(repeating: "x", count: 100_000)
        try HostileOrigin.serve { request in
            request.path.hasSuffix("/known.bin")
                ? [.head("HTTP/1.1 200 OK", "Content-Length: 2000000"), .flood(piece)]
                : [.head("HTTP/1.1 200 OK"), .flood(piece)]
        } _: { origin in
            let accounts = """
                      - id: demo
                        insecure: true
                        origins: [{ id: web, type: WEB_FOLDER, baseUrl: "\(origin.url)" }]
                        urlEndpoints: [{ urlPrefix: "", origins: [web] }]
                """
            let installation = try Installation(accounts: accounts, settings: ["limits: { fileBytes: 1500000 }"])
            let known = installation.get("/demo/known.bin")
            #expect(known.status == 400)
            #expect(known.code == "ELIMIT")
            let unknown = installation.get("/demo/unknown.bin")
            #expect(unknown.status == 200)
            #expect(unknown.header("Content-Length") == nil)
            var count = 0
            let passing = unknown.file?.pass { count += $0.byteCount }
            #expect(passing == .broken("longer than limits.fileBytes"))
            #expect(count <= 1_500_000)
        }
    }

    @Test func `Whoever may not see a private file gets none of it`() throws {
        let body = String(repeating: "x", count: 1_200_000)
        try HostileOrigin.serve { _ in
            .answer(200, ["Is-Private-File: true"], body: body)
        } _: { origin in
            let accounts = """
                      - id: demo
                        insecure: true
                        origins: [{ id: web, type: WEB_FOLDER, baseUrl: "\(origin.url)" }]
                        urlEndpoints: [{ urlPrefix: "", origins: [web] }]
                """
            let installation = try Installation(accounts: accounts)
            for _ in 0..<2 { #expect(installation.get("/demo/secret.bin").status == 401) }
        }
    }

    @Test func `A canonical link names the object on its owner's site`() throws {
        let accounts = """
                  - id: demo
                    insecure: true
                    origins:
                      - id: photos
                        type: DISK
                        path: photos
                        includeCanonicalHeader: true
                        baseUrlForCanonicalHeader: "https://www.example.com/media"
                    urlEndpoints: [{ urlPrefix: "", origins: [photos] }]
            """
        let folder = try TemporaryFolder()
        try folder.write("photos/sub/a b.js", Array("1".utf8))
        let response = try Installation(accounts: accounts, folder: folder).get("/demo/sub/a%20b.js")
        #expect(response.header("Link") == "<https://www.example.com/media/sub/a%20b.js>; rel=\"canonical\"")
    }
}

extension DeliveryResponse {
    /// All bytes of the answer, wherever they come from.
    fileprivate var wholeBody: [UInt8] {
        guard let file else { return body.copied }
        var bytes: [UInt8] = []
        let passing = file.pass { piece in piece.withUnsafeBytes { bytes.append(contentsOf: $0) } }
        return passing == .complete ? bytes : []
    }
}
