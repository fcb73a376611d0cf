import Deadlines
import Management
import Purging
import Testing

/// Who may call.
struct AuthorisationTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let key: Key
        let status: Int

        init(_ testDescription: String, _ key: Key, _ status: Int) {
            (self.testDescription, self.key, self.status) = (testDescription, key, status)
        }

        static let all = [
            Case("no header", .none, 401),
            Case("an empty header", .header(""), 401),
            Case("another scheme", .header("Bearer private_demo"), 401),
            Case("a scheme without key", .header("Basic"), 401),
            Case("a scheme and a space", .header("Basic "), 401),
            Case("no user", .user(""), 401),
            Case("a password alone", .user("", password: "private_demo"), 401),
            Case("the key without password", .user("private_demo"), 201),
            Case("the key with the password of newer clients", .user("private_demo", password: "do_not_set"), 201),
            Case("a password with colons", .user("private_demo", password: "a:b:c"), 201),
            Case("the older key, with spaces", .user("older demo key"), 201),
            Case("the key as it is", .header("Basic private_demo"), 201),
            Case("an older key as it is, with spaces", .header("Basic older demo key"), 201),
            Case("the key in Base64 without colon", .header("Basic " + base64([UInt8]("private_demo".utf8))), 201),
            Case("another case of the scheme", .header("bASIC private_demo"), 201),
            Case("more spaces", .header("Basic   private_demo"), 201),
            Case("Base64 without padding", .header("Basic cHJpdmF0ZV9kZW1vOg"), 201),
            Case("a key that is none", .user("private_nobody"), 403),
            Case("the beginning of a key", .user("private_dem"), 403),
            Case("more than a key", .user("private_demo1"), 403),
            Case("another case of the key", .user("Private_demo"), 403),
            Case("a key with NUL", .user("private_demo\u{0}"), 403),
            Case("the account's id", .user("demo"), 403),
            Case("bytes that are no text", .header("Basic " + base64([0xFF, 0xFE, 0x3A])), 403),
            Case("no Base64", .header("Basic %%%%"), 403),
            Case("a long text", .header("Basic " + String(repeating: "A", count: 16_000)), 403),
            Case("another account's key", .user("private_first"), 400),
        ]
    }

    @Test(arguments: Case.all)
    func `A call needs a key of the account`(one: Case) throws {
        let api = try API()
        let response = api.purge(#"{"url": "http://x/demo/a.jpg"}"#, key: one.key)
        #expect(response.status == one.status, "\(response.text)")
        #expect(api.purges.records.withLock { $0.count } == (one.status == 201 ? 1 : 0))
        switch one.status {
        case 401: #expect(response.field("message") == "Your request does not contain private API key.")
        case 403: #expect(response.field("message") == "Your account cannot be authenticated.")
        case 400: #expect(response.field("message") == "The URL is not valid for cache purging.")
        default: #expect(response.field("requestId") == "id-1")
        }
    }

    @Test(arguments: [(Key.none, 401), (.user("private_nobody"), 403)])
    func `Asking for a purge needs a key too`(key: Key, status: Int) throws {
        let api = try API()
        api.purges.states.withLock { $0["demo"] = [someID: .completed] }
        #expect(api.call("GET", "/v1/files/purge/" + someID, key: key).status == status)
    }

    @Test(arguments: ["first", "second"])
    func `Of accounts that share a key the URL's is meant`(account: String) throws {
        let api = try API()
        #expect(api.purge("{\"url\": \"http://x/\(account)/a\"}", key: .user("c2hhcmVk")).status == 201)
        #expect(api.purges.records.withLock { $0.first?.account } == account)
        #expect(api.purge(#"{"url": "http://x/demo/a"}"#, key: .user("c2hhcmVk")).status == 400)
    }

    /// The key looks like Base64 of `shared`, which is nobody's key.
    @Test func `A raw key that looks like Base64 is a key`() throws {
        let api = try API()
        #expect(api.purge(#"{"url": "http://x/second/a"}"#, key: .header("Basic c2hhcmVk")).status == 201)
        #expect(api.purge(#"{"url": "http://x/second/a"}"#, key: .user("shared")).status == 403)
    }

    @Test func `A purge is seen with the keys of its account alone`() throws {
        let api = try API()
        api.purges.states.withLock { $0["second"] = [someID: .pending] }
        #expect(api.call("GET", "/v1/files/purge/" + someID, key: .user("c2hhcmVk")).field("status") == "Pending")
        for key in [Key.user("private_first"), .user("private_demo")] {
            #expect(api.call("GET", "/v1/files/purge/" + someID, key: key, bytes: [], within: .zero).status == 400)
        }
    }
}
