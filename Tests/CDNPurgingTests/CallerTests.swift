import CDNPurging
import Configuration
import Deadlines
import HostileOrigin
import S3
import Testing
import Transfer

private let limits = TransferLimits(
    connect: .seconds(20), firstByte: .seconds(20), stall: .seconds(20), bodyBytes: 100_000)
private let prefix = CDNPrefix(host: "img.example", path: "/demo/a.jpg", root: "/demo/")

private var soon: Deadline { Deadline(in: .seconds(30)) }

/// What a CDN is sent, and what its answers are taken for.
@Suite struct CallerTests {
    private static func cloudFront(_ endpoint: String) -> CloudFront {
        CloudFront(
            distribution: "E2ABC", endpoint: endpoint,
            credentials: S3Credentials(accessKey: "known", secretKey: "hidden", sessionToken: "token"),
            transfer: TransferClient(), limits: limits)
    }

    private static func document(_ status: String) -> String {
        "<Invalidation><Id>I1</Id><Status>\(status)</Status></Invalidation>"
    }

    @Test func cloudFrontIsAskedBySignedRequests() throws {
        try HostileOrigin.serve { request in
            request.method == "POST"
                ? .answer(201, body: Self.document("InProgress")) : .answer(200, body: Self.document("Completed"))
        } _: { origin in
            let cdn = Self.cloudFront(origin.url)
            let calls = cdn.calls(for: [prefix], tellings: ["id"])
            #expect(calls.count == 1)
            let begun = try cdn.send(calls[0], until: soon)
            let ended = try cdn.look(after: "I1", until: soon)
            #expect(begun == .underWay("I1") && ended == .done)
            let asked = origin.requests
            #expect(
                asked.map(\.path) == [
                    "/2020-05-31/distribution/E2ABC/invalidation", "/2020-05-31/distribution/E2ABC/invalidation/I1",
                ])
            #expect(String(decoding: asked[0].body, as: UTF8.self).contains("<Path>/demo/a.jpg*</Path>"))
            for request in asked {
                let authorization = request.headers["authorization"] ?? ""
                #expect(authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=known/"))
                #expect(authorization.contains("/us-east-1/cloudfront/aws4_request"))
                #expect(request.headers["x-amz-security-token"] == "token")
            }
        }
    }

    @Test func fifteenPathsGoTogether() {
        let cdn = Self.cloudFront("http://127.0.0.1:1")
        let prefixes = (10..<42).flatMap { number in
            ["h", "i"].map { CDNPrefix(host: $0, path: "/\(number)", root: "/") }
        }
        let calls = cdn.calls(for: prefixes, tellings: ["id"])
        let paths = calls.compactMap { call -> [String]? in
            guard case .invalidation(let paths, _) = call else { return nil }
            return paths
        }
        #expect(paths.map(\.count) == [15, 15, 2])
        #expect(Set(paths.joined()) == Set((10..<42).map { "/\($0)*" }))
        #expect(Set(calls).count == 3)
    }

    struct Answer: CustomTestStringConvertible, Sendable {
        let status: Int
        var body = ""
        var headers: [String] = []
        let error: CDNError
        var testDescription: String { "\(status) \(body)" }
    }

    private static func code(_ code: String) -> String {
        "<ErrorResponse><Error><Code>\(code)</Code></Error></ErrorResponse>"
    }

    @Test(arguments: [
        Answer(status: 400, body: code("TooManyInvalidationsInProgress"), error: .throttled(retryAfter: nil)),
        Answer(status: 400, body: code("Throttling"), headers: ["Retry-After: 7"], error: .throttled(retryAfter: 7)),
        Answer(status: 403, body: code("AccessDenied"), error: .forbidden(status: 403, code: "AccessDenied")),
        Answer(status: 404, body: code("NoSuchDistribution"), error: .refused(status: 404, code: "NoSuchDistribution")),
        Answer(status: 400, body: code("InvalidArgument"), error: .refused(status: 400, code: "InvalidArgument")),
        Answer(status: 503, headers: ["Retry-After: 30"], error: .failed(status: 503, retryAfter: 30)),
        Answer(status: 201, body: "<html>", error: .malformed),
        Answer(status: 302, headers: ["Location: /x"], error: .refused(status: 302, code: "")),
    ])
    func whatCloudFrontRefuses(_ row: Answer) throws {
        try HostileOrigin.serve { _ in
            .answer(row.status, row.headers, body: row.body)
        } _: { origin in
            let cdn = Self.cloudFront(origin.url)
            #expect(throws: row.error) {
                try cdn.send(cdn.calls(for: [prefix], tellings: ["id"])[0], until: soon)
            }
            #expect(origin.requests.count == 1)
        }
    }

    @Test func aServerThatIsNotThereIsNoAnswer() throws {
        let cdn = try HostileOrigin.serve({ _ in .answer(200) }, { Self.cloudFront($0.url) })
        #expect(throws: CDNError.transfer(.refused)) { try cdn.look(after: "I1", until: soon) }
    }

    // MARK: The owner's own requests

    /// From the settings as they stand in a file, which alone can be made there.
    private static func requested(_ settings: String) throws -> RequestedCDN {
        let file = """
            accounts:
              - id: demo
                privateKeys: [key]
                origins: [{ id: disk, type: DISK, path: / }]
                urlEndpoints:
                  - { urlPrefix: "", origins: [disk], hosts: [img.example], cdn: { type: HTTP, \(settings) } }
            """
        let configuration = try Configuration.parse(
            [UInt8](file.utf8), name: "apus.yaml", folder: "/", environment: [:])
        guard case .http(let purge) = configuration.accounts[0].urlEndpoints[0].cdn else { throw CDNError.malformed }
        return RequestedCDN(purge, transfer: TransferClient(), limits: limits)
    }

    @Test(arguments: [
        ("PURGE", "method: PURGE", ""),
        (
            "POST", "method: POST, body: '{\"u\":\"{url}\"}'",
            "{\"u\":\"https://img.example/demo/a.jpg*\"}"
        ),
        ("GET", "method: GET", ""), ("DELETE", "method: DELETE", ""), ("DELETE", "method: DELETE, body: x", "x"),
        ("PURGE", "method: PURGE, body: x", "x"), ("PUT", "method: PUT", ""),
    ])
    func theRequestIsTheOwners(method: String, settings: String, body: String) throws {
        try HostileOrigin.serve { _ in
            .answer(204)
        } _: { origin in
            let headers = "headers: { X-Token: 'secret word', Content-Type: application/json }"
            let cdn = try Self.requested("url: '\(origin.url){path}?h={host}', \(settings), \(headers)")
            let calls = cdn.calls(for: [prefix], tellings: ["id"])
            #expect(calls.count == 1)
            #expect(try cdn.send(calls[0], until: soon) == .done)
            let asked = try #require(origin.requests.first)
            #expect(asked.method == method)
            #expect(asked.path == "/demo/a.jpg*?h=img.example")
            #expect(String(decoding: asked.body, as: UTF8.self) == body)
            #expect(asked.headers["x-token"] == "secret word")
            #expect(asked.headers["content-type"] == "application/json")
        }
    }

    @Test func whatNamesNothingIsAskedOnce() throws {
        let cdn = try Self.requested("url: 'http://127.0.0.1:1/all'")
        let prefixes = ["/a", "/b"].map { CDNPrefix(host: "h", path: $0, root: "/") }
        #expect(cdn.calls(for: prefixes, tellings: ["id"]) == [.request(url: "http://127.0.0.1:1/all", body: nil)])
    }

    @Test func noSecretIsInItsName() throws {
        let cdn = try Self.requested("url: 'https://api.cdn.example:8443/hidden?token=hidden'")
        #expect(cdn.name.hasPrefix("https://api.cdn.example:8443 ("))
        #expect(!cdn.name.contains("hidden"))
    }

    @Test(arguments: [
        ("POST", 404, CDNError.refused(status: 404, code: "")), ("POST", 429, .throttled(retryAfter: nil)),
        ("POST", 401, .forbidden(status: 401, code: "")), ("POST", 500, .failed(status: 500, retryAfter: nil)),
        ("POST", 301, .refused(status: 301, code: "")), ("PURGE", 405, .refused(status: 405, code: "")),
        ("PURGE", 404, nil), ("PURGE", 200, nil), ("GET", 202, nil),
    ])
    func onlySuccessIsOne(method: String, status: Int, error: CDNError?) throws {
        try HostileOrigin.serve { _ in
            .answer(status, ["Location: /elsewhere"])
        } _: { origin in
            let cdn = try Self.requested("url: '\(origin.url){path}', method: \(method)")
            let call = cdn.calls(for: [prefix], tellings: ["id"])[0]
            if let error {
                #expect(throws: error) { try cdn.send(call, until: soon) }
            } else {
                #expect(try cdn.send(call, until: soon) == .done)
            }
            #expect(origin.requests.count == 1)
        }
    }
}
