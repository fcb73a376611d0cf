import Testing
import Transformation

@Suite struct DeliveryURLTests {
    static func url(_ path: String, _ query: String = "", consumed: Int = 1) throws -> DeliveryURL {
        try DeliveryURL(path: RequestPath(path.utf8), consumed: consumed, query: query.utf8)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let path: String
        let object: String
        let transformations: [String]
        var testDescription: String { path }

        init(_ path: String, _ object: String, _ transformations: String...) {
            self.path = path
            self.object = object
            self.transformations = transformations
        }
    }

    static let cases = [
        Case("/demo/a.jpg", "a.jpg"),
        Case("/demo/tr:w-300,h-300/a.jpg", "a.jpg", "w-300,h-300"),
        Case("/demo/img/tr:w-150,h-150/girl.jpeg", "img/girl.jpeg", "w-150,h-150"),
        Case("/demo/img/girl.jpeg/tr:w-1", "img/girl.jpeg", "w-1"),
        Case("/demo/tr:w-1/tr:w-2/a.jpg", "tr:w-2/a.jpg", "w-1"),
        Case("/demo/tr%3Aw-300%2Ch-5/a.jpg", "a.jpg", "w-300,h-5"),
        Case("/demo/%74r:w-1/a.jpg", "a.jpg", "w-1"),
        Case("/demo/tr:l-text,i-30%%20off,l-end/a.jpg", "a.jpg", "l-text,i-30% off,l-end"),
        Case("/demo/tr:l-text,ie-a%2Fb,l-end/a.jpg", "a.jpg", "l-text,ie-a/b,l-end"),
        Case("/demo/tr:l-text,i-..,l-end/a.jpg", "a.jpg", "l-text,i-..,l-end"),
        // 5, 6
        Case("/demo/ik-seo/DSC1234/eiffel-tower.jpg", "DSC1234.jpg"),
        Case(
            "/demo/ik-seo/path/of/folder/old-file-name/seo-friendly-file-name.jpg", "path/of/folder/old-file-name.jpg"),
        Case("/demo/ik-seo/tr:w-1/a/b.png", "a.png", "w-1"),
        Case("/demo/tr:w-1/ik-seo/a/b.png", "a.png", "w-1"),
        Case("/demo/a/ik-seo/b.png", "a/ik-seo/b.png"),
        // A8: one object, one spelling.
        Case("/demo//folder///a.jpg/", "folder/a.jpg"),
        Case("/demo/%7Eme/%61.jpg", "~me/a.jpg"),
        Case("/demo/caf%c3%a9.jpg", "caf%C3%A9.jpg"),
        Case("/demo/café.jpg", "caf%C3%A9.jpg"),
        Case("/demo/a%2fb.jpg", "a%2Fb.jpg"),
        Case("/demo/a b.jpg", "a%20b.jpg"),
        Case("/demo/a%2520b.jpg", "a%2520b.jpg"),
        Case("/demo/a+b.jpg", "a+b.jpg"),
        Case("/demo/a%3Fb%23c.jpg", "a%3Fb%23c.jpg"),
        Case("/demo/a..b/...jpg/.hidden", "a..b/...jpg/.hidden"),
        Case("/demo/100%25/x.jpg", "100%25/x.jpg"),
    ]

    @Test(arguments: cases)
    func reads(_ test: Case) throws {
        let url = try Self.url(test.path)
        #expect(url.object.canonical == test.object)
        #expect(url.transformations == test.transformations)
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        let path: String
        let fault: TransformationError.URLFault
        var testDescription: String { "\(path): \(fault.rawValue)" }

        init(_ path: String, _ fault: TransformationError.URLFault) {
            self.path = path
            self.fault = fault
        }
    }

    static let refusals =
        [
            "..", ".", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "%252e%252e%252f", "..;", "..;x=1", ".;", "..%5c",
            "..\\", "a\\..\\b", "a%2f..%2fb",
        ]
        .map { Refusal("/demo/\($0)/a.jpg", .dotSegment) }
        + ["%00", "a%0d%0aSet-Cookie:x", "a%0A", "a%09", "a%7f", "\u{1}", ".%00.", "tr:w-1%00"].map {
            Refusal("/demo/\($0)/a.jpg", .controlCharacter)
        }
        + ["%", "%2", "a%zz", "%u0041"].map { Refusal("/demo/\($0)/a.jpg", .brokenEscape) } + [
            Refusal("/demo/tr:w-1/tr:%2f..%2f..%2fa.jpg", .dotSegment),
            Refusal("/demo/tr:w-1/tr:..%2f../a.jpg", .dotSegment),
            Refusal("/demo/tr:w-1/ik-seo/..%2fa/b.jpg", .dotSegment), Refusal("", .notAbsolute),
            Refusal("demo/a.jpg", .notAbsolute), Refusal("/demo", .missingObject),
            Refusal("/demo/", .missingObject), Refusal("/demo///", .missingObject),
            Refusal("/demo/tr:w-1", .missingObject),
            Refusal("/demo/tr:/a.jpg", .emptyTransformation), Refusal("/demo/tr%3a/a.jpg", .emptyTransformation),
            Refusal("/demo/tr:%FF/a.jpg", .invalidText), Refusal("/demo/%ff%FE.jpg", .invalidText),
            Refusal("/demo/%C0%AE.jpg", .invalidText), Refusal("/demo/ik-seo/a.jpg", .searchFriendlyName),
            Refusal("/demo/ik-seo/a/b", .searchFriendlyName), Refusal("/demo/ik-seo/a/b.", .searchFriendlyName),
            Refusal("/demo/ik-seo", .searchFriendlyName),
        ]

