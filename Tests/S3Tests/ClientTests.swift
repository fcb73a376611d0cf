import Deadlines
import HostileOrigin
import Memory
import S3
import Testing
import Transfer

private let limits = TransferLimits(
    connect: .seconds(20), firstByte: .seconds(20), stall: .seconds(20), bodyBytes: 1_000_000)

private func client(
    _ endpoint: String, limits: TransferLimits = limits, region: String = S3Bucket.defaultRegion, prefix: String = "pre"
) throws -> S3Client {
    S3Client(
        try S3Bucket("photos", region: region, endpoint: endpoint, prefix: prefix),
        credentials: S3Credentials(accessKey: "known", secretKey: "hidden", sessionToken: "token"),
        transfer: TransferClient(), purpose: "test", limits: limits)
}

private var soon: Deadline { Deadline(in: .seconds(30)) }

extension [Action] {
    fileprivate static func error(_ status: Int, _ code: String, _ headers: [String] = []) -> [Action] {
        .answer(status, headers, body: "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>m</Message></Error>")
    }
}

@Suite("A bucket that answers well")
struct ClientTests {
    @Test("Objects are kept, read, described and removed by signed requests")
    func objects() throws {
        try HostileOrigin.serve { request in
            switch request.method {
            case "HEAD": [.head("HTTP/1.1 200 OK", "Content-Length: 5", "x-amz-meta-a: b")]
            case "DELETE": [.head("HTTP/1.1 204 No Content")]
            case "PUT": .answer(200)
            default: .answer(200, body: "hello")
            }
        } _: { origin in
            let bucket = try client(origin.url)
            try bucket.putObject(
                [Array("he".utf8), Array("llo".utf8)], as: "a b", headers: [HeaderField("x-amz-meta-a", "b")],
                until: soon)
            let bytes = try bucket.getObject("a b", limit: 5, until: soon)
            #expect(bytes?.copied == Array("hello".utf8))
            try bucket.deleteObject("a b", until: soon)

            let requests = origin.requests
            #expect(requests.map(\.method) == ["PUT", "GET", "DELETE"])
            #expect(requests.allSatisfy { $0.path == "/photos/pre/a%20b" })
            #expect(origin.connectionCount == 1)
            let put = try #require(requests.first)
            #expect(put.body == Array("hello".utf8))
            #expect(put.headers["content-type"] == S3Client.plainBytes)
            #expect(put.headers["x-amz-security-token"] == "token")
            #expect(
                put.headers["x-amz-content-sha256"]
                    == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
            #expect(put.headers["host"] == "127.0.0.1:\(origin.port)")
            let signed = "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta-a;x-amz-security-token"
            #expect(put.headers["authorization"]?.contains("SignedHeaders=\(signed), ") == true)
        }
    }

    @Test("What is missing is nil, and removed already; a missing bucket is an error")
    func missing() throws {
        try HostileOrigin.serve { request in
            if request.path.contains("elsewhere") { return .error(404, "NoSuchBucket") }
            return request.method == "HEAD" ? [.head("HTTP/1.1 404 Not Found")] : .error(404, "NoSuchKey")
        } _: { origin in
            let bucket = try client(origin.url)
            #expect(try bucket.getObject("a", limit: 5, until: soon) == nil)
            try bucket.deleteObject("a", until: soon)
            let missing = S3Error.refused(status: 404, code: "NoSuchBucket")
            #expect(throws: missing) { try bucket.getObject("elsewhere", limit: 5, until: soon) }
            #expect(throws: missing) { try bucket.deleteObject("elsewhere", until: soon) }
        }
    }

    @Test("A condition that holds is an answer")
    func conditions() throws {
        try HostileOrigin.serve { request in
            request.headers["if-none-match"] == "\"one\"" ? [.head("HTTP/1.1 304 Not Modified")] : .answer(500)
        } _: { origin in
            let bucket = try client(origin.url)
            let answer = try bucket.openObject(
                "a", headers: [HeaderField("If-None-Match", "\"one\"")], until: soon)
            #expect(answer.head.status == 304)
            #expect(origin.requests.first?.headers["authorization"]?.contains("if-none-match") == true)
        }
    }

