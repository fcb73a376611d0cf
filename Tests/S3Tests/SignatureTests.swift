import Memory
import S3
import Testing
import Transfer

@Suite("Signature Version 4")
struct SignatureTests {
    struct Vector: CustomTestStringConvertible {
        let name: String
        var method = "GET"
        var path = "/"
        var query: [(name: String, value: String)] = []
        var headers: [HeaderField] = []
        var body = ""
        let signed: String
        let signature: String

        var testDescription: String { name }
        var payload: PayloadDigest { PayloadDigest([Array(body.utf8)]) }
        var canonicalQuery: String { SignatureV4.canonicalQuery(query) }
    }

    /// Of Amazon's own test suite (`aws-sig-v4-test-suite`).
    private static let suite = [
        Vector(
            name: "get-vanilla", signed: "host;x-amz-date",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector(
            name: "get-vanilla-query-order-key-case", query: [("Param2", "value2"), ("Param1", "value1")],
            signed: "host;x-amz-date", signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        Vector(
            name: "get-vanilla-utf8-query", query: [("\u{1234}", "bar")], signed: "host;x-amz-date",
            signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
        Vector(
            name: "get-unreserved", path: "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            signed: "host;x-amz-date", signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
        Vector(
            name: "get-header-key-duplicate",
            headers: [
                HeaderField("My-Header1", "value2"), HeaderField("My-Header1", "value2"),
                HeaderField("My-Header1", "value1"),
            ], signed: "host;my-header1;x-amz-date",
            signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
        Vector(
            name: "get-header-value-trim",
            headers: [HeaderField("My-Header1", " value1"), HeaderField("My-Header2", " \"a   b   c\"")],
            signed: "host;my-header1;my-header2;x-amz-date",
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
        Vector(
            name: "post-vanilla", method: "POST", signed: "host;x-amz-date",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        Vector(
            name: "post-header-value-case", method: "POST", headers: [HeaderField("My-Header1", "VALUE1")],
            signed: "host;my-header1;x-amz-date",
            signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
    ]

    @Test("Is that of Amazon's test suite", arguments: suite)
    func testSuite(vector: Vector) {
        let credentials = S3Credentials(
            accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        let signature = SignatureV4(credentials: credentials, region: "us-east-1", service: "service")
        let headers = [HeaderField("Host", "example.amazonaws.com"), HeaderField("X-Amz-Date", "20150830T123600Z")]
        let message = SignatureV4.Message(
            method: vector.method, path: vector.path, query: vector.canonicalQuery, headers: headers + vector.headers,
            payload: vector.payload)
        #expect(
            signature.authorization(for: message, at: SigningTime(unixSeconds: 1_440_938_160))
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                + "SignedHeaders=\(vector.signed), Signature=\(vector.signature)")
    }

    /// The worked examples of the S3 API reference, "Signature Calculations for the Authorization Header".
    private static let examples = [
        Vector(
            name: "GET Object", path: "/test.txt", headers: [HeaderField("Range", "bytes=0-9")],
            signed: "host;range;x-amz-content-sha256;x-amz-date",
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        Vector(
            name: "PUT Object", method: "PUT", path: "/test%24file.text",
            headers: [
                HeaderField("Date", "Fri, 24 May 2013 00:00:00 GMT"),
                HeaderField("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ], body: "Welcome to Amazon S3.",
            signed: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        Vector(
            name: "GET Bucket Lifecycle", query: [("lifecycle", "")], signed: "host;x-amz-content-sha256;x-amz-date",
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        Vector(
            name: "GET Bucket (List Objects)", query: [("prefix", "J"), ("max-keys", "2")],
            signed: "host;x-amz-content-sha256;x-amz-date",
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]

    @Test("Is that of the S3 API reference", arguments: examples)
    func example(vector: Vector) {
        let credentials = S3Credentials(
            accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        let headers = [
            HeaderField("Host", "examplebucket.s3.amazonaws.com"), HeaderField("x-amz-date", "20130524T000000Z"),
            HeaderField("x-amz-content-sha256", vector.payload.hexadecimal),
        ]
        let message = SignatureV4.Message(
            method: vector.method, path: vector.path, query: vector.canonicalQuery, headers: headers + vector.headers,
            payload: vector.payload)
        #expect(
            SignatureV4(credentials: credentials, region: "us-east-1")
                .authorization(for: message, at: SigningTime(unixSeconds: 1_369_353_600))
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=\(vector.signed), Signature=\(vector.signature)")
    }

    @Test("The digest is that of all parts together")
    func digest() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(PayloadDigest([]).hexadecimal == empty)
        #expect(PayloadDigest([[UInt8](), [UInt8]()]).hexadecimal == empty)
        let parts: [any Blob] = [Array("Welcome to".utf8), [UInt8](), Array(" Amazon S3.".utf8)]
        #expect(
            PayloadDigest(parts).hexadecimal == "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
    }

    @Test(
        "Times have fixed places",
        arguments: [
            (0, "19700101T000000Z"), (1_369_353_600, "20130524T000000Z"), (1_709_164_805, "20240229T000005Z"),
            (-1, "19691231T235959Z"), (253_402_300_799, "99991231T235959Z"),
        ] as [(Int64, String)])
    func time(seconds: Int64, text: String) {
        #expect(SigningTime(unixSeconds: seconds).text == text)
    }

    @Test("Queries are sorted by their encoded names, then values")
    func query() {
        let items = [("b", "1"), ("a", "\u{E9} +&="), ("a", "/"), ("a-", ""), ("A", "~")]
        #expect(SignatureV4.canonicalQuery(items) == "A=~&a=%2F&a=%C3%A9%20%2B%26%3D&a-=&b=1")
    }

    @Test("Credentials are not printed")
    func printing() {
        let credentials = S3Credentials(accessKey: "known", secretKey: "hidden", sessionToken: "hidden")
        for text in ["\(credentials)", String(reflecting: credentials), "\([credentials])"] {
            #expect(!text.contains("hidden") && !text.contains("known"))
        }
        var dumped = ""
        dump(credentials, to: &dumped)
        #expect(!dumped.contains("hidden"))
    }
}
