import Configuration
import Deadlines
import Delivery
import Explaining
import HostileOrigin
import JSONReading
import Logging
import Memory
import OriginMaking
import Processes
import Purging
import RedisFixture
import Signing
import Testing
import TextEncodings
import Transformation

/// What an installation says of its URLs, without carrying them out.
struct ExplainTests {
    private static let accounts = """
          - id: demo
            insecure: true
            privateKeys: [first-secret-key]
            origins:
              - { id: photos, type: DISK, path: photos }
              - { id: bucket, type: S3_COMPATIBLE, endpoint: "http://127.0.0.1:1", bucket: b, accessKey: AKIDSECRET,
                  secretKey: very-secret-key }
              - { id: blobs, type: AZURE_BLOB, accountName: store, container: c, sasToken: "?sv=1&sig=sas-secret" }
              - { id: web, type: WEB_FOLDER, baseUrl: "https://shop.example/media" }
              - { id: proxy, type: WEB_PROXY }
            urlEndpoints:
              - { urlPrefix: "", origins: [photos, bucket] }
              - { urlPrefix: named, origins: [photos], unsigned: named, format: png, quality: 55 }
              - { urlPrefix: signed, origins: [blobs, web], unsigned: deny, hosts: [images.shop.example] }
              - { urlPrefix: proxy, origins: [proxy] }
              - { urlPrefix: rising, origins: [photos], widths: [100, 200], ladder: roundUp, query: [v, w] }
              - { urlPrefix: strict, origins: [photos], widths: [100], parameters: [w, f], query: [] }
              - { urlPrefix: short, origins: [photos], steps: 1 }
              - { urlPrefix: chosen, origins: [photos], unsigned: named, steps: 1 }
            namedTransformations: { thumb: "w-150,h-150" }
        """
    private static let secrets = [
        "first-secret-key", "very-secret-key", "AKIDSECRET", "sas-secret", "pass:word", "presigned", "topsecret",
        Self.encodedSecret, Self.encodedSecret.prefix(24).description, "dG9wc2VjcmV0",
    ]
    private static let encodedSecret = Base64.encoded([UInt8](secretInput.utf8), .urlSafe)
    private static let secretInput = "https://user:topsecret@host.example/x.png?sig=topsecret"

    private func explanation(_ question: ExplainQuestion) throws -> Explanation {
        let yaml = "accounts:\n" + Self.accounts
        let configuration = try Configuration.parse(
            [UInt8](yaml.utf8), name: "test.yaml", folder: "/nowhere", environment: [:])
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return Explainer(configuration, outside: Outside(configuration, environment: [:]), logger: logger)
            .explain(question)
    }

    // MARK: From the URL alone

    struct Case: CustomTestStringConvertible {
        let url: String
        var prefix: String? = ""
        var origins: [String] = ["photos", "bucket"]
        var object: String?
        var plan: String?
        /// The code of what would be answered instead.
        var refused: String?
        var testDescription: String { url }
    }

