import Configuration
import Testing

/// The caches of others that a purge has to reach.
struct CDNTests {
    static func cdn(_ yaml: String, environment: [String: String] = [:]) throws -> CDNSettings? {
        try parse(file(yaml), environment: environment).accounts.first?.urlEndpoints.first?.cdn
    }

    static func file(_ yaml: String, host: String = "hosts: [img.example], ") -> String {
        "accounts: [{ id: demo, insecure: true, urlEndpoints: [{ urlPrefix: \"\", \(host)cdn: \(yaml) }] }]"
    }

    @Test func cloudFrontIsRead() throws {
        let yaml = "{ type: CLOUDFRONT, distributionId: E2ABC, accessKey: \"${KEY}\", secretKey: \"${WORD}\" }"
        guard
            case .cloudFront(let distribution, let credentials, let endpoint) = try Self.cdn(
                yaml, environment: ["KEY": "AKIA", "WORD": "hunter2"])
        else {
            Issue.record("it is not CloudFront")
            return
        }
        #expect(distribution == "E2ABC" && endpoint == nil && !credentials.useIAMRole)
        #expect(credentials.accessKey.value == "AKIA" && credentials.secretKey.value == "hunter2")
    }

    @Test func cloudFrontMayHaveTheRoleOfTheMachineAndAnotherServer() throws {
        let yaml = "{ type: CLOUDFRONT, distributionId: E2ABC, useIAMRole: true, endpoint: \"http://127.0.0.1:5000\" }"
        guard case .cloudFront(_, let credentials, let endpoint) = try Self.cdn(yaml) else {
            Issue.record("it is not CloudFront")
            return
        }
        #expect(credentials.useIAMRole && endpoint?.description == "http://127.0.0.1:5000")
    }

    @Test func aRequestIsRead() throws {
        let yaml = """
            { type: HTTP, url: "https://api.cdn.example/purge?url={url}", method: PUT,
              headers: { X-B: b, Authorization: "Bearer ${TOKEN}" }, body: '{"files":["{url}"], "a": "{b}"}' }
            """
        guard case .http(let purge) = try Self.cdn(yaml, environment: ["TOKEN": "hunter2"]) else {
            Issue.record("it is no request")
            return
        }
        #expect(purge.method == .put && purge.url.value == "https://api.cdn.example/purge?url={url}")
        #expect(purge.headers.map(\.name) == ["Authorization", "X-B"])
        #expect(purge.headers.map(\.value.value) == ["Bearer hunter2", "b"])
        #expect(purge.body?.value == "{\"files\":[\"{url}\"], \"a\": \"{b}\"}")
    }

    @Test(arguments: [
        "https://api.cdn.example", "https://api.cdn.example?u={url}", "http://10.0.0.5:6081{path}",
        "https://[::1]:8443/x/{host}{path}", "https://cdn.example/a%20b?token=${TOKEN}&u={url}",
    ])
    func aURLIsTaken(_ url: String) throws {
        let yaml = "{ type: HTTP, url: \"\(url)\" }"
        guard case .http(let purge) = try Self.cdn(yaml, environment: ["TOKEN": "t"]) else {
            Issue.record("it is no request")
            return
        }
        #expect(purge.method == .post && purge.headers.isEmpty && purge.body == nil)
        #expect(purge.url.value == url.replacing("${TOKEN}", with: "t"))
    }

    @Test(arguments: [
        "", "api.cdn.example", "ftp://cdn.example/", "https://{host}/", "https://cdn.example{host}",
        "https://cdn.{host}/", "https://cdn.example:{path}/", "https://user:hunter2@cdn.example/",
        "https://cdn.example/{file}",
        "https://cdn.example/{url", "https://cdn.example/#x", "https://cdn.example/a b", "https://cdn.example/é",
        "https://cdn.example/{{url}}", "{url}", "https://{url}", "https://cdn.example{url}",
        "https://cdn.example:99999/",
    ])
    func aURLIsRefused(_ url: String) {
        let expected =
            "accounts[0].urlEndpoints[0].cdn.url: has to be a URL such as https://api.cdn.example/purge?url={url}, "
            + "where {url}, {path} and {host} may stand behind host and port"
        #expect(problems(Self.file("{ type: HTTP, url: \"\(url)\" }")) == [expected])
    }

    struct Case: CustomTestStringConvertible {
        let yaml: String
        let expected: [String]
        var testDescription: String { yaml }

        init(_ yaml: String, _ expected: String...) {
            self.yaml = yaml
            self.expected = expected.map { "accounts[0].urlEndpoints[0].cdn\($0)" }
        }

        /// What stands beside a good URL.
        static func http(_ yaml: String, _ expected: String...) -> Case {
            Case("{ type: HTTP, url: \"https://cdn.example\", \(yaml) }", expected)
        }

