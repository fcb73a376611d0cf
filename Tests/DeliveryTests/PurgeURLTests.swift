import Delivery
import HostileOrigin
import Testing

/// What the URL of a purge means (design §4.3), seen by the entity tags that it changes: all of what it makes void gets
/// another, whether its original has changed or not.
struct PurgeURLTests {
    private static let accounts = """
          - id: demo
            privateKeys: [first-key]
            origins: [{ id: photos, type: DISK, path: photos }]
            urlEndpoints:
              - { urlPrefix: "", origins: [photos] }
              - { urlPrefix: shop, origins: [photos], hosts: [shop.example] }
            namedTransformations: { small: "w-300" }
          - id: other
            privateKeys: [other-key]
            origins: [{ id: photos, type: DISK, path: photos }]
            urlEndpoints: [{ urlPrefix: "", origins: [photos] }]
        """

    // What there is.
    private static let thumbnail = "/demo/a.png/ik-thumbnail.jpg"
    private static let bare = ["/demo/a.png", "/demo/tr:w-400/a.png", thumbnail]
    private static let bare300 = "/demo/tr:w-300/a.png"
    private static let asked = "/demo/a.png?v=1"
    private static let asked300 = "/demo/a.png?v=1&tr=w-300"
    private static let a = bare + [bare300, asked, asked300]
    private static let (ab, ab300) = ("/demo/ab.png", "/demo/tr:w-300/ab.png")
    private static let (below, star, space) = ("/demo/a/b.png", "/demo/a*b.png", "/demo/b%20c.png")
    private static let (named, deep, shop) = ("/demo/name.jpg", "/demo/x/y.png", "/demo/shop/a.png")
    private static let demo = a + [ab, ab300, below, star, space, named, deep, shop]
    private static let others = "/other/a.png"

    struct Case: CustomTestStringConvertible, Sendable {
        let url: String
        let void: [String]
        var testDescription: String { url }

        /// With its host in front where it begins with a slash.
        init(_ url: String, _ void: [String]) {
            self.url = url.hasPrefix("/") ? "https://img.example" + url : url
            self.void = void
        }
    }

    private func installation() throws -> Installation {
        let folder = try TemporaryFolder()
        for file in ["a.png", "ab.png", "a/b.png", "a*b.png", "b c.png", "name.jpg", "x/y.png"] {
            try folder.writePNG("photos/" + file)
        }
        return try Installation(accounts: Self.accounts, folder: folder, hasStore: true)
    }

    private func tags(_ installation: Installation) -> [String: String] {
        (Self.demo + [Self.others]).reduce(into: [:]) { $0[$1] = installation.entityTag($1) }
    }

