import S3
import Testing
import Transfer

@Suite("Buckets")
struct BucketTests {
    struct Case: CustomTestStringConvertible {
        var name = "photos"
        var region = "eu-central-1"
        var endpoint: String?
        var isPathStyle = false
        var prefix = ""
        var key: String? = "a/b.jpg"
        let url: String

        var testDescription: String { url }
    }

    @Test(
        "Are found where they are said to be",
        arguments: [
            Case(url: "https://photos.s3.eu-central-1.amazonaws.com/a/b.jpg"),
            Case(region: "cn-north-1", url: "https://photos.s3.cn-north-1.amazonaws.com.cn/a/b.jpg"),
            Case(key: nil, url: "https://photos.s3.eu-central-1.amazonaws.com/"),
            Case(name: "a.b", url: "https://s3.eu-central-1.amazonaws.com/a.b/a/b.jpg"),
            Case(isPathStyle: true, key: nil, url: "https://s3.eu-central-1.amazonaws.com/photos"),
            Case(prefix: "//p/q//", url: "https://photos.s3.eu-central-1.amazonaws.com/p/q/a/b.jpg"),
            Case(prefix: "/", url: "https://photos.s3.eu-central-1.amazonaws.com/a/b.jpg"),
            Case(endpoint: "https://store.example/", url: "https://photos.store.example/a/b.jpg"),
            Case(endpoint: "http://store.example:9000", url: "http://photos.store.example:9000/a/b.jpg"),
            Case(
                endpoint: "http://store.example:9000/s3/", isPathStyle: true,
                url: "http://store.example:9000/s3/photos/a/b.jpg"),
            Case(name: "a.b", endpoint: "http://store.example", url: "http://a.b.store.example/a/b.jpg"),
            Case(endpoint: "http://127.0.0.1:9000", url: "http://127.0.0.1:9000/photos/a/b.jpg"),
            Case(endpoint: "http://[::1]:9000", url: "http://[::1]:9000/photos/a/b.jpg"),
            Case(
                isPathStyle: true, key: "a b/\u{E9}+%2F?#&=/.././/x",
                url: "https://s3.eu-central-1.amazonaws.com/photos/a%20b/%C3%A9%2B%252F%3F%23%26%3D/.././/x"),
        ])
    func place(expected: Case) throws {
        let bucket = try S3Bucket(
            expected.name, region: expected.region, endpoint: expected.endpoint, isPathStyle: expected.isPathStyle,
            prefix: expected.prefix)
        let (url, path) = try bucket.url(of: expected.key, query: "", in: expected.region)
        #expect(url.text == expected.url)
        #expect(url.text.hasSuffix(path))
        let asked = try bucket.url(of: expected.key, query: "list-type=2", in: expected.region)
        #expect(asked.url.text == expected.url + "?list-type=2")
        #expect(asked.path == path)
    }

    @Test("Bad names are refused", arguments: ["", "a/b", "..", ".a", "a b", "a\r\nb", "\u{E9}", "a@b", "a?b", "a:1"])
    func badName(name: String) {
        #expect(throws: S3Error.badBucket) { try S3Bucket(name) }
    }

    @Test("Names and regions have a length")
    func lengths() throws {
        _ = try S3Bucket(String(repeating: "a", count: 100), region: String(repeating: "r", count: 64))
        #expect(throws: S3Error.badBucket) { try S3Bucket(String(repeating: "a", count: 101)) }
        #expect(throws: S3Error.badRegion) { try S3Bucket("a", region: String(repeating: "r", count: 65)) }
    }

    @Test("Bad regions are refused", arguments: ["", "a.b", "a/b", "evil.example/?", "a b"])
    func badRegion(region: String) {
        #expect(throws: S3Error.badRegion) { try S3Bucket("photos", region: region) }
    }

    @Test(
        "Bad endpoints are refused",
        arguments: ["", "store.example", "ftp://store.example", "http://u:p@store.example", "http://a/?b", "http://"])
    func badEndpoint(endpoint: String) {
        #expect(throws: S3Error.badEndpoint) { try S3Bucket("photos", endpoint: endpoint) }
    }

    @Test("Keys have a length, with their prefix")
    func keys() throws {
        let bucket = try S3Bucket("photos", prefix: "p")
        _ = try bucket.url(of: String(repeating: "a", count: 1022), query: "", in: "r")
        for key in ["", String(repeating: "a", count: 1023), String(repeating: "\u{E9}", count: 600)] {
            #expect(throws: S3Error.badKey) { try bucket.url(of: key, query: "", in: "r") }
        }
    }
}
