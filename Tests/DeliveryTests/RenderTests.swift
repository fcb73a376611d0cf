import Delivery
import Memory
import RedisFixture
import Testing

/// The whole way, with real render processes: they lie beside the tests where the package is built as a whole.
@Suite(.enabled(if: Installation.canRender))
struct RenderTests {
    private static let svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\"><rect width=\"40\" height=\"20\"/></svg>"
    private static let accounts = """
          - id: demo
            insecure: true
            origins: [{ id: photos, type: DISK, path: photos }]
            urlEndpoints:
              - { urlPrefix: "", origins: [photos], svg: rasterise }
        """

    private func installation(redis: RedisServer? = nil, settings: [String] = []) throws -> Installation {
        let folder = try TemporaryFolder()
        try folder.write("photos/a.svg", [UInt8](Self.svg.utf8))
        try folder.writePNG("photos/damaged.png")
        try folder.write("photos/text.png", [UInt8]("no picture at all, but long enough to be one".utf8))
        return try Installation(
            accounts: Self.accounts, settings: settings, folder: folder, redis: redis?.address, renders: true)
    }

    /// What its first bytes do not tell: behind a long comment, with a prefix, with a page inside.
    @Test(arguments: [
        "<!--" + String(repeating: " ", count: 5_000) + "--><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        "<x:svg xmlns:x=\"http://www.w3.org/2000/svg\"><x:script>html</x:script></x:svg>",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><foreignObject><html/></foreignObject></svg>",
    ])
    func `A drawing is sanitised where it is asked for untouched`(text: String) throws {
        let installation = try installation()
        try installation.folder.write("photos/hidden.svg", [UInt8](text.utf8))
        for target in ["/demo/tr:orig-true/hidden.svg", "/demo/hidden.svg?tr=orig-true"] {
            let response = installation.get(target)
            #expect(response.status == 200, "\(response.header("ik-error") ?? "")")
            #expect(response.header("Content-Type") == "image/svg+xml")
            #expect(response.text.hasPrefix("<svg"))
            #expect(!response.text.contains("html"))
        }
    }

    @Test func `A packed drawing is told what it is however it is asked for`() throws {
        let installation = try installation()
        try installation.folder.write("photos/packed.svg", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3])
        for target in ["/demo/packed.svg", "/demo/tr:orig-true/packed.svg", "/demo/packed.svg?tr=orig-true"] {
            let response = installation.get(target)
            #expect(response.status == 400)
            #expect(response.header("ik-error") == "EINVAL - Originals of kind SVGZ are not available.")
        }
    }

    @Test func `A picture is made once, kept, and known to who has it`() throws {
        let redis = try RedisServer()
        let installation = try installation(redis: redis)
        let made = installation.get("/demo/tr:w-10,f-png/a.svg")
        #expect(made.status == 200)
        #expect(made.header("Content-Type") == "image/png")
        #expect(made.header("x-apus-cache") == "render")
        #expect(made.body.copied.starts(with: Installation.pngSignature))
        #expect(made.header("Content-Length") == "\(made.body.count)")
        let timing = try #require(made.header("Server-Timing"))
        for stage in ["download", "transformation", "queue", "encode", "total"] {
            #expect(timing.contains(stage + ";dur="), "\(stage)")
        }
        let kept = installation.get("/demo/tr:f-png,w-10.0/a.svg")
        #expect(kept.header("x-apus-cache") == "redis")
        #expect(kept.body.copied == made.body.copied)
        let tag = try #require(made.header("ETag"))
        #expect(kept.header("ETag") == tag)
        #expect(installation.entityTag("/demo/tr:w-10,f-png/a.svg") == tag)
        #expect(installation.get("/demo/tr:w-10,f-png/a.svg") { $0.ifNoneMatch = tag }.status == 304)
    }

    @Test func `Ready is ready`() throws {
        let installation = try installation()
        // Render processes give way to all others, so where much else runs the first may not be there in time.
        #expect(eventually { installation.get("/_apus/ready") { $0.remoteAddress = "::1" }.text.hasPrefix("ready\n") })
    }

    @Test(arguments: [
        ("/demo/tr:w-10/damaged.png", "EINVAL"), ("/demo/tr:w-10/text.png", "EINVAL"),
        ("/demo/tr:w-4000,h-4000,c-force,f-png/a.svg", "ELIMIT"),
    ])
    func `What no picture can be made of is the client's business`(target: String, code: String) throws {
        let response = try installation(settings: ["limits: { outputPixels: 10000 }"]).get(target)
        #expect(response.status == 400)
        #expect(response.code == code)
        #expect(response.header("Cache-Control") == "public, max-age=60")
    }
}
