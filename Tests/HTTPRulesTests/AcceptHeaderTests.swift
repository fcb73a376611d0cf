import HTTPRules
import Testing

struct AcceptHeaderTests {
    struct Case: CustomTestStringConvertible {
        let text: String?
        let avif: Bool
        let webp: Bool
        var testDescription: String { text ?? "absent" }
    }

    @Test(arguments: [
        Case(text: nil, avif: false, webp: false),
        Case(text: "", avif: false, webp: false),
        Case(text: "*/*", avif: false, webp: false),
        Case(text: "image/*,*/*;q=0.8", avif: false, webp: false),
        Case(text: "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", avif: true, webp: true),
        Case(text: "text/html,image/webp;q=0.1", avif: false, webp: true),
        Case(text: "IMAGE/WEBP", avif: false, webp: true),
        Case(text: " image/webp ; q=0.000 , image/avif ;q=1.000", avif: true, webp: false),
        Case(text: "image/webp;q=0", avif: false, webp: false),
        Case(text: "image/webp, image/webp;q=0", avif: false, webp: false),
        Case(text: "image/webp;level=1;q=0.5", avif: false, webp: true),
        Case(text: "image/webp;q=2", avif: false, webp: false),
        Case(text: "image/webp;q=1.1", avif: false, webp: false),
        Case(text: "image/webp;q=-1", avif: false, webp: false),
        Case(text: "image/webp;q=0.0001", avif: false, webp: false),
        Case(text: "image/webp;q", avif: false, webp: false),
        Case(text: "image/webp;", avif: false, webp: true),
        Case(text: "image/webp/x", avif: false, webp: false),
        Case(text: "image/webpx, ximage/avif", avif: false, webp: false),
        Case(text: "text/x;a=\"image/webp, image/avif\", image/avif", avif: true, webp: false),
        Case(text: "\u{0},;;==\"\\,image/webp", avif: false, webp: false),
        Case(text: "image / webp", avif: false, webp: false),
    ])
    func isRead(_ item: Case) {
        let accept = AcceptHeader(item.text)
        #expect(accept.acceptsAVIF == item.avif && accept.acceptsWebP == item.webp)
    }

    @Test func garbageIsIgnored() {
        #expect(!AcceptHeader(String(repeating: "a", count: 8181) + ", image/webp").acceptsWebP)
        #expect(!AcceptHeader(String(repeating: "a/b,", count: 64) + "image/webp").acceptsWebP)
        #expect(AcceptHeader(String(repeating: "a/b,", count: 63) + "image/webp").acceptsWebP)
        #expect(!AcceptHeader(String(repeating: ";", count: 8000)).acceptsWebP)
    }
}
