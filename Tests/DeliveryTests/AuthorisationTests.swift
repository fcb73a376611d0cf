import Delivery
import HostileOrigin
import Signing
import Testing

/// What may be seen without a signature, with one, and with a wrong one.
struct AuthorisationTests {
    private static let accounts = """
          - id: demo
            privateKeys: [first-key, second-key]
            origins: [{ id: photos, type: DISK, path: photos }]
            urlEndpoints:
              - { urlPrefix: "", origins: [photos] }
              - { urlPrefix: named, origins: [photos], unsigned: named, hosts: [named.example] }
              - { urlPrefix: closed, origins: [photos], unsigned: deny, hosts: [closed.example] }
            namedTransformations: { untouched: "orig-true", small: "w-10" }
          - id: keyless
            insecure: true
            origins: [{ id: photos, type: DISK, path: photos }]
            urlEndpoints: [{ urlPrefix: "", origins: [photos] }]
        """

    private func installation() throws -> Installation {
        let folder = try TemporaryFolder()
        try folder.writePNG("photos/a.png")
        return try Installation(accounts: Self.accounts, folder: folder)
    }

    private func signed(
        _ target: String, cut: String, key: String = "first-key", expiry: Int64? = nil
    ) throws -> String {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        return try URLSignature.sign(
            path: parts[0], query: parts.count > 1 ? parts[1] : nil, cut: cut, key: key, expiry: expiry)
    }

    @Test(arguments: [
        ("/demo/tr:orig-true/a.png", 304), ("/demo/a.png", 304), ("/demo/tr:n-untouched/a.png", 304),
        ("/demo/named/tr:n-untouched/a.png", 304), ("/demo/named/a.png?tr=n-small", 304),
        ("/demo/named/tr:n-small:n-untouched/a.png", 304), ("/demo/named/tr:orig-true/a.png", 401),
        ("/demo/named/a.png", 401), ("/demo/named/tr:n-small,w-20/a.png", 401),
        ("/demo/named/tr:n-small:w-20/a.png", 401), ("/demo/named/tr:n-small/a.png?tr=w-20", 401),
        ("/demo/closed/tr:n-untouched/a.png", 401), ("/demo/closed/a.png", 401), ("/demo/closed/nothing.png", 401),
    ])
    func `Without a signature an endpoint shows what it allows`(target: String, status: Int) throws {
        let response = try installation().get(target) { $0.ifNoneMatch = "*" }
        #expect(response.status == status)
        if status == 401 {
            #expect(response.code == "EACCES")
            #expect(response.header("Cache-Control") == "no-store")
            #expect(response.header("X-Accel-Expires") == "0")
        }
    }

    struct Cut: CustomTestStringConvertible {
        let target: String
        let cut: String
        var host = "localhost"
        var status = 304
        var testDescription: String { "\(host)\(target) cut at \(cut)" }
    }

    @Test(
        arguments: [
            Cut(target: "/demo/a.png", cut: "/demo/"),
            Cut(target: "/demo/closed/a.png", cut: "/demo/"),
            Cut(target: "/demo/closed/a.png", cut: "/demo/closed/"),
            Cut(target: "/demo/closed/tr:w-20,q-3/a.png?v=1&w=2", cut: "/demo/closed/"),
            Cut(target: "/demo/named/tr:w-20/a.png", cut: "/demo/named/"),
            Cut(target: "/closed%2Fa.png", cut: "/", host: "localhost", status: 404),
            Cut(target: "/tr:w-20/a.png", cut: "/", host: "closed.example"),
            Cut(target: "/a.png", cut: "/", host: "closed.example:8443"),
            Cut(target: "/demo/closed/tr:w-20/a.png", cut: "/demo/closed/tr:w-20/", status: 401),
            Cut(target: "/demo/a.png", cut: "/", status: 401),
            Cut(target: "/d%65mo/closed/a.png", cut: "/d%65mo/closed/"),
        ], ["first-key", "second-key"])
    func `A signature may leave out the account's address or the endpoint's`(example: Cut, key: String) throws {
        let target = try signed(example.target, cut: example.cut, key: key)
        let response = try installation().get(target) {
            $0.ifNoneMatch = "*"
            $0.host = example.host
        }
        #expect(response.status == example.status)
    }

