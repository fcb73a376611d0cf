import CDNPurging
import Purging
import Testing

/// What a CDN has to forget for which purge.
@Suite struct PrefixTests {
    private static let shared = FrontedEndpoint(
        account: "demo", prefix: "", origins: ["photos"], hosts: [], sharedHost: "img.example")
    private static let shop = FrontedEndpoint(
        account: "demo", prefix: "shop", origins: ["bucket", "web"], hosts: [], sharedHost: "img.example")
    private static let custom = FrontedEndpoint(
        account: "demo", prefix: "shop", origins: ["bucket"], hosts: ["a.example", "b.example"],
        sharedHost: "img.example")

    struct Case: CustomTestStringConvertible, Sendable {
        let endpoint: FrontedEndpoint
        let target: PurgeTarget
        let paths: [String]
        var testDescription: String { "\(target) of \(endpoint.base)" }

        init(_ endpoint: FrontedEndpoint, _ target: PurgeTarget, _ paths: [String]) {
            (self.endpoint, self.target, self.paths) = (endpoint, target, paths)
        }
    }

    @Test(arguments: [
        Case(shared, .path("/demo/a/b.jpg"), ["/demo/a/b.jpg", "/demo/tr:", "/demo/ik-seo/"]),
        Case(shared, .exact(path: "/demo/a.jpg", query: "v=1"), ["/demo/a.jpg", "/demo/tr:", "/demo/ik-seo/"]),
        Case(
            shared, .variant(.path("/demo/a.jpg"), plans: ["w-100"]), ["/demo/a.jpg", "/demo/tr:", "/demo/ik-seo/"]),
        Case(shared, .prefix("/demo/folder/"), ["/demo/folder/", "/demo/tr:", "/demo/ik-seo/"]),
        Case(shared, .prefix("/demo/a.jpg?v="), ["/demo/a.jpg", "/demo/tr:", "/demo/ik-seo/"]),
        Case(shared, .prefix("/demo/"), ["/demo/"]),
        Case(shared, .prefix("/de"), ["/demo/"]),
        Case(shared, .prefix(""), ["/demo/"]),
        Case(shared, .tag("news"), ["/demo/"]),
        Case(shared, .origin("photos"), ["/demo/"]),
        Case(shared, .origin("bucket"), []),
        Case(shared, .path("/other/a.jpg"), []),
        Case(shared, .path("/demo2/a.jpg"), []),
        // Some spell these in other ways.
        Case(shared, .path("/demo/f/a(1).jpg"), ["/demo/f/a", "/demo/tr:", "/demo/ik-seo/"]),
        Case(shared, .path("/demo/photo@2x.jpg"), ["/demo/photo", "/demo/tr:", "/demo/ik-seo/"]),
        Case(shared, .path("/demo/(x)/a.jpg"), ["/demo/"]),
        Case(shared, .path("/demo/My%20photo.jpg"), ["/demo/My%20photo.jpg", "/demo/tr:", "/demo/ik-seo/"]),
        Case(shared, .path("/demo/caf%C3%A9.jpg"), ["/demo/caf", "/demo/tr:", "/demo/ik-seo/"]),
        Case(shared, .path("/demo/a%20b/x%5B1%5D.jpg"), ["/demo/a%20b/x", "/demo/tr:", "/demo/ik-seo/"]),
        // Of the default URL endpoint, too, on a custom host of its own.
        Case(shared, .path("/demo/shop/a.jpg"), ["/demo/shop/a.jpg", "/demo/tr:", "/demo/ik-seo/"]),
        Case(shop, .path("/demo/shop/a.jpg"), ["/demo/shop/a.jpg", "/demo/shop/tr:", "/demo/shop/ik-seo/"]),
        Case(shop, .path("/demo/a.jpg"), []),
        Case(shop, .path("/demo/shopping.jpg"), []),
        Case(shop, .path("/demo/shop"), []),
        Case(shop, .prefix("/demo/sh"), ["/demo/shop/"]),
        Case(shop, .prefix("/demo/shop"), ["/demo/shop/"]),
        Case(shop, .prefix("/demo/shoes"), []),
        Case(shop, .origin("web"), ["/demo/shop/"]),
        Case(custom, .path("/demo/shop/a.jpg"), ["/a.jpg", "/tr:", "/ik-seo/", "/a.jpg", "/tr:", "/ik-seo/"]),
        Case(custom, .prefix("/demo/"), ["/", "/"]),
    ])
    func aPurgeMeansWhatUrlsBeginWith(_ row: Case) {
        let prefixes = row.endpoint.prefixes(meantBy: row.target)
        #expect(prefixes.map(\.path) == row.paths)
        #expect(prefixes.allSatisfy { $0.path.hasPrefix($0.root) && $0.root.hasSuffix("/") })
        #expect(Set(prefixes.map(\.host)).isSubset(of: Set(row.endpoint.fronts.map(\.host))))
    }

    @Test func aLongNameIsCut() {
        let name = String(repeating: "x", count: 5000)
        let prefixes = Self.shared.prefixes(meantBy: .path("/demo/\(name)"))
        #expect(prefixes.first?.path == "/demo/" + name.prefix(2000))
    }

    @Test func whatIsMeantAlreadyIsLeftOut() {
        let paths = ["/b", "/a/x", "/a/", "/b", "/a/x/y", "/ab", "/b*"]
        let prefixes =
            paths.map { CDNPrefix(host: "h", path: $0, root: "/") } + [CDNPrefix(host: "g", path: "/b/1", root: "/")]
        #expect(CDNPrefix.reduced(prefixes).map { $0.host + $0.path } == ["g/b/1", "h/a/", "h/ab", "h/b"])
    }
}