    private static let cases = [
        Case(url: "http://h/demo/tr:w-300/a%20b.jpg", object: "a%20b.jpg", plan: "f-auto,q-80:w-300"),
        Case(url: "/demo/ik-seo/a/nice.jpg?tr=n-thumb", object: "a.jpg", plan: "f-auto,q-80:w-150,h-150"),
        Case(url: "/demo/a.jpg?tr=orig-true#x", object: "a.jpg", plan: "orig-true"),
        Case(
            url: "https://h:80/demo/named/tr:n-thumb/a.jpg", prefix: "named", origins: ["photos"], object: "a.jpg",
            plan: "f-png,q-55:w-150,h-150"),
        Case(
            url: "/demo/named/tr:w-5/a.jpg", prefix: "named", origins: ["photos"], object: "a.jpg",
            plan: "f-png,q-55:w-5", refused: "401 EACCES"),
        Case(
            url: "http://Images.Shop.example:8080/tr:w-5/a.jpg", prefix: "signed", origins: ["blobs", "web"],
            object: "a.jpg", plan: "f-auto,q-80:w-5", refused: "401 EACCES"),
        Case(url: "/demo/a.jpg?tr=w-5&ik-s=00", object: "a.jpg", plan: "f-auto,q-80:w-5", refused: "401 EACCES"),
        Case(
            url: "https://user:topsecret@images.shop.example:80/tr:w-5/a.jpg#topsecret", prefix: "signed",
            origins: ["blobs", "web"], object: "a.jpg", plan: "f-auto,q-80:w-5", refused: "401 EACCES"),
        Case(url: "/demo/tr:w-x/a.jpg", object: "a.jpg", refused: "400 EINVAL"),
        Case(url: "/demo/tr:w-5", refused: "400 EINVAL"),
        Case(url: "/demo/../a.jpg", prefix: nil, origins: [], refused: "400 EINVAL"),
        Case(url: "/other/a.jpg", prefix: nil, origins: [], refused: "404 ENOENT"),
        Case(url: "ftp://h/demo/a.jpg", prefix: nil, origins: [], refused: "400 EINVAL"),
        Case(url: "demo/a.jpg", prefix: nil, origins: [], refused: "400 EINVAL"),
        Case(url: "", prefix: nil, origins: [], refused: "400 EINVAL"),
        Case(url: "http://h", prefix: nil, origins: [], refused: "400 EINVAL"),
    ]

    @Test(arguments: cases)
    func `A URL is taken apart as a request is`(_ expected: Case) throws {
        let explanation = try explanation(ExplainQuestion(url: expected.url))
        #expect(explanation.place?.urlPrefix == expected.prefix)
        #expect(explanation.place?.account == expected.prefix.map { _ in "demo" })
        #expect((explanation.place?.origins ?? []).map(\.id) == expected.origins)
        #expect(explanation.object == expected.object)
        #expect(explanation.transformation?.resolution?.canonical == expected.plan)
        #expect(explanation.refusal.map { "\($0.status) \($0.code)" } == expected.refused)
        // What only its signature is missing for has a name in the caches, too.
        #expect((explanation.key == nil) == (expected.plan == nil))
        #expect(explanation.tiers == nil)
    }

    @Test func `The client decides what may vary`() throws {
        let url = "/demo/tr:w-auto,dpr-auto/a.jpg"
        let plain = try explanation(ExplainQuestion(url: url))
        #expect(plain.varies.contains("Accept") && plain.varies.contains("Sec-CH-Width"))
        #expect(plain.format?.chosen == nil)
        for accept in ["avif,webp", "image/avif,image/webp,*/*;q=0.5", "avif, webp"] {
            let modern = try explanation(ExplainQuestion(url: url, accept: accept, width: "640"))
            #expect(modern.transformation?.resolution?.canonical == "f-auto_avif_webp,q-80:w-700")
            #expect(modern.format?.chosen == .webp)
            #expect(modern.key != plain.key)
        }
    }

    @Test func `A size is carried through`() throws {
        let size = Size(width: 4000, height: 3000)
        let explanation = try explanation(ExplainQuestion(url: "/demo/tr:w-400:rt-90/a.jpg", size: size))
        #expect(explanation.sizes?.output == Size(width: 300, height: 400))
        #expect(explanation.sizes?.lines.count == 2)
    }