    @Test func `A wrong signature is never ignored`() throws {
        let installation = try installation()
        let right = try signed("/demo/closed/a.png", cut: "/demo/closed/")
        for wrong in [
            right + "0", right + "&x=1", right.replacing("a.png", with: "b.png"), right.replacing("/a", with: "/%61"),
            try signed("/demo/closed/a.png", cut: "/demo/closed/", key: "third-key"),
            "/demo/a.png?ik-s=", "/demo/a.png?ik-s=00", "/demo/a.png?ik-t=9999999999", "/demo/a.png?ik-s=zz&ik-t=1",
            "/keyless/a.png?ik-s=0000000000000000000000000000000000000000",
        ] {
            #expect(installation.get(wrong) { $0.ifNoneMatch = "*" }.status == 401, "\(wrong)")
        }
    }

    @Test func `A URL that has expired is nothing, and one that will is not kept for longer`() throws {
        let installation = try installation()
        let past = try signed("/demo/a.png?tr=orig-true", cut: "/demo/", expiry: 1_700_000_000)
        #expect(installation.get(past).status == 401)
        let far = try signed("/demo/a.png?tr=orig-true", cut: "/demo/", expiry: 9_999_999_998)
        let kept = "public, s-maxage=15552000, max-age=15552000, must-revalidate"
        #expect(installation.get(far).header("Cache-Control") == kept)
        let soon = WallClockSeconds.now + 3600
        let near = installation.get(try signed("/demo/a.png?tr=orig-true", cut: "/demo/", expiry: soon))
        #expect(near.status == 200)
        let age = try #require(near.header("Cache-Control")?.firstMatch(of: /s-maxage=(\d+), max-age=(\d+),/))
        #expect(age.1 == age.2)
        let seconds = try #require(Int(age.1))
        // A test may take minutes where much else runs.
        #expect((3000...3600).contains(seconds))
        let last = installation.get(
            try signed("/demo/a.png?tr=orig-true", cut: "/demo/", expiry: WallClockSeconds.now + 2))
        #expect([200, 401].contains(last.status))
        #expect(last.header("X-Accel-Expires").flatMap { Int($0) }.map { $0 <= 2 } == true)
    }

    @Test(arguments: ["/demo/nothing.png", "/demo/a.png?tr=w-x", "/demo/a.png?tr=nothing-1"])
    func `An error of a URL that will end is not kept for longer than the URL`(target: String) throws {
        let installation = try installation()
        let kept = installation.get(try signed(target, cut: "/demo/"))
        #expect(kept.header("Cache-Control") == "public, max-age=60" && kept.header("X-Accel-Expires") == "10")
        let ending = try signed(target, cut: "/demo/", expiry: WallClockSeconds.now + 20)
        let brief = installation.get(ending)
        #expect(brief.status == kept.status && brief.header("X-Accel-Expires") == "0")
        let control = try #require(brief.header("Cache-Control"))
        let age = control.firstMatch(of: /^public, max-age=(\d+)$/).flatMap { Int($0.1) }
        #expect(control == "no-store" || age.map { $0 <= 20 } == true)
    }

    @Test func `A private original shows itself to signatures and named transformations from the first request on`()
        throws
    {
        try HostileOrigin.serve({ _ in
            .answer(200, ["Is-Private-File: true", "ETag: \"1\"", "Content-Type: image/png"], body: "GIF89a private")
        }) { origin in
            let accounts = """
                  - id: demo
                    privateKeys: [first-key]
                    origins: [{ id: web, type: WEB_FOLDER, baseUrl: "\(origin.url)" }]
                    urlEndpoints: [{ urlPrefix: "", origins: [web] }]
                    namedTransformations: { untouched: "orig-true" }
                """
            let installation = try Installation(accounts: accounts)
            for target in ["/demo/tr:orig-true/a.gif", "/demo/a.gif?tr=orig-true"] {
                for condition in [nil, "*", "\"x\""] {
                    let response = installation.get(target) { $0.ifNoneMatch = condition }
                    #expect(response.status == 401)
                    #expect(!response.text.contains("GIF89a"))
                    #expect(response.header("ETag") == nil)
                }
            }
            #expect(installation.get(try signed("/demo/tr:orig-true/a.gif", cut: "/demo/")).status == 200)
            #expect(installation.get("/demo/tr:n-untouched/a.gif").status == 200)
            // What a signature has brought in is not open to others now.
            #expect(installation.get("/demo/tr:orig-true/a.gif").status == 401)
        }
    }
}
