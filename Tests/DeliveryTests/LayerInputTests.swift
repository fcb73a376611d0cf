import Deadlines
import Delivery
import HostileOrigin
import Metrics
import RedisFixture
import Signing
import Testing

/// What layers show is an input of the picture like its original. Nothing is rendered here: that a picture has not changed
/// is told, as to nginx, before it is made.
struct LayerInputTests {
    private static let target = "/demo/tr:w-10,l-image,i-logo.svg,l-end/a.svg"

    private func worker(
        _ origin: HostileOrigin, redis: RedisServer? = nil, endpoint: String = "", hasStore: Bool = false
    ) throws -> Installation {
        try Installation(
            accounts: """
                  - id: demo
                    privateKeys: [first-key]
                    origins:
                      - { id: web, type: WEB_FOLDER, baseUrl: "\(origin.url)" }
                      - { id: brand, type: WEB_FOLDER, baseUrl: "\(origin.url)/brand" }
                    urlEndpoints: [{ urlPrefix: "", origins: [web, brand]\(endpoint) }]
                    namedTransformations: { badge: "w-10,l-image,i-logo.svg,l-end", small: "w-10" }
                """,
            settings: ["timeouts: { total: 20s, firstByte: 20s, render: 100ms, redis: 5s }"], redis: redis?.address,
            hasStore: hasStore)
    }

    /// Of a worker that holds nothing in its memory yet.
    private func entityTag(_ target: String = Self.target, from origin: HostileOrigin) throws -> String {
        try #require(try worker(origin).entityTag(target))
    }

    // MARK: Identity

    @Test func `The entity tag is that of all inputs`() throws {
        let site = ScriptedSite("/a.svg", "/logo.svg", "/b.svg")
        try site.serve { origin in
            let before = try entityTag(from: origin)
            #expect(try entityTag(from: origin) == before)
            #expect(try entityTag("/demo/tr:w-10/a.svg", from: origin) != before)
            site.change("/logo.svg") { $0.tag = "\"2\"" }
            let changed = try entityTag(from: origin)
            #expect(changed != before)
            site.change("/a.svg") { $0.tag = "\"2\"" }
            #expect(![before, changed].contains(try entityTag(from: origin)))
        }
    }

    @Test func `Each input counts, and in its own place`() throws {
        let site = ScriptedSite("/a.svg", "/logo.svg", "/b.svg")
        try site.serve { origin in
            let target = "/demo/tr:l-image,i-logo.svg,l-image,i-b.svg,l-end,l-end:l-text,i-Hi,ff-f.ttf,l-end/a.svg"
            site.change("/f.ttf") { $0.body = "a font" }
            var tags: Set<String> = [try entityTag(target, from: origin)]
            // The states of two inputs change places.
            site.change("/logo.svg") { $0.tag = "\"2\"" }
            tags.insert(try entityTag(target, from: origin))
            site.change("/logo.svg") { $0.tag = "\"1\"" }
            site.change("/b.svg") { $0.tag = "\"2\"" }
            tags.insert(try entityTag(target, from: origin))
            site.change("/f.ttf") { $0.tag = "\"2\"" }
            tags.insert(try entityTag(target, from: origin))
            #expect(tags.count == 4)
        }
    }

    // MARK: Fetching

