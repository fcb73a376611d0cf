import Delivery
import HTTPRules
import HostileOrigin
import Memory
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
}