    @Test(arguments: refusals)
    func refuses(_ test: Refusal) {
        #expect(throws: TransformationError.malformedURL(test.fault)) { try Self.url(test.path) }
    }

    @Test(
        "Path suffixes are known and not available yet",
        arguments: [
            "a/ik-video.mp4", "a.mp4/ik-master.m3u8", "a.mp4/ik-master.mpd",
            "a.gif/ik-gif-video.mp4",
            "ik-genimg-prompt-a cat/x/y.jpg", "a/ik-video.mp4/ik-thumbnail.jpg",
        ])
    func suffixes(_ path: String) {
        let error = #expect(throws: TransformationError.self) { try Self.url("/demo/\(path)") }
        guard case .notAvailable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func segmentsForTheRouter() throws {
        let path = try RequestPath("/d%65mo/product-images//a.jpg".utf8)
        #expect(path.text(at: 0) == "demo")
        #expect(path.text(at: 1) == "product-images")
        #expect(path.text(at: 2) == "")
        #expect(path.text(at: 4) == nil)
        #expect(try DeliveryURL(path: path, consumed: 2, query: []).object.canonical == "a.jpg")
        #expect(try DeliveryURL(path: path, consumed: 0, query: []).object.canonical == "demo/product-images/a.jpg")
        let kept = try DeliveryURL(path: path, consumed: 1, query: [], keepingEmptySegments: true)
        #expect(kept.object.canonical == "product-images//a.jpg")
        #expect(throws: TransformationError.malformedURL(.missingObject)) {
            try DeliveryURL(path: path, consumed: 99, query: [])
        }
    }

    @Test(
        arguments: [
            (nil, "v=1&%76=2&utm=2&x"), (["v"], "v=1&%76=2"), (["v", "x"], "v=1&%76=2&x"), ([], ""), ([""], ""),
        ] as [(Set<String>?, String)])
    func onlyWhatCountsIsPassedThrough(_ kept: Set<String>?, _ expected: String) throws {
        let query = "v=1&%76=2&utm=2&tr=w-1&x&ik-s=00"
        let url = try DeliveryURL(
            path: RequestPath("/demo/a.jpg".utf8), consumed: 1, query: query.utf8, keepingQuery: kept)
        #expect(url.query.passthrough == expected)
        #expect(url.transformations == ["w-1"])
    }

    @Test func limits() {
        let limits = TransformationLimits()
        #expect(throws: TransformationError.limitExceeded(.pathSegments, maximum: limits.pathSegments)) {
            try RequestPath(String(repeating: "/a", count: limits.pathSegments + 1).utf8)
        }
        #expect(throws: TransformationError.limitExceeded(.urlBytes, maximum: limits.urlBytes)) {
            try RequestPath(("/" + String(repeating: "a", count: 65_536)).utf8)
        }
        #expect(throws: TransformationError.limitExceeded(.urlBytes, maximum: limits.urlBytes)) {
            try Self.url("/demo/a.jpg", String(repeating: "a", count: 65_536))
        }
        #expect(throws: TransformationError.limitExceeded(.queryItems, maximum: limits.queryItems)) {
            try Self.url("/demo/a.jpg", Array(repeating: "a", count: 10_000).joined(separator: "&"))
        }
    }

    @Test func objectPath() throws {
        let object = try Self.url("/demo/folder/caf%C3%A9.jpg").object
        #expect(object.canonical == "folder/caf%C3%A9.jpg")
        #expect(object.name == "café.jpg")
        #expect(try Self.url("/demo/caf%c3%a9.jpg").object == Self.url("/demo/caf%C3%A9.jpg").object)
    }

    @Test(
        "The absolute URL that a web proxy fetches",
        arguments: [
            ("https://host.example/a.jpg", "https://host.example/a.jpg"),
            ("https:/host.example/a.jpg", "https://host.example/a.jpg"),
            ("http://host.example:8080/x/a%20b.jpg", "http://host.example:8080/x/a%20b.jpg"),
            ("HTTPS%3A%2F%2Fhost.example%2Fimage.jpg", "https://host.example/image.jpg"),
            ("https%3a%2f%2fhost.example%2fi.jpg%3Fa%3D1%26b%3D2", "https://host.example/i.jpg?a=1&b=2"),
            ("https%3A%2F%2Fhost.example%2Fa%2520b%20c.jpg", "https://host.example/a%20b%20c.jpg"),
            ("https%3A%2F%2Fhost.example%2Fa%23b.jpg", "https://host.example/a%23b.jpg"),
            ("https%3A%2F%2Fhost.example/a.jpg", "https://host.example/a.jpg"),
            ("https:/host.example/a%3Fb.jpg", "https://host.example/a%3Fb.jpg"),
            ("tr:w-1/https://host.example/a.jpg", "https://host.example/a.jpg"),
            ("https%3A%2F%2F%5B2001:db8::1%5D%2Fa.jpg", "https://[2001:db8::1]/a.jpg"),
        ])
    func absoluteURL(_ path: String, _ expected: String) throws {
        #expect(try Self.url("/proxy/" + path).object.absoluteURL == expected)
    }

    @Test(arguments: [
        "a.jpg", "https:", "https:x/a.jpg", "ftp://host/a.jpg", "https/host/a.jpg", "file:///etc/passwd",
        "https%3A%2F%2F",
    ])
    func noAbsoluteURL(_ path: String) throws {
        #expect(try Self.url("/proxy/" + path).object.absoluteURL == nil)
    }
}
