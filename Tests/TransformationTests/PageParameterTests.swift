import Testing
import Transformation

/// `pg`, `di` and `ik-thumbnail.jpg` up to the plan (reference §1.2, §8, §8.5).
@Suite struct PageParameterTests {
    @Test(arguments: [("pg-2", 2), ("pg-1", 1), ("pg-2.0", 2), ("pg-2,pg-7", 7), ("pg-3:w-5", 3), ("pg-3:pg-4", 4)])
    func pages(_ text: String, _ page: Int) throws {
        #expect(try plan(text).page == page)
    }

    @Test(
        "Lists, ranges and names are for layers of PSD",
        arguments: [
            "pg-0", "pg-", "pg", "pg-x", "pg-1_3_5", "pg-2-4", "pg-2_4", "pg-4-", "pg-2_3-4", "pg-name-\"layer-4\"",
            "pg-1.5", "pg-N1", "pg-100001", "pg-99999999999999999999",
        ])
    func refusedPages(_ text: String) {
        let error = #expect(throws: TransformationError.self) { try plan(text) }
        guard case .invalidValue("pg", _, let allowed) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(allowed.contains("PSD"))
    }

    struct Default: Sendable {
        let text: String
        let path: String?
        init(_ text: String, _ path: String?) { (self.text, self.path) = (text, path) }
    }

    @Test(
        "171, 172: paths of default images",
        arguments: [
            Default("di-medium_cafe_B1iTdD0C.jpg", "medium_cafe_B1iTdD0C.jpg"),
            Default("di-@@path@@to@@image.jpg", "path/to/image.jpg"),
            Default("di-path@@to/image.jpg@@", "path/to/image.jpg"),
            Default("di-a@@@@b", "a/b"), Default("di-a@@@b", "a/@b"), Default("di-a@b", "a@b"), Default("di-", nil),
            Default("di", nil), Default("di-a,di-b", "b"), Default("di-a:di-b:w-5", "b"),
            Default("di-a b-ü", "a%20b-%C3%BC"), Default("di-a%2Fb", "a%252Fb"),
        ])
    func defaultImages(_ test: Default) throws {
        #expect(try plan(test.text).defaultImage?.canonical == test.path)
    }

    @Test(
        arguments: [
            "di-..", "di-@@..@@a.jpg", "di-a/../b", "di-.", "di-%2e%2e@@a", "di-a@@..\\b", "di-..;@@a", "di-@@", "di-/",
            "di-@@/@@", "di-" + String(repeating: "a@@", count: 200) + "b",
        ])
    func refusedDefaultImages(_ text: String) {
        let error = #expect(throws: TransformationError.self) { try plan(text) }
        guard case .invalidValue("di", _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "The canonical text carries both, and is read again",
        arguments: [
            ("pg-2,w-300", "f-auto,q-80:pg-2:w-300"), ("w-300:pg-2", "f-auto,q-80:pg-2:w-300"),
            ("di-@@a@@b.jpg,f-png", "f-png,q-80:di-a/b.jpg"), ("di-x,pg-3:rt-90", "f-auto,q-80:pg-3,di-x:rt-90"),
            ("di-a@/b", "f-auto,q-80:di-a@/b"), ("di-,w-5", "f-auto,q-80:w-5"),
        ])
    func canonical(_ text: String, _ canonical: String) throws {
        let plan = try plan(text)
        #expect(plan.canonical == canonical)
        #expect(try Plan(canonical: canonical) == plan)
    }

    @Test(arguments: ["f-auto,q-80:di-a@@b", "f-auto,q-80:w-5:pg-2", "f-auto,q-80:di-x,pg-2", "f-auto,q-80:pg-2,w-5"])
    func otherSpellingsAreNotCanonical(_ text: String) {
        #expect(throws: TransformationError.notCanonical) { try Plan(canonical: text) }
    }

    @Test("What a named transformation brings into a condition is refused there too", arguments: ["pg", "di"])
    func namedInsideConditions(_ parameter: String) throws {
        #expect(try plan("n-o", named: ["o": "\(parameter)-2"]).canonical == "f-auto,q-80:\(parameter)-2")
        #expect(throws: TransformationError.conditional(parameter: parameter)) {
            try plan("if-w_gt_1,w-2,if-else,n-o,if-end", named: ["o": "\(parameter)-2"])
        }
    }

    // MARK: ik-thumbnail.jpg

    @Test(
        arguments: [
            ("/demo/a.pdf/ik-thumbnail.jpg", "a.pdf"), ("/demo/tr:w-5/dir/a.gif/ik-thumbnail.jpg", "dir/a.gif"),
            ("/demo/a.gif/ik-thumbnail.jpg/", "a.gif"), ("/demo/a.gif//ik-thumbnail.jpg", "a.gif"),
            ("/demo/a.gif/tr:w-5/ik-thumbnail.jpg", "a.gif"), ("/demo/ik-seo/a/nice.pdf/ik-thumbnail.jpg", "a.pdf"),
        ])
    func thumbnails(_ path: String, _ object: String) throws {
        let url = try DeliveryURL(path: RequestPath(path.utf8), consumed: 1, query: "".utf8)
        #expect(url.isThumbnail)
        #expect(url.object.canonical == object)
    }

    @Test(arguments: ["/demo/ik-thumbnail.jpg/a.jpg", "/demo/a.ik-thumbnail.jpg", "/demo/a/ik-thumbnail.png"])
    func otherNamesAreNames(_ path: String) throws {
        #expect(try !DeliveryURL(path: RequestPath(path.utf8), consumed: 1, query: "".utf8).isThumbnail)
    }

    @Test func aThumbnailOfNothingIsNoURL() {
        #expect(throws: TransformationError.malformedURL(.missingObject)) {
            try DeliveryURL(path: RequestPath("/demo/ik-thumbnail.jpg".utf8), consumed: 1, query: "".utf8)
        }
    }

    @Test(
        arguments: [
            ("", "f-jpeg,q-70:pg-1"), ("w-9", "f-jpeg,q-70:pg-1:w-9"), ("pg-2,f-png", "f-png,q-70:pg-2"),
            ("f-auto", "f-auto,q-70:pg-1"), ("f-orig,q-5", "f-orig,q-5:pg-1"),
        ])
    func defaultsOfThumbnails(_ text: String, _ canonical: String) throws {
        let defaults = OutputDefaults(format: .fixed(.webp), quality: 70).ofThumbnail
        let resolution = try Transformation(text.isEmpty ? [] : [text]).resolve(defaults: defaults)
        #expect(resolution.canonical == canonical)
        #expect(try Transformation(["orig-true"]).resolve(defaults: defaults) == .original)
    }
}
