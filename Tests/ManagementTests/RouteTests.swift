import Deadlines
import Management
import Purging
import Testing

/// Paths, methods and the headers of every answer.
struct RouteTests {
    struct Case: CustomTestStringConvertible {
        let method: String
        let path: String
        let status: Int
        var allowed: String?
        var testDescription: String { "\(method) \(path.prefix(60))" }

        init(_ method: String, _ path: String, _ status: Int, allowed: String? = nil) {
            (self.method, self.path, self.status, self.allowed) = (method, path, status, allowed)
        }

        static let all = [
            Case("POST", "/v1/files/purge", 201),
            Case("POST", "/v1/files/purge/", 201),
            Case("GET", "/v1/files/purge/" + someID, 200),
            Case("GET", "/v1/files/purge/" + someID + "/", 200),
            Case("HEAD", "/v1/files/purge/" + someID, 200),
            Case("GET", "/v1/files/purge/unknown", 400),
            Case("GET", "/v1/files/purge/" + String(repeating: "a", count: 10_000), 400),
            Case("GET", "/v1/files/purge/%" + someID, 400),
            Case("GET", "/v1/files/purge", 405, allowed: "POST, OPTIONS"),
            Case("DELETE", "/v1/files/purge/", 405, allowed: "POST, OPTIONS"),
            Case("POST", "/v1/files/purge/" + someID, 405, allowed: "GET, HEAD, OPTIONS"),
            Case("PURGE", "/v1/files/purge/" + someID, 405, allowed: "GET, HEAD, OPTIONS"),
            Case("", "/v1/files/purge", 405, allowed: "POST, OPTIONS"),
            Case("post", "/v1/files/purge", 405, allowed: "POST, OPTIONS"),
            Case("GET", "/v1/files/purge/" + someID + "/more", 404),
            Case("GET", "/v1/files/purge//", 404),
            Case("POST", "/v1/files/purge//", 404),
            Case("POST", "/v1/files/purged", 404),
            Case("POST", "/v1/files", 404),
            Case("POST", "/v1/", 404),
            Case("POST", "/", 404),
            Case("POST", "", 404),
            Case("POST", "/V1/files/purge", 404),
            Case("POST", "//v1/files/purge", 404),
            Case("POST", "/api/v1/files/upload", 404),
            Case("OPTIONS", "/v1/nothing", 404),
        ]
    }

    @Test(arguments: Case.all)
    func `A path and a method are one resource, or an error`(one: Case) throws {
        let api = try API()
        api.purges.states.withLock { $0["demo"] = [someID: .completed] }
        let response = api.call(one.method, one.path, body: #"{"url": "http://x/demo/a.jpg"}"#)
        #expect(response.status == one.status, "\(response.text)")
        #expect(response.header("Allow") == one.allowed)
        if one.status >= 400 {
            #expect(response.field("message")?.isEmpty == false)
            #expect(response.field("help")?.isEmpty == false)
        }
    }

    @Test(arguments: [("/v1/files/purge", "POST, OPTIONS"), ("/v1/files/purge/some", "GET, HEAD, OPTIONS")])
    func `A preflight is answered without key`(path: String, methods: String) throws {
        let response = try API().call("OPTIONS", path, key: .none)
        #expect(response.status == 204)
        #expect(response.body.isEmpty)
        #expect(response.header("Access-Control-Allow-Methods") == methods)
        #expect(response.header("Access-Control-Allow-Headers") == "Authorization, *")
        #expect(response.header("Access-Control-Allow-Origin") == "*")
    }

    @Test(arguments: [(PurgeState.pending, "Pending"), (.completed, "Completed")])
    func `A purge's state has the client's words`(state: PurgeState, word: String) throws {
        let api = try API()
        api.purges.states.withLock { $0["demo"] = [someID: state] }
        #expect(api.call("GET", "/v1/files/purge/" + someID).text == "{\"status\":\"\(word)\"}")
    }

    @Test func `A purge that another worker has just accepted is waited for`() throws {
        let api = try API()
        api.purges.states.withLock { $0["demo"] = [someID: .pending] }
        api.purges.questionsBefore.withLock { $0 = 3 }
        #expect(api.call("GET", "/v1/files/purge/" + someID).field("status") == "Pending")
    }

    @Test func `A purge that nobody knows is not waited for beyond the deadline`() throws {
        let api = try API()
        api.purges.states.withLock { $0["demo"] = [someID: .pending] }
        api.purges.questionsBefore.withLock { $0 = 2 }
        #expect(api.call("GET", "/v1/files/purge/" + someID, bytes: [], within: .zero).status == 400)
        #expect(api.call("GET", "/v1/files/purge/" + someID).status == 200)
    }

    @Test func `An unknown purge is told as clients expect`() throws {
        let response = try API().call("GET", "/v1/files/purge/unknown")
        #expect(response.field("message") == "No request found for this requestId.")
    }

    @Test(arguments: [
        ("POST", "/v1/files/purge", 201), ("GET", "/v1/files/purge/unknown", 400), ("GET", "/v1/no", 404),
        ("PUT", "/v1/files/purge", 405),
    ])
    func `Every answer has the headers of the API`(method: String, path: String, status: Int) throws {
        let response = try API().call(method, path, body: #"{"url": "http://x/demo/a.jpg"}"#)
        #expect(response.status == status)
        for (name, value) in [
            ("Content-Type", "application/json; charset=utf-8"), ("Content-Length", "\(response.body.count)"),
            ("Cache-Control", "no-store"), ("X-Accel-Expires", "0"), ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Expose-Headers", "x-ik-requestid, x-request-id"), ("x-ik-requestid", "request-1"),
            ("x-request-id", "request-1"), ("x-server", "Apus"), ("X-Content-Type-Options", "nosniff"),
        ] {
            #expect(response.headers.filter { $0.name == name }.map(\.value) == [value], "\(name)")
        }
    }

    @Test(arguments: [
        ("/v1/files/purge", true), ("/v1/", true), ("/api/v1/files/upload", true), ("/v1", false), ("/v10/a", false),
        ("/demo/v1/a", false), ("/_apus/live", false), ("", false),
    ])
    func `The API has its paths`(path: String, isOurs: Bool) {
        #expect(Management.answers(path: path) == isOurs)
    }
}