        init(_ yaml: String, _ expected: [String]) {
            self.yaml = yaml
            self.expected = expected.map { "accounts[0].urlEndpoints[0].cdn.\($0)" }
        }
    }

    private static let header = "has to be the name of a header that is not of the connection or of the body's length"
    private static let many = (1...21).map { "H\($0): v" }.joined(separator: ", ")

    @Test(arguments: [
        Case("~", ": has no value"), Case("[]", ": has to be a mapping of keys to values"),
        Case("{}", ".type: required"),
        Case("{ type: FASTLY, key: k }", ".type: has to be one of CLOUDFRONT, HTTP, not \"FASTLY\""),
        Case(
            "{ type: CLOUDFRONT }", ".distributionId: required for type CLOUDFRONT",
            ".accessKey: required for type CLOUDFRONT", ".secretKey: required for type CLOUDFRONT"),
        Case(
            "{ type: CLOUDFRONT, distributionId: E/2, useIAMRole: true, accessKey: hunter2 }",
            ".distributionId: has to be 1 to 100 letters and digits, not \"E/2\"",
            ".accessKey: has to be left out where useIAMRole is true"),
        Case("{ type: HTTP }", ".url: required for type HTTP"),
        Case(
            "{ type: HTTP, url: \"https://cdn.example\", distributionId: E }",
            ".distributionId: unknown key; known here: type, url, method, headers, body"),
        .http("method: PATCH", "method: has to be one of GET, POST, PUT, DELETE, PURGE, not \"PATCH\""),
        .http("method: GET, body: hunter2", "body: has to be left out where method is GET"),
        .http("body: \"\"", "body: has to be a text of 1 to 16000 characters without control characters"),
        .http("body: \"hunter2\\0\"", "body: has to be a text of 1 to 16000 characters without control characters"),
        .http("body: \"a\\r\\n\\tb\""), .http("headers: { Host: varnish.example }"),
        .http(
            "headers: { \"a b\": x, Content-Length: \"1\", transfer-encoding: y }",
            "headers.\"a b\": \(header), not \"a b\"",
            "headers.Content-Length: \(header), not \"Content-Length\"",
            "headers.transfer-encoding: \(header), not \"transfer-encoding\""),
        .http("headers: { X: a, x: b }", "headers.x: is the same as accounts[0].urlEndpoints[0].cdn.headers.X"),
        .http("headers: { X: \"hunter2\\r\\nY: z\" }", "headers.X: has to be 1 to 4000 visible ASCII characters"),
        .http("headers: { X: \"\" }", "headers.X: has to be 1 to 4000 visible ASCII characters"),
        .http("headers: { \(many) }", "headers: more than 20"),
    ])
    func isChecked(_ item: Case) {
        #expect(problems(Self.file(item.yaml)) == item.expected)
    }

    @Test(arguments: [
        ("https://cdn.example?u={url}", "x", true), ("https://cdn.example/{host}{path}", "x", true),
        ("https://cdn.example", "{url}", true), ("https://cdn.example", "{host}", true),
        ("https://cdn.example{path}", "https://img.example{path}", false),
    ])
    func aHostThatIsNamedIsKnown(url: String, body: String, isRequired: Bool) {
        let cdn = "{ type: HTTP, url: \"\(url)\", body: \"\(body)\" }"
        let problem =
            "accounts[0].urlEndpoints[0].hosts: required where cdn has {url} or {host} and there is no dns.host"
        let regions = "regions: { east: { url: \"https://east.example\" } }\n"
        #expect(problems(Self.file(cdn, host: "")) == (isRequired ? [problem] : []))
        // A region's own host is not the one that the CDN answers on.
        #expect(problems(regions + Self.file(cdn, host: "")) == (isRequired ? [problem] : []))
        #expect(problems(Self.file(cdn)).isEmpty)
        let dns = "dns: { zone: images.example, host: img.images.example, nameservers: [ns1.example] }\n"
        #expect(problems(dns + Self.file(cdn, host: "")).isEmpty)
        let amazon = "{ type: CLOUDFRONT, distributionId: E2ABC, useIAMRole: true }"
        #expect(problems(Self.file(amazon, host: "")).isEmpty)
    }

    @Test func nothingPrintedShowsASecret() throws {
        let yaml = """
            { type: HTTP, url: "https://cdn.example/${A}", headers: { X: "${B}" }, body: "${C}" }
            """
        let configuration = try parse(Self.file(yaml), environment: ["A": "hunter1", "B": "hunter2", "C": "hunter3"])
        var dumped = ""
        dump(configuration, to: &dumped)
        let printed = "\(configuration) \(String(reflecting: configuration)) \(dumped)"
        #expect(!printed.contains("hunter") && printed.contains("cdn"))
        let bad = problems(Self.file(yaml), environment: ["A": "hunter1 ", "B": "hunter2\n", "C": "hunter3\0"])
        #expect(bad.count == 3 && bad.allSatisfy { !$0.contains("hunter") })
    }
}
