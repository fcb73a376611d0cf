import Delivery
import HTTPRules
import HostileOrigin
import Memory
import Metrics
import RedisFixture
import Signing
import Testing

/// `di` (reference §8): what stands in for an original that is missing.
@Suite(.enabled(if: Installation.canRender))
struct DefaultImageTests {
    private static let accounts = """
          - id: demo
            privateKeys: [first-key]
            origins: [{ id: photos, type: DISK, path: photos }]
            urlEndpoints:
              - { urlPrefix: "", origins: [photos], svg: rasterise }
              - { urlPrefix: strict, origins: [photos], unsigned: named, svg: rasterise }
            namedTransformations: { safe: "w-8,di-default.svg" }
        """

    private static func svg(_ width: Int) -> [UInt8] {
        Array("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"10\"/>".utf8)
    }

    private func installation(hasStore: Bool = false) throws -> Installation {
        let folder = try TemporaryFolder()
        for (name, width) in [("a.svg", 20), ("default.svg", 30), ("deep/other.svg", 40)] {
            try folder.write("photos/" + name, Self.svg(width))
        }
        return try Installation(accounts: Self.accounts, folder: folder, hasStore: hasStore, renders: true)
    }

    private static let missing = "/demo/tr:w-8,di-@@deep@@other.svg/missing.svg"

    @Test(arguments: [
        "/demo/tr:w-8,di-default.svg/missing.png", missing, "/demo/missing.svg?tr=w-8,di-deep/other.svg",
        "/demo/tr:w-8,di-default.svg/missing.pdf", "/demo/strict/tr:n-safe/missing.png",
        "/demo/tr:w-8,di-default.svg/missing.png/ik-thumbnail.jpg",
    ])
    func `It stands in for what is missing`(target: String) throws {
        let response = try installation().get(target)
        #expect(response.status == 200)
        #expect(response.header("Content-Type")?.hasPrefix("image/") == true)
    }

    @Test func `It is given the whole transformation`() throws {
        // 30 by 10, half of it, turned.
        let response = try installation().get("/demo/tr:w-0.5,di-default.svg:rt-90,f-png/missing.svg")
        #expect(Array(response.body.copied[16..<24]) == [0, 0, 0, 5, 0, 0, 0, 15])
    }

    @Test func `What is there needs none`() throws {
        let installation = try installation()
        #expect(installation.get("/demo/tr:w-8,di-nowhere.svg/a.svg").status == 200)
        #expect(installation.entityTag("/demo/tr:w-8,di-default.svg/a.svg") != nil)
    }

    @Test(arguments: [
        "/demo/tr:w-8/missing.svg", "/demo/tr:w-8,di-/missing.svg", "/demo/tr:w-8,di-nowhere.svg/missing.svg",
        "/demo/tr:orig-true,di-default.svg/missing.svg",
    ])
    func `Without one it is missing`(target: String) throws {
        let response = try installation().get(target)
        #expect(response.status == 404)
        #expect(response.code == "ENOENT")
    }

    @Test func `It cannot leave its folder`() throws {
        let response = try installation().get("/demo/tr:di-..@@secret.png/missing.png")
        #expect(response.status == 400)
        #expect(response.header("ik-error")?.contains("parameter di") == true)
    }

    @Test func `Its tag is of its own, and changes with its bytes and its name`() throws {
        let installation = try installation()
        func tag(_ target: String) -> String? { installation.get(target).header("ETag") }
        var tags = [tag("/demo/tr:w-8/deep/other.svg"), tag("/demo/tr:w-8,di-default.svg/missing.svg")]
        tags.append(tag(Self.missing))
        try installation.folder.write("photos/deep/other.svg", Self.svg(50))
        tags.append(tag(Self.missing))
        try installation.folder.write("photos/missing.svg", Self.svg(50))
        tags.append(tag(Self.missing))
        #expect(!tags.contains(nil))
        #expect(Set(tags).count == tags.count)
    }

    @Test func `It is told for no longer than an error`() throws {
        let response = try installation().get(Self.missing)
        let control = CacheControl(parsing: response.header("Cache-Control") ?? "")
        #expect(control.isPublic)
        #expect((1...60).contains(control.maxAge ?? 0))
        #expect((1...60).contains(control.sharedMaxAge ?? 0))
    }

    @Test func `A purge of it, and one of what it stands in for, make it another`() throws {
        let installation = try installation(hasStore: true)
        var before = installation.get(Self.missing).header("ETag")
        for purged in ["/demo/deep/other.svg", "/demo/missing.svg", "/demo/deep/*", Self.missing] {
            #expect(installation.purge("http://img.example" + purged).status == 201)
            let after = installation.get(Self.missing).header("ETag")
            #expect(after != nil && after != before, "\(purged)")
            before = after
        }
        #expect(installation.purge("http://img.example/demo/default.svg").status == 201)
        #expect(installation.get(Self.missing).header("ETag") == before)
    }

    // MARK: An origin's word

    /// Buckets that may not be listed say 403 of what is not there. Of an origin that is away nothing is known.
    @Test(arguments: [(404, 200), (403, 200), (500, 404)])
    func `Only what is said to be missing is stood in for`(said: Int, status: Int) throws {
        try HostileOrigin.serve { request in
            request.path.hasSuffix("/default.svg")
                ? .answer(200, body: String(decoding: Self.svg(30), as: UTF8.self)) : .answer(said)
        } _: { origin in
            let installation = try Installation(accounts: ScriptedOriginal.account(origin.url), renders: true)
            #expect(installation.get("/demo/tr:di-default.svg/a.png").status == status)
        }
    }