    @Test("A listing goes on until its end, or until enough is listed")
    func listing() throws {
        try HostileOrigin.serve { request in
            // Three keys a page, numbered; the token is the next number.
            let start =
                request.path.firstRange(of: "continuation-token=")
                .flatMap { Int(request.path[$0.upperBound...].prefix { $0.isNumber }) } ?? 0
            let keys = (start..<min(start + 3, 8)).map { "<Contents><Key>pre%2Fv%2Fk\($0)</Key></Contents>" }.joined()
            let next = start + 3 < 8 ? "<NextContinuationToken>\(start + 3)</NextContinuationToken>" : ""
            return .answer(
                200,
                body:
                    "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>\(start + 3 < 8)</IsTruncated>\(next)"
                    + "\(keys)</ListBucketResult>")
        } _: { origin in
            let bucket = try client(origin.url)
            let all = (0..<8).map { "v/k\($0)" }
            #expect(try bucket.listObjects(prefix: "v/", startAfter: "v/j", maximum: 100, until: soon) == all)
            #expect(
                origin.requests.map(\.path) == [
                    "/photos?encoding-type=url&list-type=2&max-keys=100&prefix=pre%2Fv%2F&start-after=pre%2Fv%2Fj",
                    "/photos?continuation-token=3&encoding-type=url&list-type=2&max-keys=97&prefix=pre%2Fv%2F",
                    "/photos?continuation-token=6&encoding-type=url&list-type=2&max-keys=94&prefix=pre%2Fv%2F",
                ])
            #expect(try bucket.listObjects(prefix: "v/", maximum: 4, until: soon) == Array(all.prefix(4)))
            #expect(try bucket.listObjects(prefix: "v/", maximum: 0, until: soon) == [])
            #expect(origin.requests.count == 5)
        }
    }
}

@Suite("A bucket that does not")
struct BadBucketTests {
    @Test("Another region is learned once, and kept")
    func region() throws {
        try HostileOrigin.serve { request in
            request.headers["authorization"]?.contains("/eu-west-1/s3/") == true
                ? .answer(200, body: "x")
                : .error(301, "PermanentRedirect", ["x-amz-bucket-region: eu-west-1", "Location: http://127.0.0.1:1/"])
        } _: { origin in
            let bucket = try client(origin.url)
            for _ in 0..<2 { _ = try bucket.getObject("a", limit: 5, until: soon) }
            #expect(origin.requests.count == 3)
        }
    }

