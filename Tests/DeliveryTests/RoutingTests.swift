import Delivery
import Memory
import Testing

/// Which endpoint's origin answers a URL.
struct RoutingTests {
    private static let accounts = """
          - id: demo
            insecure: true
            origins:
              - { id: photos, type: DISK, path: photos }
              - { id: products, type: DISK, path: products }
            urlEndpoints:
              - { urlPrefix: "", origins: [photos] }
              - { urlPrefix: shop, origins: [products, photos], hosts: [Images.Shop.example] }
          - id: other
            insecure: true
            origins: [{ id: photos, type: DISK, path: others }]
            urlEndpoints: [{ urlPrefix: only, origins: [photos] }]
        """

    struct Case: CustomTestStringConvertible {
        let host: String
        let path: String
        /// The file that answers; `nil`: not found.
        let file: String?
        var testDescription: String { host + path }

        init(_ path: String, host: String = "localhost", _ file: String?) {
            (self.host, self.path, self.file) = (host, path, file)
        }
    }

    @Test(arguments: [
        Case("/demo/tr:orig-true/a.png", "photos/a.png"),
        Case("/demo/a.png?tr=orig-true", "photos/a.png"),
        Case("/d%65mo/tr:orig-true/a.png", "photos/a.png"),
        Case("/demo/tr:orig-true/%61.png", "photos/a.png"),
        Case("/demo/shop/tr:orig-true/a.png", "products/a.png"),
        Case("/demo/sh%6Fp/tr:orig-true/a.png", "products/a.png"),
        Case("/demo/shop/tr:orig-true/only-photo.png", "photos/only-photo.png"),
        Case("/demo/tr:orig-true/folder/b%20c.png", "photos/folder/b c.png"),
        Case("/tr:orig-true/a.png", host: "images.shop.example", "products/a.png"),
        Case("/tr:orig-true/a.png", host: "IMAGES.shop.EXAMPLE:8443", "products/a.png"),
        Case("/tr:orig-true/a.png", host: "images.shop.example.", "products/a.png"),
        Case("/demo/tr:orig-true/a.png", host: "images.shop.example", nil),
        Case("/other/only/tr:orig-true/a.png", "others/a.png"),
        Case("/other/tr:orig-true/a.png", nil),
        Case("/Demo/tr:orig-true/a.png", nil),
        Case("/nobody/tr:orig-true/a.png", nil),
        Case("/tr:orig-true/a.png", host: "shop.example", nil),
        Case("//demo/tr:orig-true/a.png", nil),
        Case("/demo/tr:orig-true/A.png", nil),
    ])
    func `A URL has one origin`(example: Case) throws {
        let folder = try TemporaryFolder()
        for file in [
            "photos/a.png", "photos/only-photo.png", "photos/folder/b c.png", "products/a.png", "others/a.png",
        ] {
            try folder.writePNG(file)
        }
        let installation = try Installation(accounts: Self.accounts, folder: folder)
        let response = installation.get(example.path) { $0.host = example.host }
        if let file = example.file {
            #expect(response.status == 200)
            #expect(response.body.copied == Installation.pngSignature + [UInt8](file.utf8))
            #expect(response.header("x-apus-cache") == "origin")
        } else {
            #expect(response.status == 404)
            #expect(response.code == "ENOENT")
        }
    }

    @Test(arguments: [
        "", "/", "demo", "/demo", "/demo/", "/demo/%", "/demo/a%00.png", "/demo/../a.png", "/demo/%2e%2e/a.png",
        "/demo/a%0Ab",
        "/demo/tr:/a.png", "/demo/tr:w-1", "/" + String(repeating: "a/", count: 40_000),
    ])
    func `A path that is none is refused`(path: String) throws {
        let response = try Installation().get(path)
        #expect([400, 404].contains(response.status))
        #expect(response.header("ik-error")?.isEmpty == false)
        #expect(response.headers.allSatisfy { $0.value.utf8.count < 2000 })
    }

    @Test func `An origin that cannot be made of its settings says so`() throws {
        let accounts = """
              - id: demo
                insecure: true
                origins: [{ id: b, type: S3_COMPATIBLE, endpoint: "http://127.0.0.1:9", bucket: "-", accessKey: k, secretKey: s }]
                urlEndpoints: [{ urlPrefix: "", origins: [b] }]
            """
        let response = try Installation(accounts: accounts).get("/demo/a.png")
        #expect(response.status == 501)
        #expect(response.header("Cache-Control") == "no-store")
    }
}
