import Deadlines
import Management
import Purging
import Testing

/// What the body of a purge may be.
struct BodyTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let body: [UInt8]
        let message: String

        init(_ testDescription: String, _ body: String, _ message: String) {
            self.init(testDescription, [UInt8](body.utf8), message)
        }

        init(_ testDescription: String, _ body: [UInt8], _ message: String) {
            (self.testDescription, self.body, self.message) = (testDescription, body, message)
        }

        static let notJSON = "The request body is not a JSON object."
        static let notOne = "The request body must name what to purge by exactly one of url, tag and origin."
        static let badURL = "The URL is not valid for cache purging."

        static let all = [
            Case("nothing", "", notJSON),
            Case("spaces", "   ", notJSON),
            Case("no JSON", "url=http://x/demo/a", notJSON),
            Case("half an object", #"{"url": "http://x/demo/a""#, notJSON),
            Case("an object and more", #"{"url": "http://x/demo/a"} {}"#, notJSON),
            Case("an array", #"["url"]"#, notJSON),
            Case("a text", #""http://x/demo/a""#, notJSON),
            Case("a number", "1", notJSON),
            Case("null", "null", notJSON),
            Case("single quotes", "{'url': 'http://x/demo/a'}", notJSON),
            Case("a comment", #"{/* */ "url": "http://x/demo/a"}"#, notJSON),
            Case("a raw line break in a text", "{\"url\": \"http://x/demo/a\nb\"}", notJSON),
            Case("a lone surrogate", #"{"url": "http://x/demo/\ud800"}"#, notJSON),
            Case(
                "no UTF-8", [UInt8](#"{"url": "http://x/demo/"#.utf8) + [0xFF, 0xFE] + [UInt8](#""}"#.utf8), notJSON),
            Case("zeros", [UInt8](repeating: 0, count: 65_536), notJSON),
            Case("arrays too deep", String(repeating: "[", count: 65_536), notJSON),
            Case("objects too deep", String(repeating: #"{"url":"#, count: 9000), notJSON),
            Case("a deep value", #"{"url":"# + String(repeating: "[", count: 65_000), notJSON),
            Case(
                "digits without end", #"{"url": "# + String(repeating: "9", count: 65_000) + "}",
                "The field url is not a string."),
            Case("a field twice", #"{"url": "http://x/demo/a", "url": "http://x/demo/b"}"#, notJSON),
            Case("no field", "{}", notOne),
            Case("fields that are not known", #"{"urls": ["http://x/demo/a"], "recursive": true}"#, notOne),
            Case("another case of the field", #"{"URL": "http://x/demo/a"}"#, notOne),
            Case("a URL that is null", #"{"url": null}"#, notOne),
            Case("a URL and a tag", #"{"url": "http://x/demo/a", "tag": "t"}"#, notOne),
            Case("a tag and an origin", #"{"origin": "photos", "tag": "t"}"#, notOne),
            Case("a URL that is a number", #"{"url": 5}"#, "The field url is not a string."),
            Case("a URL that is an array", #"{"url": ["http://x/demo/a"]}"#, "The field url is not a string."),
            Case("a URL that is an object", #"{"url": {"url": "a"}}"#, "The field url is not a string."),
            Case("a tag that is true", #"{"tag": true}"#, "The field tag is not a string."),
            Case("an origin that is a number", #"{"origin": 0}"#, "The field origin is not a string."),
            Case("an empty URL", #"{"url": ""}"#, badURL),
            Case("a path", #"{"url": "/demo/a"}"#, badURL),
            Case("control characters", #"{"url": "http://x/demo/a\r\nX: y"}"#, badURL),
            Case("NUL", #"{"url": "http://x/demo/a\u0000"}"#, badURL),
            Case("another account's URL", #"{"url": "http://x/second/a"}"#, badURL),
            Case("an account that is none", #"{"url": "http://x/nobody/a"}"#, badURL),
            Case("an empty tag", #"{"tag": ""}"#, "The tag is not valid for cache purging."),
            Case("a tag with a comma", #"{"tag": "a,b"}"#, "The tag is not valid for cache purging."),
            Case("a tag with a line break", #"{"tag": "a\n"}"#, "The tag is not valid for cache purging."),
            Case("a tag that is not ASCII", #"{"tag": "ä"}"#, "The tag is not valid for cache purging."),
            Case(
                "a long tag", "{\"tag\": \"" + String(repeating: "t", count: 129) + "\"}",
                "The tag is not valid for cache purging."),
            Case("an origin that is none", #"{"origin": "nothing"}"#, "The account has no such origin."),
            Case("another account's origin", #"{"origin": "mine"}"#, "The account has no such origin."),
            Case("an empty origin", #"{"origin": ""}"#, "The account has no such origin."),
            Case(
                "another account", #"{"tag": "t", "account": "first"}"#,
                "The private API key is not that of the named account."),
            Case(
                "an account that is none", #"{"url": "http://x/demo/a", "account": ""}"#,
                "The private API key is not that of the named account."),
        ]
    }

    @Test(arguments: Case.all)
    func `A body that says nothing clear is 400, and nothing is purged`(one: Case) throws {
        let api = try API()
        let response = api.call("POST", "/v1/files/purge", bytes: one.body)
        #expect(response.status == 400)
        #expect(response.field("message") == one.message)
        #expect(api.purges.records.withLock { $0.isEmpty })
    }

    struct Good: CustomTestStringConvertible {
        let body: String
        let target: PurgeTarget
        var testDescription: String { String(body.prefix(80)) }

        static let all = [
            Good(body: #"{"url":"http://x/demo/a.jpg"}"#, target: .tag("url a.jpg")),
            Good(body: #" { "url" : "http:\/\/x\/demo\/a.jpg" } "#, target: .tag("url a.jpg")),
            Good(body: #"{"url":"http://x/demo/*"}"#, target: .tag("url *")),
            Good(body: #"{"url":"http://x/demo/\u00e4"}"#, target: .tag("url ä")),
            Good(body: #"{"url":"http://x/demo/\ud83d\ude00"}"#, target: .tag("url 😀")),
            Good(body: #"{"url":"http://x/demo/a","tag":null,"other":[{"deep":[1,2]}]}"#, target: .tag("url a")),
            Good(body: #"{"url":"http://x/demo/a","account":"demo"}"#, target: .tag("url a")),
            Good(body: #"{"tag":"summer-2026"}"#, target: .tag("summer-2026")),
            Good(body: #"{"origin":"photos"}"#, target: .origin("photos")),
            Good(
                body: "{\"url\":\"http://x/demo/" + String(repeating: "a", count: 60_000) + "\"}",
                target: .tag("url " + String(repeating: "a", count: 60_000))),
        ]
    }

    @Test(arguments: Good.all)
    func `A clear body is 201 with an id`(one: Good) throws {
        let api = try API()
        let response = api.purge(one.body)
        #expect(response.status == 201)
        #expect(response.text == #"{"requestId":"id-1"}"#)
        #expect(api.purges.records.withLock { $0 } == [.init(account: "demo", target: one.target)])
    }

    @Test(arguments: [
        (#"{"url":"http://x/demo/a"}"#, "The URL is not valid for cache purging."),
        (#"{"tag":"t"}"#, "The tag is not valid for cache purging."),
    ])
    func `What the log cannot hold is the caller's mistake`(body: String, message: String) throws {
        let api = try API()
        api.purges.failure.withLock { $0 = .invalid }
        let response = api.purge(body)
        #expect(response.status == 400)
        #expect(response.field("message") == message)
    }

    @Test(arguments: [PurgeCall.Subject.url("http://x/demo/ä\"b\".jpg*"), .tag("t"), .origin("photos")])
    func `What our own client writes is understood`(subject: PurgeCall.Subject) throws {
        let api = try API()
        let key = Key.header(ClientSide.authorization(key: "private_demo"))
        let body = String(decoding: PurgeCall(subject, account: "demo").body, as: UTF8.self)
        let good = api.purge(body, key: key)
        #expect(good.status == 201)
        #expect(ClientSide.field("requestId", of: good.body) == "id-1")
        let bad = api.purge("", key: key)
        #expect(ClientSide.field("message", of: bad.body) == Case.notJSON)
        #expect(ClientSide.field("message", of: [UInt8]("<html>".utf8)) == nil)
    }

    @Test func `Accounts that share a key are told apart by name where no URL does`() throws {
        let api = try API()
        let shared = Key.user("c2hhcmVk")
        for body in [#"{"tag":"t"}"#, #"{"origin":"mine"}"#] {
            let response = api.purge(body, key: shared)
            #expect(response.status == 400)
            #expect(response.field("message")?.hasPrefix("Several accounts have this private API key") == true)
        }
        #expect(api.purge(#"{"tag":"t","account":"second"}"#, key: shared).status == 201)
        #expect(api.purge(#"{"origin":"mine","account":"first"}"#, key: shared).status == 201)
        #expect(api.purge(#"{"url":"http://x/second/a","account":"first"}"#, key: shared).status == 400)
        #expect(
            api.purges.records.withLock { $0 } == [
                .init(account: "second", target: .tag("t")), .init(account: "first", target: .origin("mine")),
            ])
    }

    @Test func `A body that is too long is 413, but only for those who have a key`() throws {
        let api = try API()
        let response = api.call("POST", "/v1/files/purge", isTooLong: true)
        #expect(response.status == 413)
        #expect(response.field("message") == "The request body is too large.")
        #expect(api.call("POST", "/v1/files/purge", key: .none, isTooLong: true).status == 401)
    }
}