    @Test("A server that names ever other regions is asked twice")
    func manyRegions() throws {
        try HostileOrigin.serve { request in
            .error(
                400, "AuthorizationHeaderMalformed",
                ["x-amz-bucket-region: r-\(request.path.count)-\(UInt32.random(in: 0...UInt32.max))"])
        } _: { origin in
            let bucket = try client(origin.url)
            #expect(throws: S3Error.refused(status: 400, code: "AuthorizationHeaderMalformed")) {
                try bucket.getObject("a", limit: 5, until: soon)
            }
            #expect(origin.requests.count == 2)
        }
    }

    @Test("The server's clock is taken once, and kept")
    func clock() throws {
        try HostileOrigin.serve { request in
            request.headers["x-amz-date"]?.hasPrefix("20130524T0000") == true
                ? .answer(200, body: "x")
                : .error(403, "RequestTimeTooSkewed", ["Date: Fri, 24 May 2013 00:00:00 GMT"])
        } _: { origin in
            let bucket = try client(origin.url)
            for _ in 0..<2 { _ = try bucket.getObject("a", limit: 5, until: soon) }
            #expect(origin.requests.count == 3)
        }
    }

    @Test(
        "Overload and broken connections get a second try, with the same body", arguments: ["busy", "reset", "close"])
    func secondTry(mishap: String) throws {
        let count = Monitor(0)
        try HostileOrigin.serve { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            guard number % 2 == 1 else { return .answer(200) }
            return mishap == "busy" ? .error(503, "SlowDown") : [mishap == "reset" ? .reset : .close]
        } _: { origin in
            let bucket = try client(origin.url)
            for _ in 0..<2 { try bucket.putObject([Array("hello".utf8)], as: "a", until: soon) }
            #expect(origin.requests.map(\.body) == Array(repeating: Array("hello".utf8), count: 4))
        }
    }

    @Test("One that stays overloaded is asked twice; without time for a pause, once")
    func overloaded() throws {
        try HostileOrigin.serve { _ in
            .error(503, "SlowDown")
        } _: { origin in
            let bucket = try client(origin.url)
            let busy = S3Error.refused(status: 503, code: "SlowDown")
            #expect(throws: busy) { try bucket.getObject("a", limit: 5, until: soon) }
            #expect(origin.requests.count == 2)
        }
    }

    struct Mishap: CustomTestStringConvertible {
        let name: String
        let actions: [Action]
        let error: S3Error

        var testDescription: String { name }
    }

    @Test(
        "Every mishap of a read is a clear error",
        arguments: [
            Mishap(
                name: "cut off", actions: [.head("HTTP/1.1 200 OK", "Content-Length: 5"), .send("he"), .close],
                error: .transfer(.truncated)),
            Mishap(
                name: "too large", actions: [.head("HTTP/1.1 200 OK", "Content-Length: 6"), .send("hello!")],
                error: .tooLarge(limit: 5)),
            Mishap(
                name: "endless", actions: [.head("HTTP/1.1 200 OK"), .flood("0123456789")], error: .tooLarge(limit: 5)),
            Mishap(
                name: "announced too large", actions: [.head("HTTP/1.1 200 OK", "Content-Length: 99999999"), .silence],
                error: .tooLarge(limit: 5)),
            Mishap(name: "not HTTP", actions: [.send("hello\r\n\r\n"), .close], error: .transfer(.protocolError)),
            Mishap(
                name: "forbidden", actions: .error(403, "AccessDenied"),
                error: .refused(status: 403, code: "AccessDenied")),
            Mishap(
                name: "error page", actions: .answer(400, body: "<html><p>no<br></html>"),
                error: .refused(status: 400, code: "")),
            Mishap(
                name: "endless error", actions: [.head("HTTP/1.1 403 Forbidden"), .flood("0123456789")],
                error: .refused(status: 403, code: "")),
            Mishap(
                name: "redirect", actions: .answer(307, ["Location: http://127.0.0.1:1/"]),
                error: .refused(status: 307, code: "")),
        ])
    func reads(mishap: Mishap) throws {
        try HostileOrigin.serve { _ in
            mishap.actions
        } _: { origin in
            let bucket = try client(origin.url)
            #expect(throws: mishap.error) { try bucket.getObject("a", limit: 5, until: soon) }
        }
    }

    @Test("Silence and dripping end at the limits, and at the deadline")
    func slow() throws {
        var short = limits
        short.firstByte = .milliseconds(100)
        short.stall = .milliseconds(100)
        try HostileOrigin.serve { request in
            switch request.path {
            case "/photos/silent": [.silence]
            case "/photos/stalled": [.head("HTTP/1.1 200 OK"), .send("x"), .silence]
            default: [.head("HTTP/1.1 200 OK"), .drip("x", milliseconds: 5)]
            }
        } _: { origin in
            let bucket = try client(origin.url, limits: short, prefix: "")
            #expect(throws: S3Error.transfer(.timedOut(.firstByte))) {
                try bucket.getObject("silent", limit: 5, until: soon)
            }
            #expect(throws: S3Error.transfer(.timedOut(.stall))) {
                try bucket.getObject("stalled", limit: 5, until: soon)
            }
            #expect(throws: S3Error.transfer(.timedOut(.total))) {
                try bucket.getObject("dripping", limit: 1_000_000, until: Deadline(in: .milliseconds(100)))
            }
        }
    }

    @Test("A listing that is none, or without end, is refused")
    func listings() throws {
        try HostileOrigin.serve { request in
            .answer(
                200,
                body: request.path.contains("prefix=x")
                    ? "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
                        + "</ListBucketResult>"
                    : "<html>welcome</html>")
        } _: { origin in
            let bucket = try client(origin.url, prefix: "")
            #expect(throws: S3Error.malformed) { try bucket.listObjects(prefix: "y", maximum: 10, until: soon) }
            #expect(throws: S3Error.malformed) { try bucket.listObjects(prefix: "x", maximum: 10, until: soon) }
        }
    }

    @Test("Nobody listening is said at once")
    func refused() throws {
        let (socket, port) = try LoopbackSocket.bound()
        defer { LoopbackSocket.close(socket) }
        let bucket = try client("http://127.0.0.1:\(port)")
        #expect(throws: S3Error.transfer(.refused)) { try bucket.getObject("a", limit: 5, until: soon) }
    }
}
