import HTTPRules
import Testing

struct MediaTypeTests {
    @Test(arguments: [
        ("a.jpg", "image/jpeg"), ("/x/y.z/a.JPEG", "image/jpeg"), ("a.tar.gz", "application/gzip"),
        ("a.svg", "image/svg+xml"),
        ("a", "application/octet-stream"), ("", "application/octet-stream"), (".jpg", "application/octet-stream"),
        ("a.", "application/octet-stream"), ("a.jpg/b", "application/octet-stream"),
        ("a.unheard", "application/octet-stream"),
        ("é.webp", "image/webp"), ("a.jpg/", "application/octet-stream"), ("a.mp4", "video/mp4"),
    ])
    func isThatOfThePath(path: String, expected: String) {
        #expect(MediaType(path: path).description == expected)
    }

    @Test(arguments: [
        ("image/webp", "image/webp"), (" Image/JPEG ; q=1", "image/jpeg"), ("text/html;charset=utf-8", "text/html"),
        ("", nil), ("image", nil), ("image/", nil), ("/webp", nil), ("image/webp x", nil), ("a/b/c", nil),
        ("i\r\nm/x", nil),
    ])
    func isParsed(text: String, expected: String?) {
        #expect(MediaType(parsing: text)?.description == expected)
    }
}

struct ServerTimingTests {
    @Test func isWrittenInOrder() {
        var timing = ServerTiming()
        #expect(timing.description.isEmpty)
        timing.region = "eu-central"
        timing.total = .milliseconds(240)
        timing.transformation = .microseconds(192_500)
        timing.download = .microseconds(35_499)
        #expect(timing.description == "download;dur=35,transformation;dur=193,total;dur=240,region;desc=\"eu-central\"")
        timing.queue = .zero
        timing.encode = .seconds(-1)
        timing.cache = .microseconds(999_999)
        #expect(timing.description.contains("queue;dur=0,encode;dur=0,cache;dur=1000,total"))
    }

    @Test func aRegionCannotBreakOut() {
        var timing = ServerTiming()
        timing.region = "a\"\r\nb\\é"
        #expect(timing.description == "region;desc=\"ab\"")
    }

    @Test func endlessDurationsDoNotTrap() {
        var timing = ServerTiming()
        timing.total = Duration(secondsComponent: .max, attosecondsComponent: 0)
        #expect(timing.description == "total;dur=9223372036854775807")
    }
}

/// RFC 6266 and RFC 8187.
struct ContentDispositionTests {
    @Test(arguments: [
        ("photo.jpg", "attachment; filename=\"photo.jpg\""),
        ("a/b/photo 1.jpg", "attachment; filename=\"photo 1.jpg\""),
        ("naïve.jpg", "attachment; filename=\"na_ve.jpg\"; filename*=UTF-8''na%C3%AFve.jpg"),
        ("100%.jpg", "attachment; filename=\"100_.jpg\"; filename*=UTF-8''100%25.jpg"),
        ("a\"b\\c\r\nSet-Cookie: x.jpg", "attachment; filename=\"cSet-Cookie x.jpg\""),
        ("../../etc/passwd", "attachment; filename=\"passwd\""),
        ("..", "attachment; filename=\"download\""), ("", "attachment; filename=\"download\""),
        ("/", "attachment; filename=\"download\""), (".htaccess", "attachment; filename=\"htaccess\""),
        ("a\u{202E}gpj.exe", "attachment; filename=\"agpj.exe\""),
        ("🐦.png", "attachment; filename=\"_.png\"; filename*=UTF-8''%F0%9F%90%A6.png"),
        ("it's.png", "attachment; filename=\"it's.png\""),
        ("é'(x).png", "attachment; filename=\"_'(x).png\"; filename*=UTF-8''%C3%A9%27%28x%29.png"),
        ("a\u{0}b\u{7F}.png", "attachment; filename=\"ab.png\""),
    ])
    func isWritten(name: String, expected: String) {
        #expect(ContentDisposition.attachment(name: name) == expected)
    }

    @Test func longNamesAreCut() {
        let header = ContentDisposition.attachment(name: String(repeating: "a", count: 10_000))
        #expect(header == "attachment; filename=\"\(String(repeating: "a", count: 120))\"")
    }
}