    @Test(arguments: [
        ("/demo/tr:w-400/a.jpg", Size(width: 4000, height: 3000), nil),
        ("/demo/tr:w-400/a.jpg", Size(width: 60_000, height: 60_000), "The original has more than 100000000 pixels."),
        ("/demo/tr:w-60000,h-60000,c-force/a.jpg", Size(width: 10, height: 10), "pixels of output"),
        // What is passed on as it is has no limit.
        ("/demo/tr:orig-true/a.jpg", Size(width: 60_000, height: 60_000), nil),
    ])
    func `A size beyond a limit is refused`(_ path: String, _ size: Size, _ message: String?) throws {
        let refusal = try explanation(ExplainQuestion(url: path, size: size)).refusal
        #expect((refusal == nil) == (message == nil), "\(String(describing: refusal))")
        if let message { #expect(refusal?.message.contains(message) == true && refusal?.code == "ELIMIT") }
    }

    @Test(arguments: [
        ("4000x3000", Size(width: 4000, height: 3000)), ("1x1", Size(width: 1, height: 1)), ("0x1", nil), ("4000", nil),
        ("axb", nil), ("1x2x3", nil), ("99999999999999999999x1", nil), ("-1x5", nil), ("", nil),
    ])
    func `A size is two numbers`(_ text: String, _ size: Size?) {
        #expect(ExplainQuestion.size(text) == size)
    }

    // MARK: Ladders and queries

    @Test(
        arguments: [
            ("/demo/tr:w-150/a.jpg", nil),
            ("/demo/rising/tr:w-150/a.jpg", .rounded(asked: "f-auto,q-80:w-150")),
            ("/demo/rising/tr:w-200/a.jpg", .fits), ("/demo/rising/tr:n-thumb/a.jpg", .fits),
            ("/demo/rising/a.jpg", .fits), ("/demo/rising/tr:w-0.5/a.jpg", .refused),
            ("/demo/rising/tr:w-x/a.jpg", nil), ("/demo/strict/tr:w-100/a.jpg", .fits),
            ("/demo/strict/tr:w-150/a.jpg", .refused), ("/demo/strict/tr:w-100,bl-3/a.jpg", .refused),
            ("/demo/strict/a.jpg?tr=orig-true", .refused), ("/demo/short/tr:w-1,h-2/a.jpg", .fits),
            ("/demo/short/tr:w-1:h-2/a.jpg", .refused), ("/demo/short/tr:w-1/a.jpg?tr=h-2", .refused),
            ("/demo/short/tr:n-thumb:n-thumb/a.jpg", .refused), ("/demo/chosen/tr:n-thumb/a.jpg", .fits),
            ("/demo/chosen/tr:n-thumb:n-thumb/a.jpg", .refused),
        ] as [(String, LadderEffect?)])
    func `What a ladder does is told`(_ path: String, _ expected: LadderEffect?) throws {
        let plain = try explanation(ExplainQuestion(url: path))
        #expect(plain.ladder == expected)
        #expect((plain.fact["ladder"] == nil) == (expected == nil))
        #expect(expected != .refused || plain.refusal?.code == "EINVAL")
        #expect(expected != .refused || plain.signature?.isRequired == true)
        let parts = path.split(separator: "?").map(String.init)
        let signed = try URLSignature.sign(
            path: parts[0], query: parts.count > 1 ? parts[1] : nil, cut: "/demo/", key: "first-secret-key")
        #expect(try explanation(ExplainQuestion(url: signed)).ladder == (path.contains("/demo/tr:") ? nil : .signed))
    }

    @Test func `How many steps are allowed is told`() throws {
        let fact = try explanation(ExplainQuestion(url: "/demo/short/tr:w-1:h-2:w-3/a.jpg")).fact
        #expect(fact["urlEndpoint"]?["steps"] == .text("1"))
        #expect(fact["refusal"]?["allowed"] == .text("at most 1"))
        #expect(
            fact["refusal"]?["message"]
                == .text("a chain of 3 steps is not allowed without a signature; allowed: at most 1"))
    }

    @Test func `People read why a value became another`() throws {
        let lines = try explanation(ExplainQuestion(url: "/demo/rising/tr:w-150/a.jpg")).fact.lines
        #expect(lines.contains("  effect: rounded up\n") && lines.contains("  asked: f-auto,q-80:w-150\n"))
        #expect(lines.contains("  canonical: f-auto,q-80:w-200\n"))
    }

    @Test(arguments: [
        ("/demo/a.jpg?v=1&x=2", "(all)", "v=1&x=2", nil), ("/demo/rising/a.jpg", "v, w", nil, nil),
        ("/demo/rising/a.jpg?x=2&v=1&sig=presigned&tr=w-100&v=3", "v, w", "v=1&v=3", "x=2&sig=(hidden)"),
        ("/demo/strict/a.jpg?v=1", "", nil, "v=1"),
    ])
    func `What of a query counts is told`(_ url: String, _ names: String, _ sent: String?, _ ignored: String?) throws {
        let explanation = try explanation(ExplainQuestion(url: url))
        #expect(explanation.fact["urlEndpoint"]?["query"] == .text(names))
        #expect(explanation.originQuery == sent)
        #expect(explanation.ignoredQuery == ignored)
    }