    @Test(arguments: [
        // One original and everything made of it, in path and query form.
        Case("/demo/a.png", a), Case("/d%65mo/%61.png", a), Case("/demo//a.png", a), Case("/demo/a.png/", a),
        Case("http://img.example:8080/demo/a.png", a), Case("HTTPS://IMG.EXAMPLE/demo/a.png", a),
        Case("/demo/b%20c.png", [space]), Case("/demo/b c.png", [space]), Case("/demo/%62%20c.png", [space]),
        Case("/demo/nothing.png", []), Case("/demo/a", []), Case("/demo/A.png", []),
        // A query of its own.
        Case("/demo/a.png?v=1", [asked, asked300]), Case("/demo/a.png?v=2", []),
        Case("/demo/a.png?", a), Case("/demo/a.png?ik-s=00&ik-t=1", a),

        // One variant.
        Case("/demo/tr:w-300/a.png", [bare300, asked300]), Case("/demo/a.png?tr=w-300", [bare300, asked300]),
        Case("/demo/tr:w-300.0/a.png", [bare300, asked300]), Case("/demo/tr:n-small/a.png", [bare300, asked300]),
        Case("/demo/tr:w-500/a.png", []), Case("/demo/tr:w-400/a.png", ["/demo/tr:w-400/a.png"]),
        Case(thumbnail, [thumbnail]), Case("/demo/tr:pg-1/a.png/ik-thumbnail.jpg", [thumbnail]),
        Case("/demo/tr:pg-2/a.png/ik-thumbnail.jpg", []),

        // Everything that begins so.
        Case("/demo/*", demo), Case("/demo/a*", a + [ab, ab300, below, star]), Case("/demo/a.png*", a),
        Case("/demo/a/*", [below]), Case("/demo/a.*", a), Case("/demo/sho*", [shop]), Case("/demo/shop/*", [shop]),
        Case("/demo/%61.p*", a), Case("/demo/b%20*", [space]), Case("/demo//a.*", a),
        Case("/demo/tr:w-300/*", [bare300, asked300, ab300]), Case("/demo/tr:w-300/ab*", [ab300]),
        Case("/demo/tr:w-300/a.png*", [bare300, asked300]),
        // It stands in the mark of thumbnails: that is no part of a name.
        Case(thumbnail + "*", a), Case("/demo/a.png/ik-th*", a), Case("/demo/a.png//ik-*", a),
        Case("/demo/tr:pg-1/a.png/ik-thumbnail.jpg*", [thumbnail]),
        Case("/demo/tr:w-300/a.png/ik-t*", [bare300, asked300]), Case("/demo/shop/a.png/ik-thumbnail.j*", [shop]),
        Case("/demo/a.png/i*", []), Case("/demo/a.png/ik-x*", []), Case("/demo/ik-*", []),
        Case("/demo/shop/ik-t*", []), Case("https://shop.example/ik-thumbnail.jpg*", []),
        // The wildcard stands in a transformation, or where one may begin: any is meant.
        Case("/demo/tr:w-3*", demo), Case("/demo/a.png?tr=w-3*", a), Case("/demo/a.png?tr=*", a),
        Case("/demo/a.png?*", a), Case("/demo/a.png?t*", a), Case("/demo/a.png?v=1&tr=*", [asked, asked300]),
        Case("/demo/a.png?v=*", [asked, asked300]), Case("/demo/a.png?v=1*", [asked, asked300]),
        Case("/demo/a.png?v=1&t*", [asked, asked300]), Case("/demo/a.png?v=1&*", [asked, asked300]),
        Case("/demo/a.png?v=2*", []),

        // All other glob characters are themselves, and so is a star that is not the end.
        Case("/demo/a*b.png", [star]), Case("/demo/a%2Ab.png", [star]), Case("/demo/a%2A", []),
        Case("/demo/a%2A*", [star]), Case("/demo/a**", [star]), Case("/demo/%3F.png", []), Case("/demo/[ab].png", []),
        Case("/demo/{a,ab}.png", []), Case("/demo/a.*g", []), Case("/demo/a%.png*".replacing("%", with: "%25"), []),

        // A custom host means its own endpoint, any other host none.
        Case("https://shop.example/a.png", [shop]), Case("http://SHOP.example.:8443/a.png", [shop]),
        Case("https://shop.example/*", [shop]), Case("https://shop.example/a*", [shop]),
        Case("https://shop.example/demo/a.png", []), Case("/demo/shop/a.png", [shop]),
        Case("https://[::1]:8080/demo/a.png", a), Case("https://user@img.example/demo/a.png", a),

        // Friendly names.
        Case("/demo/ik-seo/x/y/pretty.png", [deep]), Case("/demo/ik-seo/x/y/other.png", [deep]),
        Case("/demo/ik-seo/x/y/pre*", [deep]), Case("/demo/ik-seo/name*", [named]),
        Case("/demo/ik-seo/name/*", [named]), Case("/demo/ik-seo/*", demo),
        Case("/demo/shop/ik-seo/a/pretty.png", [shop]), Case("/demo/shop/ik-seo/a/pre*", [shop]),
        Case("/demo/shop/ik-seo/*", [shop]), Case("https://shop.example/ik-seo/a/pre*", [shop]),
        Case("/demo/ik-seo/tr:w-300/a/pretty.png", [bare300, asked300]),
        Case("/demo/ik-seo/a/pretty.png?tr=w-300", [bare300, asked300]),
        Case("/demo/ik-seo/tr:w-300/a/pre*", [bare300, asked300, ab300]),
    ])
    func `A URL means`(example: Case) throws {
        let installation = try installation()
        let before = tags(installation)
        #expect(before.count == Self.demo.count + 1)
        let answer = installation.purge(example.url)
        #expect(answer.status == 201)
        #expect(answer.text.contains("requestId"))
        let after = tags(installation)
        let void = before.keys.filter { before[$0] != after[$0] }
        #expect(void.sorted() == example.void.sorted())
    }