    @Test func `What many pictures show is fetched once`() throws {
        let site = ScriptedSite("/a0.svg", "/a1.svg", "/a2.svg", "/a3.svg", "/a4.svg", "/logo.svg")
        try site.serve { origin in
            let gate = Gate()
            site.change("/logo.svg") { $0.gate = gate }
            let worker = try worker(origin)
            let answers = try (0..<5).flatMap { number in
                try ["w-10", "w-20"].map { size in
                    try worker.getInBackground(
                        "/demo/tr:\(size),l-image,i-logo.svg,l-end/a\(number).svg", ifNoneMatch: "*")
                }
            }
            // The leader waits at the origin, all others for it.
            #expect(eventually { origin.requests.count == 6 })
            gate.open()
            for answer in answers { #expect(answer.response()?.status == 304) }
            #expect(origin.count(of: "/logo.svg") == 1)
            #expect(worker.count(.coalesced(.original, .process)) + 6 >= 10)
        }
    }

    @Test func `The original comes first, and only its query is passed on`() throws {
        let site = ScriptedSite("/a.svg?v=2", "/logo.svg")
        try site.serve { origin in
            _ = try entityTag(Self.target + "?v=2", from: origin)
            #expect(origin.requests.map(\.path) == ["/a.svg?v=2", "/logo.svg"])
        }
    }

    @Test func `An input comes from the first origin that has it`() throws {
        let site = ScriptedSite("/a.svg", "/brand/logo.svg")
        try site.serve { origin in
            _ = try entityTag(from: origin)
            #expect(origin.requests.map(\.path) == ["/a.svg", "/logo.svg", "/brand/logo.svg"])
        }
    }

    // MARK: What is not there

    struct Missing: CustomTestStringConvertible {
        let layer: String
        let path: String
        var status = 404
        let error: String
        var testDescription: String { "\(path): \(status)" }
    }

    @Test(arguments: [
        Missing(
            layer: "l-image,i-logos@@no.svg,l-end", path: "/logos/no.svg",
            error: "ENOENT - The layer's picture logos/no.svg: No file was found at the origin."),
        Missing(
            layer: "l-text,i-Hi,ff-fonts@@a%20b.ttf,l-end", path: "/fonts/a%20b.ttf",
            error: "ENOENT - The layer's font fonts/a%20b.ttf: No file was found at the origin."),
        Missing(
            layer: "if-w_gt_100,l-image,i-no.svg,l-end,if-end", path: "/no.svg", status: 403,
            error: "EACCES - The layer's picture no.svg: The origin does not allow the file to be read."),
        Missing(
            layer: "l-image,i-no.svg,l-end", path: "/no.svg", status: 500,
            error: "UNIDENTIFIED - The layer's picture no.svg: The origin answered with status 500."),
    ])
    func `A picture without what its layer shows is an error that names it`(example: Missing) throws {
        let site = ScriptedSite("/a.svg")
        try site.serve { origin in
            for path in [example.path, "/brand" + example.path] { site.change(path) { $0.status = example.status } }
            let response = try worker(origin).get("/demo/tr:w-10:\(example.layer)/a.svg")
            #expect(response.status == 404)
            #expect(response.header("ik-error") == example.error)
        }
    }

    @Test func `All layers together show no more than an original may have`() throws {
        let folder = try TemporaryFolder()
        try folder.writePNG("photos/a.png")
        for name in ["b", "c"] { try folder.write("photos/\(name).png", [UInt8](repeating: 1, count: 600)) }
        let installation = try Installation(settings: ["limits: { sourceBytes: 1000 }"], folder: folder)
        let (one, other) = ("l-image,i-b.png,l-end", "l-image,i-c.png,l-end")
        #expect(installation.entityTag("/demo/tr:\(one):\(one)/a.png") != nil)
        let response = installation.get("/demo/tr:\(one):\(other)/a.png")
        #expect(response.status == 400)
        #expect(response.code == "ELIMIT")
    }

    @Test func `Of a missing original its own error is told`() throws {
        let site = ScriptedSite("/logo.svg")
        try site.serve { origin in
            let response = try worker(origin).get(Self.target)
            #expect(response.header("ik-error") == "ENOENT - No file was found at the origin.")
            #expect(origin.count(of: "/logo.svg") == 0)
        }
    }

    // MARK: Rights

    @Test func `A private input needs what a private original needs`() throws {
        let site = ScriptedSite("/a.svg", "/logo.svg")
        site.change("/logo.svg") { $0.headers = ["Is-Private-File: true"] }
        try site.serve { origin in
            let worker = try worker(origin)
            let refused = worker.get(Self.target)
            #expect(refused.status == 401)
            #expect(refused.header("ETag") == nil)
            #expect(refused.header("Cache-Control") == "no-store")
            let signed = try URLSignature.sign(
                path: Self.target, query: nil, cut: "/demo/", key: "first-key", expiry: nil)
            #expect(worker.entityTag(signed) != nil)
            #expect(worker.entityTag("/demo/tr:n-badge/a.svg") != nil)
            #expect(worker.get("/demo/tr:n-badge:w-5/a.svg") { $0.ifNoneMatch = "*" }.status == 401)
            // Who has fetched it for others has opened it to nobody.
            #expect(worker.get(Self.target) { $0.ifNoneMatch = "*" }.status == 401)
        }
    }

    @Test(arguments: [(allow: "", status: 404), (allow: "network: { allow: [\"127.0.0.0/8\"] }", status: 304)])
    func `Addresses that a layer names are guarded`(allow: String, status: Int) throws {
        let site = ScriptedSite("/a.svg", "/logo.svg")
        try site.serve { origin in
            let folder = try TemporaryFolder()
            try folder.writePNG("photos/a.png")
            let installation = try Installation(
                accounts: """
                      - id: demo
                        insecure: true
                        origins: [{ id: photos, type: DISK, path: photos }, { id: any, type: WEB_PROXY }]
                        urlEndpoints: [{ urlPrefix: "", origins: [photos, any] }]
                    """, settings: allow.isEmpty ? [] : [allow], folder: folder)
            let input = base64("\(origin.url)/logo.svg")
            let response = installation.get("/demo/tr:w-10,l-image,ie-\(input),l-end/a.png") { $0.ifNoneMatch = "*" }
            #expect(response.status == status)
            #expect(origin.requests.count == (status == 404 ? 0 : 1))
            if status == 404 { #expect(response.code == "UNIDENTIFIED") }
        }
    }

    @Test func `Secrets of a URL that a layer names are not told`() throws {
        let folder = try TemporaryFolder()
        try folder.writePNG("photos/a.png")
        let installation = try Installation(folder: folder)
        let input = base64("https://me:secret@host.example/logo.svg?token=hidden")
        let error = try #require(installation.get("/demo/tr:l-image,ie-\(input),l-end/a.png").header("ik-error"))
        #expect(!error.contains("secret"))
        #expect(!error.contains("hidden"))
    }

    // MARK: Purges

    struct Purge: CustomTestStringConvertible {
        let field: String
        let value: String
        var isHit = true
        var testDescription: String { "\(field) \(value)" }
    }

    @Test(arguments: [
        Purge(field: "url", value: "https://img.example/demo/logo.svg"),
        Purge(field: "url", value: "https://img.example/demo/lo*"),
        Purge(field: "url", value: "https://img.example/demo/a.svg"),
        Purge(field: "url", value: "https://img.example" + Self.target),
        Purge(field: "tag", value: "brand-logo"), Purge(field: "tag", value: "photo"),
        Purge(field: "origin", value: "brand"), Purge(field: "origin", value: "web"),
        Purge(field: "url", value: "https://img.example/demo/logo.svg?v=1", isHit: false),
        Purge(field: "url", value: "https://img.example/demo/tr:w-10/logo.svg", isHit: false),
        Purge(field: "url", value: "https://img.example/demo/tr:w-10/a.svg", isHit: false),
        Purge(field: "tag", value: "other", isHit: false),
    ])
    func `A purge of an input gives another entity tag`(example: Purge) throws {
        let site = ScriptedSite("/a.svg", "/brand/logo.svg")
        site.change("/a.svg") { $0.headers = ["Cache-Tag: photo"] }
        site.change("/brand/logo.svg") { $0.headers = ["Cache-Tag: brand-logo"] }
        try site.serve { origin in
            let worker = try worker(origin, hasStore: true)
            let before = try #require(worker.entityTag(Self.target))
            #expect(worker.purge(example.value, field: example.field).status == 201)
            #expect((worker.entityTag(Self.target) == before) == !example.isHit)
        }
    }

    @Test func `What is larger than a render process takes is not fetched`() throws {
        let site = ScriptedSite("/a.svg")
        try site.serve { origin in
            // As long as the language allows; their names count besides.
            let layers = (0..<20).map { "l-image,i-\(String(repeating: "x", count: 1_590))\($0),l-end" }
            let texts = [layers.prefix(10), layers.suffix(10)].map { $0.joined(separator: ",") }
            let response = try worker(origin).get("/demo/tr:\(texts[0])/a.svg?tr=\(texts[1])")
            #expect(response.header("ik-error") == "EINVAL - the transformation is too long")
            #expect(origin.requests.isEmpty)
        }
    }

    // MARK: Absolute URLs

    private static let logo = "/logo%20a.svg?v=1"

    /// An endpoint `px` for any address, whose pictures show a logo by its URL.
    private func proxy(
        _ origin: HostileOrigin, folder: TemporaryFolder? = nil, change: (String) -> String = { $0 }
    ) throws -> (worker: Installation, target: String) {
        let worker = try Installation(
            accounts: """
                  - id: demo
                    insecure: true
                    privateKeys: [first-key]
                    origins: [{ id: any, type: WEB_PROXY }]
                    urlEndpoints: [{ urlPrefix: px, origins: [any], saveOriginals: true }]
                """, settings: ["network: { allow: [\"127.0.0.0/8\"] }"], folder: folder, hasStore: true)
        let input = base64(change(origin.url + Self.logo))
        return (worker, "/demo/px/tr:w-10,l-image,ie-\(input),l-end/\(origin.url)/a.svg")
    }

    @Test func `A URL that a layer names is the original of that URL`() throws {
        // A GIF, which goes out as it is without anybody making something of it.
        let site = ScriptedSite(["/a.svg": .init(body: ScriptedSite.svg()), Self.logo: .init()])
        try site.serve { origin in
            let folder = try TemporaryFolder()
            let first = try proxy(origin, folder: folder).worker
            #expect(first.get("/demo/px/tr:orig-true/\(origin.url)\(Self.logo)").status == 200)
            #expect(first.hasStored(1))
            // Of another worker, that finds the copy.
            let (second, target) = try proxy(origin, folder: folder)
            #expect(second.entityTag(target) != nil)
            #expect(origin.count(of: Self.logo) == 1)
        }
    }

    @Test(arguments: [
        ("/logo%20a.svg", true), (logo, true), ("/logo*", true), ("/l%6Fgo%20a*", true), ("/*", true),
        ("/logo%20a.svg?v=2", false), ("/logo.svg", false), ("/logos*", false),
    ])
    func `A purge of a URL that a layer names gives another entity tag`(purged: String, isHit: Bool) throws {
        let site = ScriptedSite("/a.svg", Self.logo)
        try site.serve { origin in
            let (worker, target) = try proxy(origin)
            var before = try #require(worker.entityTag(target))
            // As it is, and as some pass it on.
            for url in [origin.url, origin.url.replacing("://", with: ":/")] {
                #expect(worker.purge("https://img.example/demo/px/\(url)\(purged)").status == 201)
                let after = try #require(worker.entityTag(target))
                #expect((after == before) == !isHit)
                before = after
            }
        }
    }

    // MARK: Purges of what is missing

    @Test func `The note that an input is missing goes with the input's purge`() throws {
        let redis = try RedisServer()
        let site = ScriptedSite("/a.svg")
        try site.serve { origin in
            let worker = try worker(origin, redis: redis, hasStore: true)
            #expect(worker.get(Self.target).status == 404)
            site.change("/logo.svg") { _ in }
            #expect(worker.purge("https://img.example/demo/b.svg").status == 201)
            #expect(worker.get(Self.target).status == 404)
            #expect(worker.purge("https://img.example/demo/logo.svg").status == 201)
            #expect(worker.entityTag(Self.target) != nil)
        }
    }

    /// What is known of a picture while it is asked for is its inputs' paths alone.
    @Test func `Nobody joins a flight that began before an input's purge`() throws {
        let site = ScriptedSite("/a.svg", "/logo.svg")
        try site.serve { origin in
            let worker = try worker(origin, hasStore: true)
            let gate = Gate()
            site.change("/logo.svg") { $0.gate = gate }
            let slow = try worker.getInBackground(Self.target, ifNoneMatch: "*")
            #expect(eventually { origin.count(of: "/logo.svg") == 1 })
            site.change("/logo.svg") { $0.gate = nil }
            #expect(worker.purge("https://img.example/demo/logo.svg").status == 201)
            let quick = try worker.getInBackground(Self.target, ifNoneMatch: "*")
            #expect(quick.isAnswered())
            gate.open()
            let after = quick.response()?.header("ETag")
            #expect(after != nil)
            #expect(slow.response()?.header("ETag") == after)
            #expect(origin.count(of: "/logo.svg") >= 2)
        }
    }

    private func base64(_ text: String) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var (bits, count) = (0, 0)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            (bits, count) = (bits << 8 | Int(byte), count + 8)
            while count >= 6 {
                count -= 6
                encoded.append(digits[bits >> count & 63])
            }
        }
        if count > 0 { encoded.append(digits[bits << (6 - count) & 63]) }
        return String(decoding: encoded, as: UTF8.self)
    }
}