    // MARK: Signatures and secrets

    @Test func `The string that would be signed is told, and whether the URL is`() throws {
        let path = "/demo/signed/tr:w-5/a.jpg"
        let plain = try #require(try explanation(ExplainQuestion(url: path + "?v=1")).signature)
        #expect(plain.state == .absent)
        #expect(plain.isRequired == true)
        #expect(plain.stringToSign == "tr:w-5/a.jpg?v=19999999999")
        let key = "first-secret-key"
        for (expiry, state) in [(9_999_999_998 as Int64, Explanation.Signature.State.valid), (1_700_000_000, .expired)]
        {
            let url = try URLSignature.sign(path: path, query: "v=1", cut: "/demo/signed/", key: key, expiry: expiry)
            let explanation = try explanation(ExplainQuestion(url: url))
            let signature = try #require(explanation.signature)
            #expect(signature.state == state)
            #expect(signature.stringToSign == "tr:w-5/a.jpg?v=1\(expiry)")
            #expect((explanation.refusal == nil) == (state == .valid))
            let made = try #require(signature.stringToSign).dropLast(10)
            #expect(url.hasSuffix(URLSignature.signature(of: String(made), expiry: expiry, key: key)))
            #expect(!explanation.fact.json.contains(url.suffix(40)))
        }
        #expect(try explanation(ExplainQuestion(url: "/demo/named/tr:n-thumb/a.jpg")).signature?.isRequired == false)
        #expect(try explanation(ExplainQuestion(url: "/demo/a.jpg")).signature?.isRequired == false)
    }

    @Test(
        arguments: cases.map(\.url) + [
            "/demo/proxy/https://somebody:pass:word@host/a.jpg?v=1",
            "/demo/proxy/https%3A%2F%2Fhost%2Fa.jpg%3FX-Amz-Signature=presigned",
            "/demo/proxy/https://host/a.jpg?X-Amz-Signature=presigned&X-Amz-Credential=presigned",
            "/demo/a.jpg?sig=presigned&ik-t=1&ik-s=presigned", "/demo/a.jpg?ik-s=first-secret-key",
            "/demo/a.jpg?%73ig=presigned", "/demo/a.jpg?from=https://user:topsecret@host/",
            "http://user:topsecret@h.example/demo/a.jpg", "user:topsecret@h.example/demo/a.jpg",
            "ftp://user:topsecret@h.example/demo/a.jpg", "http://user:topsecret@",
            "/demo/tr:w-90,l-image,ie-\(encodedSecret),w-3,l-end/a.jpg",
            "/demo/named/tr:l-image,ie-\(encodedSecret),l-end/a.jpg",
            "/demo/a.jpg?tr=w-90,l-image,ie-\(encodedSecret)%3D,l-end",
            "/demo/tr:l-image%2C%69e-\(encodedSecret),l-end/a.jpg",
            "/demo/tr:w-x,l-text,ie-\(encodedSecret),l-end/a.jpg", "/demo/tr:l-image,ie-\(encodedSecret)*,l-end/a.jpg",
            "/demo/tr:l-image,ie-\(encodedSecret)/a.jpg", "/demo/tr:di-https:@@@@user:topsecret@host@@a.png/a.jpg",
            "/demo/tr:l-image,i-https:@@@@user:topsecret@host@@x.png,l-end/a.jpg",
            "/demo/a.jpg?tr=l-text,ff-https://user:topsecret@host/x.ttf%3Fsig=presigned,i-a,l-end",
            "/demo/tr:l-image,ie-\(Base64.encoded([UInt8]((secretInput + "\n").utf8), .urlSafe)),l-end/a.jpg",
        ])
    func `Nothing that opens anything is told`(url: String) throws {
        let explanation = try explanation(ExplainQuestion(url: url, size: Size(width: 10, height: 10)))
        for secret in Self.secrets {
            #expect(!explanation.fact.json.contains(secret), "\(secret)")
            #expect(!explanation.fact.lines.contains(secret), "\(secret)")
        }
    }

