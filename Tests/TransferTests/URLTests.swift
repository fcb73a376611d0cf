import Testing
import Transfer

@Suite("URLs")
struct URLTests {
    struct Good: CustomTestStringConvertible {
        let text: String
        let host: String
        let port: Int
        let kept: String
        var testDescription: String { text }
    }

    @Test(
        "Are read as libcurl will dial them",
        arguments: [
            Good(text: "http://Example.COM/A", host: "example.com", port: 80, kept: "http://Example.COM/A"),
            Good(
                text: "https://e.example:8443/a/../b?c#d", host: "e.example", port: 8443,
                kept: "https://e.example:8443/a/../b?c"),
            Good(text: "https://e.example", host: "e.example", port: 443, kept: "https://e.example/"),
            Good(text: "http://127.1/", host: "127.0.0.1", port: 80, kept: "http://127.0.0.1/"),
            Good(text: "http://2130706433/", host: "127.0.0.1", port: 80, kept: "http://127.0.0.1/"),
            Good(text: "http://0x7f000001/", host: "127.0.0.1", port: 80, kept: "http://127.0.0.1/"),
            Good(text: "http://0177.0.0.1/", host: "127.0.0.1", port: 80, kept: "http://127.0.0.1/"),
            Good(text: "http://[::1]:81/", host: "[::1]", port: 81, kept: "http://[::1]:81/"),
            Good(text: "http://%65vil.example/", host: "evil.example", port: 80, kept: "http://evil.example/"),
            Good(
                text: "https://evil.example/#good.example", host: "evil.example", port: 443,
                kept: "https://evil.example/"),
        ])
    func good(case good: Good) throws {
        let url = try TransferURL(good.text)
        #expect(url.host == good.host)
        #expect(url.port == good.port)
        #expect(url.text == good.kept)
    }

    @Test(
        "Others are refused",
        arguments: [
            "", "/", "example.com", "//example.com/", "file:///etc/passwd", "ftp://e.example/", "gopher://e.example/",
            "s3://bucket/key", "data:,x", "http://", "http://e.example:0/", "http://e.example:65536/",
            "http://e.example:x/", "http://user@e.example/", "http://user:secret@e.example/",
            "https://good.example@evil/",
            "https://good.example\\@evil", "http://e.example/a b", "http://e.example/\r\nX: y", "http://e.example/\0",
            "http://e .example/", "http://[::1/", "http://e.example/" + String(repeating: "a", count: 20_000),
        ])
    func bad(text: String) {
        #expect(throws: TransferError.badURL) { try TransferURL(text) }
    }
}