    @Test(arguments: [
        "", "*", "not a url", "/demo/a.png", "demo/a.png", "//img.example/demo/a.png", "ftp://img.example/demo/a.png",
        "https://", "https://img.example", "https://img.example/", "https://img.example/demo",
        "https://img.example/demo/", "https://img.example/*", "https://img.example/demo*", "https://img.example/dem*",
        "https://img.example/other/a.png", "https://img.example/other/*", "https://img.example/nobody/a.png",
        "https://img.example/DEMO/a.png", "https://img.example/demo/../a.png", "https://img.example/demo/%2e%2e/a.png",
        "https://img.example/demo/%00a.png", "https://img.example/demo/a%", "https://img.example/demo/a%2*",
        "https://img.example/demo/a\nb.png", "https://img.example/demo/tr:/a.png",
        "https://img.example/demo/tr:nosuch-1/a.png", "https://img.example/demo/tr:n-nosuch/a.png",
        "https://img.example/demo/" + String(repeating: "a", count: 60_000),
        "https://img.example/demo/" + String(repeating: "a", count: 5_000),
        "https://img.example/demo/" + String(repeating: "a/", count: 5_000) + "*",
    ])
    func `What is no URL of the account is refused`(url: String) throws {
        let installation = try installation()
        let before = tags(installation)
        let answer = installation.purge(url)
        #expect(answer.status == 400)
        #expect(answer.text.contains("The URL is not valid for cache purging."))
        #expect(tags(installation) == before)
    }

    @Test func `Another account's key opens that account alone`() throws {
        let installation = try installation()
        let before = tags(installation)
        #expect(installation.purge("https://img.example/demo/a.png", key: "other-key").status == 400)
        #expect(installation.purge("https://img.example/other/*", key: "other-key").status == 201)
        #expect(installation.purge("https://img.example/demo/a.png", key: "third-key").status == 403)
        let after = tags(installation)
        #expect(before.keys.filter { before[$0] != after[$0] } == [Self.others])
    }

    @Test func `A long transformation is one too`() throws {
        let installation = try installation()
        let steps = (0..<10).map { number in
            "w-3\(number),h-2\(number),cm-pad_resize,bg-FFAA00,o-5,r-1111_1212_1313_141\(number),"
                + "rt-\(number),fl-h_v,bl-\(number),e-grayscale"
        }
        let long = "/demo/tr:" + steps.joined(separator: ":") + "/a.png"
        let (before, other) = (installation.entityTag(long), installation.entityTag(Self.bare300))
        #expect(before != nil)
        #expect(installation.purge("https://img.example" + long).status == 201)
        #expect(installation.entityTag(long) != before)
        #expect(installation.entityTag(Self.bare300) == other)
    }

    @Test func `A URL within a URL is purged as it was asked for`() throws {
        try ScriptedOriginal().serve { origin in
            let accounts = """
                  - id: demo
                    insecure: true
                    privateKeys: [first-key]
                    origins: [{ id: any, type: WEB_PROXY }]
                    urlEndpoints: [{ urlPrefix: "", origins: [any] }, { urlPrefix: p, origins: [any] }]
                """
            let settings = ["network: { allow: [\"127.0.0.0/8\"] }"]
            let encoded = origin.url.replacing(":", with: "%3A").replacing("/", with: "%2F")
            let names = [origin.url + "/x/a.gif", origin.url + "/xa.gif", encoded + "%2Fx%2Fb.gif"]
            let all = names.map { "/demo/" + $0 } + ["/demo/p/" + names[0]]
            for (purged, void) in [
                (all[0], [0]), (all[1], [1]), (all[2], [2]), (all[3], [3]), ("/demo/" + origin.url + "/x/*", [0]),
                ("/demo/" + origin.url + "/x*", [0, 1]), ("/demo/" + encoded + "*", [2]), ("/demo/http:*", [0, 1, 2]),
                ("/demo/p/http*", [3]), ("/demo/*", [0, 1, 2, 3]),
            ] {
                let installation = try Installation(accounts: accounts, settings: settings, hasStore: true)
                let before = all.map { installation.entityTag($0) }
                #expect(!before.contains(nil))
                #expect(installation.purge("https://img.example" + purged).status == 201)
                let after = all.map { installation.entityTag($0) }
                #expect(all.indices.filter { before[$0] != after[$0] } == void, "\(purged)")
            }
        }
    }
}