    @Test func `Where a layer shows what opens something, all else is told`() throws {
        let url = "/demo/tr:w-90,l-image,ie-\(Self.encodedSecret),w-3,l-end/a.jpg"
        let explanation = try explanation(ExplainQuestion(url: url, size: Size(width: 180, height: 100)))
        #expect(explanation.refusal == nil)
        #expect(explanation.signature?.stringToSign == nil)
        let fact = explanation.fact
        #expect(fact["url"] == .text("/demo/tr:w-90,l-image,ie-(hidden),w-3,l-end/a.jpg"))
        #expect(fact["transformation"]?["texts"] == .texts(["w-90,l-image,ie-(hidden),w-3,l-end"]))
        #expect(fact["plan"]?["canonical"] == .text("f-auto,q-80:w-90,l-image,ie-(hidden):t-10,w-3,l-end"))
        #expect(explanation.sizes?.output == Size(width: 90, height: 50))
        // What nobody is harmed by stays.
        let open = "/demo/tr:w-90,l-image,ie-YS5wbmc,l-end/a.jpg"
        let plain = try self.explanation(ExplainQuestion(url: open))
        #expect(plain.fact["url"] == .text(open))
        #expect(plain.signature?.stringToSign != nil)
    }

    @Test func `Limits are those of the configuration`() throws {
        let limits = try explanation(ExplainQuestion(url: "/demo/a.jpg")).fact["limits"]
        #expect(limits?["documentBytes"] == .number(5_000_000))
        #expect(limits?["fileBytes"] == .text("none"))
        #expect(limits?["renderMilliseconds"] != nil)
    }

    // MARK: /_apus/explain