    @Test func `A private one is private`() throws {
        try HostileOrigin.serve { request in
            request.path.hasSuffix("/default.svg")
                ? .answer(200, ["Is-Private-File: true"], body: String(decoding: Self.svg(30), as: UTF8.self))
                : .answer(404)
        } _: { origin in
            let installation = try Installation(accounts: ScriptedOriginal.account(origin.url), renders: true)
            #expect(installation.get("/demo/tr:di-default.svg/a.png").status == 401)
        }
    }

    @Test func `Of two that are missing it is the first that is told`() throws {
        try HostileOrigin.serve { request in
            .answer(request.path.hasSuffix("/default.svg") ? 404 : 403)
        } _: { origin in
            let installation = try Installation(accounts: ScriptedOriginal.account(origin.url), renders: true)
            #expect(installation.get("/demo/tr:di-default.svg/a.png").code == "EACCES")
        }
    }

    // MARK: Like any original

    private static let target = "/demo/tr:w-8,f-png,di-default.svg/missing.svg"

    private func worker(
        _ origin: HostileOrigin, _ endpoint: String = "", folder: TemporaryFolder? = nil, redis: RedisServer? = nil
    ) throws -> Installation {
        try Installation(
            accounts: ScriptedOriginal.account(origin.url, endpoint), folder: folder, redis: redis?.address,
            hasStore: true, renders: true)
    }

    @Test func `The note that both are missing goes with a purge of either`() throws {
        for (purged, other) in [("default.svg", "missing.svg"), ("missing.svg", "default.svg")] {
            let redis = try RedisServer()
            let site = ScriptedSite([:])
            try site.serve { origin in
                let worker = try worker(origin, redis: redis)
                #expect(worker.get(Self.target).status == 404)
                site.change("/" + purged) { _ in }
                #expect(worker.purge("https://img.example/demo/other.svg").status == 201)
                #expect(worker.get(Self.target).status == 404)
                #expect(worker.purge("https://img.example/demo/" + purged).status == 201)
                #expect(worker.get(Self.target).status == 200, "\(other) is still missing")
            }
        }
    }

    @Test func `A purge of it leaves pictures of what is there`() throws {
        let installation = try installation(hasStore: true)
        let target = "/demo/tr:w-8,di-default.svg/a.svg"
        let before = try #require(installation.entityTag(target))
        #expect(installation.purge("https://img.example/demo/default.svg").status == 201)
        #expect(installation.entityTag(target) == before)
    }

    @Test func `Its copy is saved, and used`() throws {
        let site = ScriptedSite("/default.svg")
        try site.serve { origin in
            let folder = try TemporaryFolder()
            let first = try worker(origin, "saveOriginals: true", folder: folder)
            #expect(first.get(Self.target).status == 200)
            #expect(first.count(.savedOriginals) == 1)
            // And the picture.
            #expect(first.hasStored(2))
            let second = try worker(origin, "saveOriginals: true", folder: folder)
            let response = second.get("/demo/tr:w-9,f-png,di-default.svg/another.svg")
            #expect(response.status == 200)
            #expect((1...60).contains(CacheControl(parsing: response.header("Cache-Control") ?? "").maxAge ?? 0))
            // It is its own copy, not that of what is missing.
            #expect(second.get("/demo/tr:w-9,f-png/default.svg").status == 200)
            #expect(second.get("/demo/tr:w-9,f-png/missing.svg").status == 404)
            #expect(origin.count(of: "/default.svg") == 1)
        }
    }

    @Test func `A damaged one is an error that names it, and its copy is not kept`() throws {
        let site = ScriptedSite("/default.svg")
        site.change("/default.svg") { $0.body = "no picture at all, but long enough to be one" }
        try site.serve { origin in
            let worker = try worker(origin, "saveOriginals: true")
            let response = worker.get(Self.target)
            #expect(response.status == 400)
            #expect(
                response.header("ik-error")
                    == "EINVAL - The default image default.svg: The original is not a picture.")
            site.change("/default.svg") { $0.body = ScriptedSite.svg() }
            #expect(worker.get("/demo/tr:w-9,f-png,di-default.svg/missing.svg").status == 200)
        }
    }

    @Test func `A private one is kept for those who may see it alone`() throws {
        let redis = try RedisServer()
        let site = ScriptedSite("/default.svg")
        site.change("/default.svg") { $0.headers = ["Is-Private-File: true"] }
        try site.serve { origin in
            let worker = try worker(origin, redis: redis)
            let signed = try URLSignature.sign(
                path: Self.target, query: nil, cut: "/demo/", key: "first-key", expiry: nil)
            #expect(worker.get(signed).header("x-apus-cache") == "render")
            #expect(worker.get(signed).header("x-apus-cache") == "redis")
            let refused = worker.get(Self.target)
            #expect(refused.status == 401)
            #expect(refused.header("ETag") == nil)
            #expect(refused.header("Cache-Control") == "no-store")
        }
    }

    @Test func `The original takes its place however alike they are`() throws {
        let redis = try RedisServer()
        let site = ScriptedSite("/default.svg")
        site.change("/default.svg") { $0.headers = ["Cache-Control: max-age=0"] }
        try site.serve { origin in
            let worker = try worker(origin, "cacheControl: origin", redis: redis)
            let standIn = worker.get(Self.target)
            #expect(standIn.status == 200)
            // The same entity tag, and other bytes.
            site.change("/missing.svg") { $0.body = ScriptedSite.svg("blue") }
            let original = worker.get(Self.target)
            #expect(original.body.copied != standIn.body.copied)
            #expect(original.header("ETag") != standIn.header("ETag"))
        }
    }
}
