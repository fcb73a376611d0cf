import Delivery
import Memory
import Testing

/// Which requests share an entry of the caches: told by their entity tags, which the key is part of. No picture can be made
/// here, so each of these is answered without one.
struct KeyTests {
    private static let accounts = """
          - id: demo
            insecure: true
            origins:
              - { id: photos, type: DISK, path: photos }
            urlEndpoints:
              - { urlPrefix: "", origins: [photos] }
              - { urlPrefix: shop, origins: [photos], hosts: [images.example] }
              - { urlPrefix: coarse, origins: [photos], quality: 30 }
              - { urlPrefix: webp, origins: [photos], format: webp }
            namedTransformations: { small: "w-300" }
          - id: other
            insecure: true
            origins: [{ id: photos, type: DISK, path: photos }]
            urlEndpoints: [{ urlPrefix: "", origins: [photos] }]
        """

    private func installation() throws -> Installation {
        let folder = try TemporaryFolder()
        try folder.writePNG("photos/a.png")
        try folder.writePNG("photos/b c.png")
        return try Installation(accounts: Self.accounts, folder: folder)
    }

    @Test(arguments: [
        ["/demo/tr:w-300/a.png", "/demo/tr:w-300.00/a.png", "/demo/tr:w-300.0/a.png", "/demo/a.png?tr=w-300"],
        ["/demo/tr:w-300,h-200/a.png", "/demo/tr:h-200,w-300/a.png", "/demo/tr:w-300%2Ch-200/a.png"],
        ["/demo/tr:w-300%2Ch-200/a.png", "/demo/tr:w-300%2ch-200/a.png", "/demo/a.png?tr=w-300%2Ch-200"],
        ["/demo/tr:w-300/a.png", "/demo/tr:n-small/a.png", "/d%65mo/tr:w-300/a.png", "/demo/tr:w-300/%61.png"],
        ["/demo/tr:w-300/b%20c.png", "/demo/tr:%77-300/b%20c.png"],
        ["/demo/tr:w-300/a.png?v=1", "/demo/a.png?tr=w-300&v=1", "/demo/a.png?v=1&tr=w-300"],
    ])
    func `Spellings of one thing share an entry`(targets: [String]) throws {
        let installation = try installation()
        let tags = targets.map { installation.entityTag($0) }
        #expect(!tags.contains(nil))
        #expect(Set(tags).count == 1)
    }

    @Test func `A custom host is the same endpoint`() throws {
        let installation = try installation()
        let tag = installation.entityTag("/demo/shop/tr:w-300/a.png")
        #expect(tag != nil)
        #expect(installation.entityTag("/tr:w-300/a.png", host: "images.example") == tag)
    }

    @Test func `Different things have different entries`() throws {
        let targets = [
            "/demo/a.png", "/demo/tr:w-300/a.png", "/demo/tr:w-301/a.png", "/demo/tr:h-300/a.png",
            "/demo/tr:w-300,q-50/a.png", "/demo/tr:w-300,f-webp/a.png", "/demo/tr:w-300:w-300/a.png",
            "/demo/tr:orig-true/a.png", "/demo/tr:w-300/b%20c.png", "/demo/tr:w-300/a.png?v=1",
            "/demo/tr:w-300/a.png?v=2", "/demo/shop/tr:w-300/a.png", "/demo/coarse/tr:w-300/a.png",
            "/demo/webp/tr:w-300/a.png", "/other/tr:w-300/a.png",
        ]
        let installation = try installation()
        let tags = targets.map { installation.entityTag($0) }
        #expect(!tags.contains(nil))
        #expect(Set(tags).count == targets.count)
    }

    @Test func `A changed original has another tag`() throws {
        let folder = try TemporaryFolder()
        try folder.writePNG("photos/a.png")
        let installation = try Installation(accounts: Self.accounts, folder: folder)
        let before = installation.entityTag("/demo/tr:w-300/a.png")
        try folder.write("photos/a.png", Installation.pngSignature + [1, 2, 3, 4, 5, 6, 7])
        let after = installation.entityTag("/demo/tr:w-300/a.png")
        #expect(before != nil && after != nil && before != after)
    }

    @Test func `What the client accepts divides entries where the format is open, and only there`() throws {
        let installation = try installation()
        func tags(_ target: String) -> Set<String?> {
            Set([nil, "image/webp", "image/avif,image/webp"].map { installation.entityTag(target, accept: $0) })
        }
        #expect(tags("/demo/tr:w-300/a.png").count > 1)
        #expect(tags("/demo/tr:w-300,f-png/a.png").count == 1)
        #expect(tags("/demo/tr:orig-true/a.png").count == 1)
        let varying = installation.get("/demo/tr:w-300/a.png") { $0.ifNoneMatch = "*" }
        #expect(varying.header("Vary") == "Accept")
        let fixed = installation.get("/demo/tr:w-300,f-png/a.png") { $0.ifNoneMatch = "*" }
        #expect(fixed.header("Vary") == nil)
    }

    @Test func `A client that has it is answered before anything is made, and one that has another is not`() throws {
        let installation = try installation()
        let tag = try #require(installation.entityTag("/demo/tr:w-300/a.png"))
        for known in [tag, "W/" + tag, "\"x\", \(tag)", "*"] {
            let response = installation.get("/demo/tr:w-300/a.png") { $0.ifNoneMatch = known }
            #expect(response.status == 304)
            #expect(response.header("ETag") == tag)
            #expect(response.header("Content-Length") == nil)
            #expect(response.body.count == 0)
        }
        for unknown in ["\"x\"", "", "nonsense", String(tag.dropFirst())] {
            // It would have to be made, which cannot be done here.
            #expect(installation.get("/demo/tr:w-300/a.png") { $0.ifNoneMatch = unknown }.status == 503)
        }
        #expect(installation.get("/demo/tr:w-300/nothing.png") { $0.ifNoneMatch = "*" }.status == 404)
    }
}
