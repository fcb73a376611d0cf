import Deadlines
import HTTPRules
import HostileOrigin
import Origins
import Testing
import Transfer

@Suite("Asking whether a copy still holds")
struct ConditionalFetchTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let seconds: Int64 = 784_111_777

    private static func copy(
        tag: String? = nil, modified: Int64? = nil, isPrivate: Bool = false
    ) -> Original.Metadata {
        Original.Metadata(
            originID: "shop", validators: .init(entityTag: tag, lastModified: modified), contentType: "image/png",
            isPrivate: isPrivate, lifetimeFields: LifetimeFields(cacheControl: "max-age=1", age: "9"), tags: ["old"],
            fetchedAt: 5)
    }

    /// Asks once with that copy, and tells what the server has seen.
    private static func ask(
        _ known: Original.Metadata, id: String = "shop", _ script: @escaping HostileOrigin.Script
    ) throws -> (result: Result<OriginList.Answer, OriginError>, asked: [HostileOrigin.Request]) {
        try HostileOrigin.serve(script) { server in
            let settings = WebSettings(client: TransferClient())
            let origin = try WebFolderOrigin(id: id, baseURL: server.url, settings: settings)
            var request = object("a.jpg")
            request.known = known
            let result = Result { () throws(OriginError) in
                try origin.answer(request)
            }
            return (result, server.requests)
        }
    }

    private static func answer(
        _ known: Original.Metadata, _ script: @escaping HostileOrigin.Script
    ) throws -> OriginList.Answer {
        try ask(known, script).result.get()
    }

    struct Condition: CustomTestStringConvertible {
        let known: Original.Metadata
        var match: String?
        var since: String?
        var testDescription: String { "\(known.validators)" }
    }

    @Test(
        "Is done by tag, else by date, and not without either",
        arguments: [
            Condition(known: copy(tag: "\"v1\"", modified: seconds), match: "\"v1\""),
            Condition(known: copy(tag: "W/\"v1\""), match: "W/\"v1\""),
            Condition(known: copy(modified: seconds), since: date),
            Condition(known: copy()),
        ])
    func conditions(item: Condition) throws {
        let (result, asked) = try Self.ask(item.known) { _ in .answer(200, body: "new") }
        #expect(try result.get().original.text == "new")
        #expect(asked.map { $0.headers["if-none-match"] } == [item.match])
        #expect(asked.map { $0.headers["if-modified-since"] } == [item.since])
    }

    @Test("Is done of the copy's own origin alone")
    func otherOrigin() throws {
        let (result, asked) = try Self.ask(Self.copy(tag: "\"v1\""), id: "other") { _ in .answer(200, body: "new") }
        #expect(try result.get().metadata.originID == "other")
        #expect(asked.first?.headers["if-none-match"] == nil)
    }

    @Test("Gives what the 304 says again, and keeps what it does not")
    func confirmed() throws {
        let known = Self.copy(tag: "\"v1\"", modified: Self.seconds)
        let full = try Self.answer(known) { _ in
            [
                .head(
                    "HTTP/1.1 304 Not Modified", "ETag: W/\"v1\"", "Cache-Control: max-age=60", "Expires: 0",
                    "Date: \(Self.date)", "Age: 2", "Surrogate-Key: new", "Is-Private-File: true",
                    "Content-Type: text/plain")
            ]
        }
        #expect(full.isNotModified)
        var expected = known
        expected.lifetimeFields = LifetimeFields(
            cacheControl: "max-age=60", expires: "0", date: Self.date, age: "2")
        expected.tags = ["new"]
        expected.isPrivate = true
        expected.fetchedAt = full.metadata.fetchedAt
        #expect(full.metadata == expected)
        #expect(abs(full.metadata.fetchedAt - WallClock.unixSeconds) < 3600)

        let bare = try Self.answer(Self.copy(tag: "\"v1\"", isPrivate: true)) { _ in [.head("HTTP/1.1 304 -")] }
        #expect(bare.isNotModified)
        #expect(bare.metadata.lifetimeFields == LifetimeFields(cacheControl: "max-age=1"))
        #expect(bare.metadata.tags == ["old"])
        #expect(bare.metadata.isPrivate)

        let published = try Self.answer(Self.copy(tag: "\"v1\"", isPrivate: true)) { _ in
            [.head("HTTP/1.1 304 -", "Is-Private-File: false", "Cache-Tag:")]
        }
        #expect(published.isNotModified)
        #expect(!published.metadata.isPrivate && published.metadata.tags == [])
    }

    @Test(
        "Is done again without the copy where the 304 is about something else",
        arguments: [
            (copy(tag: "\"v1\""), "ETag: \"v2\""), (copy(tag: "\"v1\"", modified: seconds), "ETag: W/\"v2\""),
            (copy(modified: seconds), "Last-Modified: Sun, 06 Nov 1994 08:49:36 GMT"),
        ])
    func another(known: Original.Metadata, header: String) throws {
        let (result, asked) = try Self.ask(known) { request in
            let isPlain = request.headers["if-none-match"] == nil && request.headers["if-modified-since"] == nil
            return isPlain ? .answer(200, body: "older") : [.head("HTTP/1.1 304 -", header)]
        }
        #expect(try result.get().original.text == "older")
        #expect(asked.count == 2)
    }

    @Test(
        "Believes a 304 that names what was asked, or nothing",
        arguments: [
            (copy(tag: "\"v1\""), "ETag: W/\"v1\""), (copy(tag: "\"v1\""), "Last-Modified: \(date)"),
            (copy(tag: "\"v1\""), "ETag: v1"), (copy(modified: seconds), "Last-Modified: \(date)"),
            (copy(modified: seconds), "ETag: \"v1\""), (copy(modified: seconds), "Last-Modified: today"),
            (copy(tag: "W/\"v1\""), "Content-Length: 9999999"),
        ])
    func believed(known: Original.Metadata, header: String) throws {
        let (result, asked) = try Self.ask(known) { _ in [.head("HTTP/1.1 304 -", header)] }
        let answer = try result.get()
        #expect(answer.isNotModified)
        #expect(answer.metadata.validators == known.validators)
        #expect(asked.count == 1)
    }

    @Test("Has no use for a 304 that nobody has asked for", arguments: [copy(), copy(tag: "\"v1\"")])
    func unasked(known: Original.Metadata) throws {
        let (result, asked) = try Self.ask(known) { _ in [.head("HTTP/1.1 304 -", "ETag: \"v2\"")] }
        #expect(throws: OriginError.unidentified(.status(304))) { try result.get() }
        #expect(asked.count == (known.validators.entityTag == nil ? 1 : 2))
    }

    @Test("Follows redirects with the same question")
    func redirected() throws {
        let (result, asked) = try Self.ask(Self.copy(tag: "\"v1\"")) { request in
            request.path == "/a.jpg" ? .answer(302, ["Location: /b.jpg"]) : [.head("HTTP/1.1 304 -")]
        }
        #expect(try result.get().isNotModified)
        #expect(asked.map { $0.headers["if-none-match"] } == ["\"v1\"", "\"v1\""])
    }

    @Test("Fails as any other fetch does", arguments: [(404, OriginError.notFound), (403, .forbidden())])
    func failure(status: Int, error: OriginError) throws {
        let (result, _) = try Self.ask(Self.copy(tag: "\"v1\"")) { _ in .answer(status) }
        #expect(throws: error) { try result.get() }
    }
}
