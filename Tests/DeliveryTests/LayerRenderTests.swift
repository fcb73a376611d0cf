import Deadlines
import Delivery
import HTTPRules
import HostileOrigin
import Memory
import Metrics
import RedisFixture
import Testing

/// Pictures with layers, made and kept, as their inputs change.
@Suite(.enabled(if: Installation.canRender))
struct LayerRenderTests {
    private static let target = "/demo/tr:w-10,f-png,l-image,i-logo.svg,l-end/a.svg"

    private func worker(_ origin: HostileOrigin, _ redis: RedisServer, _ endpoint: String = "") throws -> Installation {
        try Installation(
            accounts: ScriptedOriginal.account(origin.url, endpoint), redis: redis.address, hasStore: true,
            renders: true)
    }

    @Test(arguments: [("url", "https://img.example/demo/logo.svg"), ("tag", "brand-logo"), ("origin", "web")])
    func `A kept picture is void when what its layer shows is purged`(field: String, value: String) throws {
        let redis = try RedisServer()
        let site = ScriptedSite("/a.svg", "/logo.svg")
        site.change("/logo.svg") { $0.headers = ["Cache-Tag: brand-logo"] }
        try site.serve { origin in
            let worker = try worker(origin, redis)
            let made = worker.get(Self.target)
            #expect(made.header("x-apus-cache") == "render")
            #expect(worker.get(Self.target).header("x-apus-cache") == "redis")
            #expect(worker.purge("https://img.example/demo/other.svg").status == 201)
            #expect(worker.get(Self.target).header("x-apus-cache") == "redis")
            // The same tag, and other bytes: only the purge can tell.
            site.change("/logo.svg") { $0.body = ScriptedSite.svg("blue") }
            #expect(worker.purge(value, field: field).status == 201)
            let again = worker.get(Self.target)
            #expect(again.header("x-apus-cache") == "render")
            #expect(again.body.copied != made.body.copied)
            #expect(again.header("ETag") != made.header("ETag"))
        }
    }

    struct Told: CustomTestStringConvertible {
        let original: String?
        let logo: String?
        /// What clients are told, with the time as it is when nothing has taken any.
        let client: String
        var isKept = true
        var testDescription: String { "\(original ?? "-") and \(logo ?? "-")" }
    }

    @Test(arguments: [
        Told(original: "max-age=6000", logo: "max-age=600", client: "public, s-maxage=600, max-age=600"),
        Told(original: "max-age=600", logo: "public, max-age=6000", client: "public, s-maxage=600, max-age=600"),
        Told(original: "max-age=600", logo: nil, client: "public, s-maxage=600, max-age=600"),
        Told(original: nil, logo: "max-age=600", client: "public, s-maxage=600, max-age=600"),
        Told(original: nil, logo: "no-store", client: "no-store", isKept: false),
        Told(original: "max-age=600", logo: "private", client: "private, max-age=600", isKept: false),
        Told(original: nil, logo: nil, client: "public, s-maxage=15552000, max-age=15552000, must-revalidate"),
    ])
    func `A picture is kept as long as the shortest of its inputs`(example: Told) throws {
        let redis = try RedisServer()
        let site = ScriptedSite("/a.svg", "/logo.svg")
        try site.serve { origin in
            for (path, control) in [("/a.svg", example.original), ("/logo.svg", example.logo)] {
                site.change(path) { $0.headers = control.map { ["Cache-Control: \($0)"] } ?? [] }
            }
            let worker = try worker(origin, redis, "cacheControl: origin")
            var told = CacheControl(parsing: try #require(worker.get(Self.target).header("Cache-Control")))
            let expected = CacheControl(parsing: example.client)
            // Some seconds may have gone.
            for age in [\CacheControl.maxAge, \.sharedMaxAge] {
                guard let wanted = expected[keyPath: age], let said = told[keyPath: age] else { continue }
                #expect((wanted - 60...wanted).contains(said))
                told[keyPath: age] = wanted
            }
            #expect(told == expected)
            #expect(worker.get(Self.target).header("x-apus-cache") == (example.isKept ? "redis" : "render"))
        }
    }

    @Test func `A picture is made anew when what its layer shows has changed, and only then`() throws {
        let redis = try RedisServer()
        let site = ScriptedSite("/a.svg", "/logo.svg")
        site.change("/logo.svg") { $0.headers = ["Cache-Control: max-age=0"] }
        try site.serve { origin in
            let worker = try worker(origin, redis, "cacheControl: origin")
            let made = worker.get(Self.target)
            #expect(made.header("x-apus-cache") == "render")
            let renewed = worker.get(Self.target)
            #expect(renewed.header("x-apus-cache") == "redis")
            #expect(renewed.header("ETag") == made.header("ETag"))
            #expect(origin.count(of: "/logo.svg") == 2)
            #expect(worker.count(.renders(.done)) == 1)
            site.change("/logo.svg") { ($0.tag, $0.body) = ("\"2\"", ScriptedSite.svg("blue")) }
            let changed = worker.get(Self.target)
            #expect(changed.header("x-apus-cache") == "render")
            #expect(changed.header("ETag") != made.header("ETag"))
            #expect(changed.body.copied != made.body.copied)
            // And when it is gone, so is the picture.
            site.remove("/logo.svg")
            #expect(worker.get(Self.target).status == 404)
        }
    }

    @Test func `An origin that fails leaves what there is`() throws {
        let redis = try RedisServer()
        let site = ScriptedSite("/a.svg", "/logo.svg")
        site.change("/logo.svg") { $0.headers = ["Cache-Control: max-age=0"] }
        try site.serve { origin in
            let worker = try worker(origin, redis, "cacheControl: origin")
            #expect(worker.get(Self.target).status == 200)
            site.change("/logo.svg") { $0.status = 500 }
            let stale = worker.get(Self.target)
            #expect(stale.status == 200)
            #expect(stale.header("x-apus-stale") == "true")
        }
    }

    @Test func `What is no picture is an error that names it, and its copy is not kept`() throws {
        let redis = try RedisServer()
        let site = ScriptedSite("/a.svg", "/logo.svg")
        site.change("/logo.svg") { $0.body = "no picture at all, but long enough to be one" }
        try site.serve { origin in
            let worker = try worker(origin, redis, "saveOriginals: true")
            let response = worker.get(Self.target)
            #expect(response.status == 400)
            #expect(
                response.header("ik-error")
                    == "EINVAL - The layer's picture logo.svg: The original is not a picture.")
            site.change("/logo.svg") { $0.body = ScriptedSite.svg() }
            #expect(worker.get("/demo/tr:w-20,f-png,l-image,i-logo.svg,l-end/a.svg").status == 200)
        }
    }

