import Caching
import Configuration
import Deadlines
import Delivery
import HTTPRules
import Memory
import Purging
import Regions
import Testing

/// What another region is answered; nginx and the way between them are tested elsewhere.
@Suite struct RegionEndpointTests {
    private static let secret = Secret("a secret of the regions")
    private static let settings = [
        "region: us", "regionSecret: \"\(secret.value)\"",
        "regions: { us: { url: \"http://127.0.0.1:1\" }, eu: { url: \"http://127.0.0.1:2\" } }",
    ]
    private static let accounts = """
          - id: demo
            homeRegion: us
            privateKeys: [first-key]
            origins: [{ id: photos, type: DISK, path: photos }]
            urlEndpoints:
              - { urlPrefix: "", origins: [photos] }
              - { urlPrefix: locked, origins: [photos], unsigned: deny }
              - { urlPrefix: theirs, origins: [photos], homeRegion: eu }
              - { urlPrefix: bound, origins: [photos], homeRegion: eu, residency: home }
              - { urlPrefix: ours, origins: [photos], residency: home }
        """
    private static let film = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }

    private let installation: Installation
    private let keys: RegionKeys

    init() throws {
        let folder = try TemporaryFolder()
        try folder.writePNG("photos/a.png")
        try folder.write("photos/film.mp4", Self.film)
        installation = try Installation(
            accounts: Self.accounts, settings: Self.settings, folder: folder, hasStore: true)
        keys = try #require(RegionKeys([Self.secret]))
    }

    private struct Answer {
        let response: DeliveryResponse
        let head: RegionAnswerHead
        let entry: Entry?
    }

    private func question(
        _ path: String, query: String = "", _ change: (inout RegionQuestion) -> Void = { _ in }
    ) -> RegionQuestion {
        var question = RegionQuestion(
            deadline: .seconds(60), engine: "3", configuration: "c", purges: PurgeVector(),
            client: ClientRequest(host: "localhost", path: path, query: query))
        change(&question)
        return question
    }

    private func send(
        _ call: RegionCall, _ fields: RegionFields, _ envelope: RegionEnvelope? = nil,
        _ change: (inout DeliveryRequest) -> Void = { _ in }
    ) -> DeliveryResponse {
        var all = (envelope ?? RegionEnvelope(from: "eu", to: "us", clockOffset: .none)).fields
        all.add(contentsOf: fields)
        return installation.get(call.path) { request in
            request.method = "POST"
            request.body = all.text
            request.signature = keys.signature(of: call, body: all.text)
            change(&request)
        }
    }

    /// Reads an answer as the region that has asked does.
    private func ask(_ question: RegionQuestion) throws -> Answer {
        let envelope = RegionEnvelope(from: "eu", to: "us", clockOffset: .none)
        let response = send(.ask, question.fields, envelope)
        #expect(response.status == 200)
        #expect(response.header("Cache-Control") == "no-store")
        #expect(response.header("X-Accel-Expires") == "0")
        let following = response.file?.count ?? 0
        #expect(response.header("Content-Length") == "\(response.body.count + following)")
        let parts = try #require(response.header("x-apus-head")).split(separator: " ")
        let bytes = response.body.copied
        let headBytes = Array(bytes.prefix(try #require(Int(parts[0]))))
        #expect(keys.isProven(headBytes, to: envelope.nonce, by: parts[1]))
        let (now, fields) = try told(headBytes)
        #expect(abs(now - WallClock.unixMilliseconds) < 60_000)
        let head = try #require(RegionAnswerHead(fields))
        let rest = Array(bytes.dropFirst(headBytes.count))
        #expect(rest.count == head.entry?.count ?? 0)
        guard head.kind != .error else { return Answer(response: response, head: head, entry: nil) }
        let key = question.key(nonce: envelope.nonce)
        return Answer(
            response: response, head: head, entry: try Entry(decoding: rest, for: key, now: WallClock.unixSeconds))
    }

    /// What a head says, and of which moment.
    private func told(_ bytes: [UInt8]) throws -> (now: Int64, fields: RegionFields) {
        let all = try #require(RegionFields(bytes))
        var fields = RegionFields()
        for field in all.list where field.name != "now" { fields.add(field.name, field.value) }
        return (try #require(all["now"].flatMap { RegionFields.number($0) }), fields)
    }

    @Test func `A picture comes with all that is known of it`() throws {
        let answer = try ask(question("/demo/a.png", query: "tr=orig-true"))
        let here = installation.get("/demo/a.png?tr=orig-true")
        #expect(answer.head.kind == .entry)
        guard case .variant(let variant)? = answer.entry?.content else {
            Issue.record("no variant")
            return
        }
        #expect(variant.body.copied == here.body.copied)
        #expect(variant.entityTag == here.header("ETag"))
        #expect(variant.contentType == "image/png")
        #expect(answer.entry?.region == "us")
        #expect(answer.entry?.source.originID == "photos")
    }

    /// It asks no third region, whatever its own file says.
    @Test func `What is at home elsewhere is made here`() throws {
        let answer = try ask(question("/demo/theirs/a.png", query: "tr=orig-true"))
        #expect(answer.head.kind == .entry)
        #expect(answer.entry?.region == "us")
    }

    @Test(arguments: ["/demo/a.png", "/demo/film.mp4"])
    func `Of a known copy no bytes come`(path: String) throws {
        let tag = try #require(installation.get("\(path)?tr=orig-true").header("ETag"))
        let known = try ask(question(path, query: "tr=orig-true") { $0.known = tag })
        #expect(known.head.kind == .unchanged)
        #expect(known.entry?.body.count == 0)
        #expect(known.entry?.source.originID == "photos")
        #expect(known.response.file == nil)
        let other = try ask(question(path, query: "tr=orig-true") { $0.known = "\"other\"" })
        #expect(other.head.kind != .unchanged)
    }

    @Test func `A long file follows its entry`() throws {
        let answer = try ask(question("/demo/film.mp4"))
        #expect(answer.head.kind == .file)
        #expect(answer.head.fileLength == Self.film.count)
        #expect(answer.head.part == nil)
        #expect(answer.response.fileBytes == Self.film)
    }

    @Test func `Of a long file a part comes`() throws {
        let answer = try ask(question("/demo/film.mp4") { $0.client.range = "bytes=1000-1999" })
        #expect(answer.head.kind == .file)
        #expect(answer.head.part == ByteRange(first: 1000, last: 1999))
        #expect(answer.response.fileBytes == Array(Self.film[1000...1999]))
        let none = try ask(question("/demo/film.mp4") { $0.client.range = "bytes=3000000-" })
        #expect(none.head.kind == .error)
        #expect(none.head.fault?.status == 416)
        #expect(none.head.fault?.fileLength == Self.film.count)
        #expect(none.head.fault?.isOfRegion == false)
    }

    /// The paths of operations and of the HTTP API name nothing that a region could ask for.
    @Test(arguments: [
        "/demo/none.png", "/nobody/a.png", "/demo/tr:w-x/a.png", "/_apus/metrics", "/_apus/region/ask",
        "/v1/files/purge",
    ]) func `An error that may be kept is an entry`(path: String) throws {
        let answer = try ask(question(path))
        #expect(answer.head.kind == .failure)
        let status = installation.get(path.hasPrefix("/_apus") ? "/nobody/x" : path).status
        guard case .failure(let failure)? = answer.entry?.content else {
            Issue.record("no failure")
            return
        }
        #expect(failure.status == (path.hasPrefix("/v1") ? 404 : status))
        #expect(answer.entry.map { $0.lifetime.expiresAt > $0.lifetime.madeAt } == true)
    }

    @Test func `An error for this client alone is none`() throws {
        let answer = try ask(question("/demo/locked/a.png", query: "tr=orig-true"))
        #expect(answer.head.kind == .error)
        #expect(answer.head.fault?.status == 401)
        #expect(answer.head.fault?.isOfRegion == false)
        #expect(answer.head.entry == nil)
    }

    @Test func `What is bound elsewhere is not even looked for`() throws {
        let response = send(.ask, question("/demo/bound/a.png", query: "tr=orig-true").fields)
        #expect(response.status == 421)
        #expect(response.header("x-apus-refusal") == "not-home")
        #expect(
            try ask(question("/demo/ours/a.png", query: "tr=orig-true") { $0.relays = true }).head.kind == .entry)
    }

    @Test func `Who knows purges that are not known here waits and is told`() {
        let fields = question("/demo/a.png") { $0.purges = PurgeVector(["eu": 9]) }.fields
        let response = send(.ask, fields)
        #expect(response.status == 409)
        #expect(response.header("x-apus-refusal") == "behind")
    }

    @Test func `Other calls are told what they ask`() throws {
        for call in [RegionCall.status, .exchange] {
            let response = send(call, RegionFields())
            #expect(response.status == 200)
            let parts = try #require(response.header("x-apus-head")).split(separator: " ")
            #expect(parts.first == "\(response.body.count)")
            let fields = try #require(RegionFields(response.body.copied))
            #expect(fields["now"].flatMap { RegionFields.number($0) } != nil)
        }
    }

    @Test func `What is no good request is refused`() {
        let fields = question("/demo/a.png").fields
        let envelope = RegionEnvelope(from: "eu", to: "us", clockOffset: .none)
        #expect(send(.ask, fields, envelope).status == 200)
        #expect(send(.ask, fields, envelope).header("x-apus-refusal") == "replay")
        #expect(send(.ask, fields) { $0.method = "GET" }.status == 405)
        #expect(send(.ask, fields) { $0.query = "x=1" }.header("x-apus-refusal") == "malformed")
        #expect(send(.ask, fields) { $0.signature = nil }.header("x-apus-refusal") == "signature")
        #expect(send(.ask, fields) { ($0.body, $0.bodyIsTooLong) = ([], true) }.status == 400)
        #expect(send(.ask, RegionFields()).header("x-apus-refusal") == "malformed")
        #expect(send(.ask, question("/demo/a.png") { $0.form = 77 }.fields).status == 406)
        let refused = send(.ask, fields, RegionEnvelope(from: "eu", to: "eu", clockOffset: .none))
        #expect(refused.status == 421)
        #expect(refused.body.count == 0)
        #expect(refused.header("x-apus-head") == nil)
    }

    /// Where there are no other regions the paths are nothing special.
    @Test func `Alone a region answers no other`() throws {
        let alone = try Installation()
        #expect(alone.get(RegionCall.ask.path) { $0.method = "POST" }.status == 405)
        #expect(alone.get(RegionCall.ask.path).status == 403)
    }
}

extension DeliveryResponse {
    /// What comes behind the body.
    fileprivate var fileBytes: [UInt8]? {
        guard let file else { return nil }
        var bytes: [UInt8] = []
        return file.pass(to: { (piece) throws(Never) in piece.withUnsafeBytes { bytes.append(contentsOf: $0) } })
            == .complete ? bytes : nil
    }
}