    private func ask(
        _ installation: Installation, _ url: String, _ more: String = "", from address: String = "127.0.0.1"
    )
        -> DeliveryResponse
    {
        let escaped = url.utf8.map { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        return installation.get("/_apus/explain?url=\(escaped)\(more)") { $0.remoteAddress = address }
    }

    private func json(_ response: DeliveryResponse) throws -> JSON { try #require(JSON(response.body.copied)) }

    @Test func `Only the owner's machines are told`() throws {
        let installation = try Installation()
        #expect(ask(installation, "/demo/a.jpg", from: "203.0.113.9").status == 403)
        let response = ask(installation, "/demo/a.jpg?v=1&x=%26")
        #expect(response.status == 200)
        #expect(response.header("Content-Type") == "application/json; charset=utf-8")
        #expect(response.header("Cache-Control") == "no-store")
        #expect(try json(response)["originQuery"] == .string("v=1&x=%26"))
        #expect(try json(response)["tiers"]?["redis"] == .string("not configured"))
    }

    @Test(arguments: [
        "", "?size=4x4", "?url=", "?url=/demo/a.jpg&size=4", "?url=/demo/a.jpg&w=4", "?url=%FF",
        "?url=/demo/a.jpg&fetch=yes", "?url=/demo/a.jpg&fetch=", "?url=/demo/a.jpg&fetch=True",
    ])
    func `What is not asked as it should be is refused`(query: String) throws {
        let response = try Installation().get("/_apus/explain" + query) { $0.remoteAddress = "::1" }
        #expect(response.status == 400)
        #expect(response.code == "EINVAL")
    }

    @Test func `Tiers are looked into, and left as they are`() throws {
        let redis = try RedisServer()
        let folder = try TemporaryFolder()
        try folder.write("photos/a.txt", [UInt8]("not a picture".utf8))
        let installation = try Installation(folder: folder, redis: redis.address, hasStore: true)
        let target = "/demo/tr:w-3/a.jpg"
        let before = try json(ask(installation, target))
        #expect(before["tiers"]?["redis"] == .string("nothing"))
        #expect(before["tiers"]?["store"] == .string("nothing"))
        #expect(installation.get(target).status == 404)
        let kept = try json(ask(installation, target))
        #expect(kept["tiers"]?["redis"]?["kind"] == .string("failure"))
        #expect(kept["tiers"]?["redis"]?["state"] == .string("fresh"))
        #expect(kept["key"] == before["key"])
        #expect(installation.purge("http://localhost/demo/a.jpg").status == 201)
        #expect(try json(ask(installation, target))["tiers"]?["redis"]?["state"] == .string("void: purged"))
        #expect(try json(ask(installation, target))["tiers"]?["redis"]?["state"] == .string("void: purged"))
    }

    @Test(.enabled(if: Installation.canRender)) func `The original is fetched and measured where that is asked for`()
        throws
    {
        let folder = try TemporaryFolder()
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\"/>"
        try folder.write("photos/a.svg", [UInt8](svg.utf8))
        let installation = try Installation(folder: folder, renders: true)
        let target = "/demo/tr:w-20,f-png/a.svg"
        #expect(try json(ask(installation, target))["original"] == nil)
        for word in ["1", "true"] {
            #expect(try json(ask(installation, target, "&fetch=\(word)"))["original"] != nil)
        }
        let fetched = try json(ask(installation, target, "&fetch=1"))
        #expect(fetched["original"]?["origin"] == .string("photos"))
        #expect(fetched["original"]?["format"] == .string("svg"))
        #expect(fetched["original"]?["bytes"] == .number("\(svg.utf8.count)"))
        #expect(fetched["sizes"]?["output"] == .object(["width": .number("20"), "height": .number("10")]))
        let missing = try json(ask(installation, "/demo/missing.svg", "&fetch=true"))
        guard case .string(let failure)? = missing["original"]?["failure"] else {
            Issue.record("no failure")
            return
        }
        #expect(failure.hasPrefix("404 ENOENT"))
        // What is given is believed, and nothing is measured.
        let given = try json(ask(installation, target, "&fetch=1&size=80x20"))
        #expect(given["sizes"]?["output"] == .object(["width": .number("20"), "height": .number("5")]))
        #expect(given["original"]?["size"] == nil)
    }

    @Test func `Who explains waits in a place like any other`() throws {
        let isReleased = Monitor(false)
        try HostileOrigin.serve({ _ in
            _ = isReleased.wait(until: Deadline(in: .seconds(20))) { $0 ? true : nil }
            return .answer(200, body: "GIF89a")
        }) { origin in
            let installation = try Installation(
                accounts: ScriptedOriginal.account(origin.url),
                settings: ["workers: { slots: 4 }", "timeouts: { total: 30s, firstByte: 30s, redis: 5s }"])
            let delivery = installation.delivery
            // Half of the slots: one fetches, the other waits for what it gets.
            let waiting = try (0..<2).map { _ in
                try WorkThread(named: "request") {
                    _ = delivery.answer(DeliveryRequest(path: "/demo/tr:orig-true/a.gif"))
                }
            }
            #expect(eventually { ask(installation, "/demo/b.gif").status == 503 })
            isReleased.update { $0 = true }
            for thread in waiting { thread.join() }
            #expect(ask(installation, "/demo/b.gif").status == 200)
        }
    }

    @Test func `What lies in a tier is not believed while nobody knows what was purged`() throws {
        let redis = try RedisServer()
        let installation = try Installation(redis: redis.address, hasStore: true)
        let target = "/demo/tr:w-3/missing.jpg"
        #expect(installation.get(target).status == 404)
        #expect(try json(ask(installation, target))["tiers"]?["redis"]?["state"] == .string("fresh"))
        // It reads no more of what others purge.
        installation.purges?.stop()
        #expect(eventually { installation.purges?.isConfirmed == false })
        guard case .string(let state)? = try json(ask(installation, target))["tiers"]?["redis"]?["state"] else {
            Issue.record("no state")
            return
        }
        #expect(state.hasPrefix("not believed"))
    }
}

extension JSON {
    fileprivate subscript(_ name: String) -> JSON? {
        if case .object(let fields) = self { fields[name] } else { nil }
    }
}
