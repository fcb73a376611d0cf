import Configuration
import Delivery
import Memory
import OriginMaking
import Testing

/// The headers of answers, methods, and what is answered besides pictures.
struct AnswerTests {
    private static let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"

    private func installation(_ settings: [String] = [], renders: Bool = false) throws -> Installation {
        let folder = try TemporaryFolder()
        try folder.writePNG("photos/a.png")
        try folder.write("photos/drawing.svg", [UInt8](Self.svg.utf8))
        return try Installation(settings: settings, folder: folder, renders: renders)
    }

    @Test func `An original that goes out as it is has every header of an answer`() throws {
        let response = try installation().get("/demo/tr:orig-true/a.png")
        #expect(response.status == 200)
        let expected = [
            "Content-Type": "image/png", "Content-Length": "20",
            "Cache-Control": "public, s-maxage=15552000, max-age=15552000, must-revalidate", "X-Accel-Expires": "10",
            "X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "*", "x-server": "Apus",
            "x-request-id": "request-1", "x-apus-cache": "origin",
        ]
        for (name, value) in expected { #expect(response.header(name) == value, "\(name)") }
        for name in ["ETag", "Server-Timing", "x-apus-region"] { #expect(response.header(name)?.isEmpty == false) }
        for name in ["Vary", "Content-Security-Policy", "Content-Disposition", "ik-error", "Retry-After"] {
            #expect(response.header(name) == nil, "\(name)")
        }
        for (name, _) in response.headers { #expect(response.count(of: name) == 1, "\(name)") }
        let timing = try #require(response.header("Server-Timing"))
        #expect(timing.contains("download;dur=") && timing.contains("total;dur="))
        #expect(!timing.contains("transformation") && !timing.contains("encode"))
    }

    @Test(.enabled(if: Installation.canRender)) func `A drawing can do nothing but draw`() throws {
        let response = try installation(renders: true).get("/demo/tr:orig-true/drawing.svg")
        #expect(response.body.copied == Array("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8))
        #expect(response.header("Content-Type") == "image/svg+xml")
        let policy = try #require(response.header("Content-Security-Policy"))
        #expect(policy.contains("default-src 'none'") && policy.contains("sandbox"))
        #expect(!policy.contains("allow-scripts") && !policy.contains("script-src"))
    }

    @Test(arguments: [
        ("/demo/tr:orig-true/a.png?ik-attachment=true", "attachment; filename=\"a.png\""),
        (
            "/demo/tr:orig-true/a.png?ik-attachment=true&ik-attachment-filename=..%2Fb%22%3B%20x=y.png",
            "attachment; filename=\"b; x=y.png\""
        ),
        (
            "/demo/tr:orig-true/a.png?ik-attachment=true&ik-attachment-filename=%C3%BC.png",
            "attachment; filename=\"_.png\"; filename*=UTF-8''%C3%BC.png"
        ),
    ])
    func `A download has a name that is one`(target: String, value: String) throws {
        #expect(try installation().get(target).header("Content-Disposition") == value)
    }

    @Test func `A name with the end of a line in it adds no header`() throws {
        let target = "/demo/tr:orig-true/a.png?ik-attachment=true&ik-attachment-filename=b%0d%0aX:%20y"
        let response = try installation().get(target)
        #expect(response.headers.allSatisfy { $0.value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } })
        #expect(response.header("X") == nil)
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "", "G\r\nET"])
    func `Other methods are told which there are`(method: String) throws {
        let response = try installation().get("/demo/a.png") { $0.method = method }
        #expect(response.status == 405)
        #expect(response.header("Allow") == "GET, HEAD, OPTIONS")
        #expect(response.header("Cache-Control") == "no-store")
    }

    @Test func `OPTIONS needs no original`() throws {
        let response = try installation().get("/nobody/nothing.png") { $0.method = "OPTIONS" }
        #expect(response.status == 204)
        #expect(response.header("Allow") == "GET, HEAD, OPTIONS")
        #expect(response.header("Access-Control-Allow-Methods") == "GET, HEAD, OPTIONS")
        #expect(response.body.count == 0)
    }

    @Test(arguments: [
        ("127.0.0.1", 200), ("127.9.9.9", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("10.1.2.3", 200),
        ("::ffff:10.1.2.3", 200), ("10.2.0.1", 403), ("203.0.113.9", 403), ("::2", 403), ("", 403), ("unix:", 403),
        ("127.0.0.1, 203.0.113.9", 403), ("localhost", 403),
    ])
    func `Operations are for the owner's machines`(address: String, status: Int) throws {
        let installation = try installation(["network: { operations: [\"10.1.0.0/16\"] }"])
        for path in ["/_apus/live", "/_apus/nothing"] {
            let response = installation.get(path) { $0.remoteAddress = address }
            #expect(response.status == (status == 200 && path == "/_apus/nothing" ? 404 : status))
            #expect(response.header("Cache-Control") == "no-store")
        }
    }

    @Test(arguments: [
        ("1.1 nginx", 200), ("1.1 varnish (apus)", 200), ("1.1 apus-00000000", 403),
        ("1.1 apus-lb", 200), ("1.1 x.apus-00000000", 200), ("1.1 apus-000000001", 200), ("apus-00000000", 200),
        ("1.1 apus-00000000, 1.1 varnish", 403), ("1.0 fred, 1.1 apus-00000000", 403),
    ])
    func `Operations are not for what an Apus sends`(via: String, status: Int) throws {
        let installation = try installation(["network: { operations: [\"10.1.0.0/16\"] }"])
        for address in ["127.0.0.1", "10.1.2.3"] {
            let response = installation.get("/_apus/live") {
                $0.remoteAddress = address
                $0.via = via
            }
            #expect(response.status == status)
        }
    }

    @Test func `What an installation sends names an Apus`() throws {
        let account = "{ id: demo, insecure: true, origins: [{ id: photos, type: DISK, path: photos }] }"
        let configuration = try Configuration.parse(
            [UInt8]("accounts: [\(account)]".utf8), name: "test.yaml", folder: "/nowhere", environment: [:])
        #expect(Via.namesApus(configuration.via))
        #expect(!Via.namesApus(nil))
    }

    @Test func `Ready means that a picture can be made`() throws {
        let response = try installation().get("/_apus/ready") { $0.remoteAddress = "127.0.0.1" }
        #expect(response.status == 503)
        #expect(response.header("Retry-After") != nil)
    }

    @Test(arguments: ["1.1 nginx", "", "1.1 varnish (apus)", "1.1 apus-00000000"])
    func `Other intermediaries are no loop`(via: String) throws {
        #expect(try installation().get("/demo/tr:orig-true/a.png") { $0.via = via }.status == 200)
    }
}