    /// Each of them alone would be waited for.
    @Test func `Copies of what one origin has cost one wait where it hangs`() throws {
        let names = (0..<6).map { "logo\($0).svg" }
        let site = ScriptedSite("/a.svg")
        for name in names { site.change("/" + name) { $0.headers = ["Cache-Control: max-age=0"] } }
        let layers = names.map { "l-image,i-\($0),l-end" }.joined(separator: ",")
        try site.serve { origin in
            let folder = try TemporaryFolder()
            func worker() throws -> Installation {
                try Installation(
                    accounts: ScriptedOriginal.account(origin.url, "saveOriginals: true, cacheControl: origin"),
                    settings: ["timeouts: { total: 10s, firstByte: 30s }"], folder: folder, hasStore: true,
                    renders: true)
            }
            let first = try worker()
            #expect(first.get("/demo/tr:w-10,f-png,\(layers)/a.svg").status == 200)
            // And the picture.
            #expect(first.hasStored(UInt64(names.count + 2)))
            let gate = Gate()
            defer { gate.open() }
            for name in names { site.change("/" + name) { $0.gate = gate } }
            let stale = try worker().get("/demo/tr:w-20,f-png,\(layers)/a.svg")
            gate.open()
            #expect(stale.status == 200)
            #expect(stale.header("x-apus-stale") == "true")
        }
    }

    /// Somebody else has opened it to read it as it is.
    @Test func `What is no picture and long is an error that names it`() throws {
        let redis = try RedisServer()
        let site = ScriptedSite("/a.svg")
        let gate = Gate()
        site.change("/film.mp4") { ($0.body, $0.gate) = (String(repeating: "film", count: 500_000), gate) }
        try site.serve { origin in
            let worker = try worker(origin, redis)
            let plain = try worker.getInBackground("/demo/film.mp4")
            #expect(eventually { origin.count(of: "/film.mp4") == 1 })
            let layered = try worker.getInBackground("/demo/tr:w-10,l-image,i-film.mp4,l-end/a.svg")
            #expect(eventually { origin.count(of: "/a.svg") == 1 })
            gate.open()
            #expect(plain.response()?.status == 200)
            #expect(
                layered.response()?.header("ik-error")
                    == "EINVAL - The layer's picture film.mp4: The original is not a picture.")
        }
    }

    @Test func `The last change of any input is the picture's`() throws {
        let redis = try RedisServer()
        let site = ScriptedSite("/a.svg", "/logo.svg")
        let (early, late) = ("Sun, 06 Nov 1994 08:49:37 GMT", "Mon, 07 Nov 1994 08:49:37 GMT")
        try site.serve { origin in
            let worker = try worker(origin, redis)
            func modified(_ width: Int) -> String? {
                worker.get("/demo/tr:w-\(width),f-png,l-image,i-logo.svg,l-end/a.svg?v=\(width)")
                    .header("Last-Modified")
            }
            site.change("/a.svg?v=1") { $0.headers = ["Last-Modified: \(early)"] }
            site.change("/logo.svg") { $0.headers = ["Last-Modified: \(late)"] }
            #expect(modified(1) == late)
            site.change("/a.svg?v=2") { $0.headers = [] }
            #expect(modified(2) == nil)
        }
    }

    @Test func `Hints that a picture follows are told`() throws {
        let redis = try RedisServer()
        let site = ScriptedSite(["/a.svg": .init(body: ScriptedSite.svg(side: 1_000))])
        try site.serve { origin in
            let worker = try worker(origin, redis)
            // The second time from Redis.
            for _ in 0..<2 {
                let response = worker.get("/demo/tr:w-auto,dpr-auto,f-png/a.svg") {
                    ($0.widthHint, $0.pixelRatioHint) = ("212", "2")
                }
                #expect(response.status == 200)
                #expect(response.header("Content-DPR") == "2.83")
                #expect(response.header("Vary") == "Sec-CH-DPR, DPR, Sec-CH-Width, Width")
                #expect(response.header("Accept-CH") == "Sec-CH-DPR, Sec-CH-Width")
            }
            let one = worker.get("/demo/tr:w-auto/a.svg") { ($0.widthHint, $0.pixelRatioHint) = ("212", "2") }
            #expect(one.header("Vary") == "Accept, Sec-CH-Width, Width")
            #expect(one.header("Content-DPR") == nil)
            let none = worker.get("/demo/tr:w-300,f-png/a.svg") { ($0.widthHint, $0.pixelRatioHint) = ("212", "2") }
            #expect(none.header("Vary") == nil)
            #expect(none.header("Accept-CH") == nil)
            #expect(none.header("x-apus-cache") == "redis")
        }
    }
}
