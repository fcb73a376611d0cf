import Delivery
import Glibc
import HostileOrigin
import Memory
import RedisFixture
import Testing

/// What the client is told when there is no picture (design §4.3), and for how long.
struct ErrorTests {
    private static func accounts(_ url: String) -> String {
        """
          - id: demo
            insecure: true
            origins:
              - { id: photos, type: DISK, path: photos }
              - { id: web, type: WEB_FOLDER, baseUrl: "\(url)" }
              - { id: missing, type: DISK, path: nowhere }
            urlEndpoints:
              - { urlPrefix: "", origins: [photos] }
              - { urlPrefix: web, origins: [web] }
              - { urlPrefix: both, origins: [web, photos] }
              - { urlPrefix: missing, origins: [missing, photos] }
        """
    }

    private static let kept = "public, max-age=60"
    private static let keptBriefly = "public, max-age=5"
    private static let notKept = "no-store"

    struct Case: CustomTestStringConvertible {
        let target: String
        var answer: [Action] = []
        var status = 404
        var code: String
        var keeping = kept
        var testDescription: String { "\(target) \(code)" }
    }

    @Test(arguments: [
        Case(target: "/demo/tr:w-1/nothing.png", code: "ENOENT"),
        Case(target: "/demo/tr:w-1/folder", code: "ENOENT"),
        Case(target: "/demo/tr:w-x/a.png", status: 400, code: "EINVAL"),
        Case(target: "/demo/tr:nosuch-1/a.png", status: 400, code: "EINVAL"),
        Case(target: "/demo/tr:n-nosuch/a.png", status: 400, code: "EINVAL"),
        Case(target: "/demo/tr:" + String(repeating: "w-1:", count: 40) + "w-1/a.png", status: 400, code: "ELIMIT"),
        Case(target: "/demo/tr:orig-true/page.png", status: 400, code: "EINVAL"),
        Case(target: "/demo/tr:orig-true/empty.png", status: 400, code: "EINVAL"),
        Case(target: "/demo/tr:w-1/big.png", status: 400, code: "ELIMIT"),
        Case(target: "/demo/web/tr:orig-true/a.gif", answer: .answer(404), code: "ENOENT"),
        Case(target: "/demo/web/tr:orig-true/a.gif", answer: .answer(403), code: "EACCES"),
        Case(target: "/demo/web/tr:orig-true/a.gif", answer: .answer(500), code: "UNIDENTIFIED", keeping: keptBriefly),
        Case(target: "/demo/web/tr:orig-true/a.gif", answer: [.close], code: "UNIDENTIFIED", keeping: keptBriefly),
        Case(target: "/demo/web/tr:orig-true/a.gif", answer: [.silence], code: "ETIMEDOUT", keeping: keptBriefly),
        Case(
            target: "/demo/web/tr:w-1/a.gif",
            answer: [
                .head("HTTP/1.1 200 OK", "Content-Length: 99999999"),
                .send("GIF89a" + String(repeating: " ", count: 2000)),
            ], status: 400, code: "ELIMIT"),
        Case(
            target: "/demo/web/tr:orig-true/a.gif",
            answer: .answer(302, ["Location: http://127.0.0.2:1/"]), code: "UNIDENTIFIED", keeping: keptBriefly),
        Case(
            target: "/demo/both/tr:orig-true/nothing.gif", answer: .answer(500), code: "UNIDENTIFIED",
            keeping: keptBriefly),
        Case(target: "/demo/both/tr:orig-true/nothing.gif", answer: .answer(404), code: "ENOENT"),
        Case(target: "/demo/missing/tr:orig-true/nothing.png", code: "UNIDENTIFIED", keeping: keptBriefly),
        // No render process can be started here.
        Case(target: "/demo/tr:w-1/a.png", status: 503, code: "EAGAIN", keeping: notKept),
    ])
    func `An error has its status, its code and its time`(example: Case) throws {
        let folder = try TemporaryFolder()
        try folder.writePNG("photos/a.png")
        try folder.writePNG("photos/folder/b.png")
        try folder.write("photos/page.png", [UInt8]("<!doctype html><svg></svg><html>".utf8))
        try folder.write("photos/empty.png", [])
        try folder.write("photos/big.png", Installation.pngSignature + [UInt8](repeating: 0, count: 100_000))
        try HostileOrigin.serve({ _ in example.answer }) { origin in
            let installation = try Installation(
                accounts: Self.accounts(origin.url),
                settings: [
                    "limits: { sourceBytes: 50000 }",
                    "timeouts: { total: 5s, render: 100ms, firstByte: 200ms, redis: 5s }",
                ], folder: folder)
            let response = installation.get(example.target)
            #expect(response.status == example.status)
            #expect(response.code == example.code)
            #expect(response.header("Cache-Control") == example.keeping)
            #expect(response.header("Content-Type") == "text/plain; charset=utf-8")
            #expect((response.header("Retry-After") != nil) == (response.status == 503))
            #expect(response.header("x-server") == "Apus")
            #expect(response.header("x-request-id") == "request-1")
            #expect(!response.text.contains(folder.path) && !response.text.contains("127.0.0"))
        }
    }

    @Test func `An origin that nobody listens at has refused`() throws {
        let installation = try Installation(accounts: Self.accounts("http://127.0.0.1:\(try unusedPort())"))
        let response = installation.get("/demo/web/tr:orig-true/a.gif")
        #expect(response.status == 404)
        #expect(response.code == "ECONNREFUSED")
    }

    @Test func `A limit of nothing means that errors are not kept`() throws {
        let response = try Installation(settings: ["cache: { errorAge: 0s }"]).get("/demo/nothing.png")
        #expect(response.status == 404)
        #expect(response.header("Cache-Control") == "no-store")
        #expect(response.header("X-Accel-Expires") == "0")
    }

    @Test(arguments: [
        "/demo/tr:w-1%0d%0aSet-Cookie:%20a/a.png", "/demo/tr:x\u{7f}\u{80}-1/a.png", "/demo/a.png?tr=w-%0Aa",
        "/demo/é\r\nx: y",
        "/demo/tr:" + String(repeating: "z", count: 20_000) + "-1/a.png",
    ])
    func `Nothing of a URL becomes a header`(target: String) throws {
        let response = try Installation().get(target)
        #expect(response.status == 400)
        for (name, value) in response.headers {
            #expect(value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "\(name)")
            #expect(value.utf8.count < 1000, "\(name)")
        }
    }
}
