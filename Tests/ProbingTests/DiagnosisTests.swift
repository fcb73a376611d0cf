import HostileOrigin
import Probing
import Testing

/// One thing that can be wrong, and what the owner gets to read.
struct Trouble: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The origin's settings, for the URL of a server.
    let origin: @Sendable (String) throws -> String
    let script: HostileOrigin.Script
    var objects: [String] = []
    let part: Diagnosis.Part
    /// What has to stand in the sentence and in the hint.
    let words: [String]

    init(
        _ name: String, _ origin: @escaping @Sendable (String) throws -> String, _ actions: [Action],
        named objects: [String] = [], _ part: Diagnosis.Part, _ words: String...
    ) {
        self.init(name, origin, { _ in actions }, objects, part, words)
    }

    /// A server that hands out tokens, or does not.
    init(
        _ name: String, _ origin: @escaping @Sendable (String) throws -> String, token: [Action], _ actions: [Action],
        named objects: [String] = [], _ part: Diagnosis.Part, _ words: String...
    ) {
        self.init(name, origin, { $0.method == "POST" ? token : actions }, objects, part, words)
    }

    private init(
        _ name: String, _ origin: @escaping @Sendable (String) throws -> String,
        _ script: @escaping HostileOrigin.Script, _ objects: [String], _ part: Diagnosis.Part, _ words: [String]
    ) {
        testDescription = name
        (self.origin, self.script, self.objects, self.part, self.words) = (origin, script, objects, part, words)
    }
}

private func document(_ status: Int, _ code: String) -> [Action] {
    .answer(status, body: "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>No.</Message></Error>")
}

private let token: [Action] = .answer(200, body: "{\"access_token\":\"T1\"}")

@Suite("What a probe says")
struct DiagnosisTests {
    private static let web = [
        Trouble("TLS where there is none", { Origins.webFolder($0.secure) }, [.close], .tls, "handshake", "speak TLS"),
        Trouble("cut off", { Origins.webFolder($0) }, [.close], .answer, "closes the connection", "https"),
        Trouble("no HTTP", { Origins.webFolder($0) }, [.send("220 mail\r\n"), .close], .answer, "is not HTTP"),
        Trouble("no entry", { Origins.webFolder($0) }, .answer(403), .permission, "status 403", "--object"),
        Trouble(
            "no entry to an object", { Origins.webFolder($0) }, .answer(401), named: ["a.jpg"], .permission,
            "status 401",
            "x-req-from"),
        Trouble(
            "missing", { Origins.webFolder($0) }, .answer(404), named: ["a b.jpg"], .path, "no object a b.jpg",
            "baseUrl"),
        Trouble("broken", { Origins.webFolder($0) }, .answer(500), .answer, "status 500", "on its side"),
        Trouble("loop", { Origins.webFolder($0) }, .answer(508), .answer, "this installation"),
        Trouble(
            "compressed", { Origins.webFolder($0) }, .answer(200, ["Content-Encoding: br"]), named: ["a"], .answer,
            "coding"),
        Trouble(
            "redirects to itself", { Origins.webFolder($0) }, .answer(302, ["Location: /again"]), .answer,
            "more than 3 times (limits.redirects)", "127.0.0.1"),
        Trouble(
            "redirects inside", { Origins.webFolder($0) }, .answer(302, ["Location: http://127.0.0.2/"]), .connection,
            "127.0.0.2 is not public", "network.allow"),
        Trouble(
            "redirects away", { Origins.webFolder($0) }, .answer(302, ["Location: ftp://x/"]), .answer, "not followed"),
    ]

    private static let buckets = [
        Trouble(
            "unknown key", { Origins.s3($0) }, document(403, "InvalidAccessKeyId"), .credentials, "InvalidAccessKeyId",
            "accessKey"),
        Trouble(
            "wrong secret", { Origins.s3($0) }, document(403, "SignatureDoesNotMatch"), .credentials, "secretKey"),
        Trouble("clock", { Origins.s3($0) }, document(403, "RequestTimeTooSkewed"), .credentials, "clock"),
        Trouble(
            "denied", { Origins.s3($0) }, document(403, "AccessDenied"), .permission, "may not list", "s3:ListBucket"),
        Trouble(
            "denied to an object", { Origins.s3($0) }, document(403, "AccessDenied"), named: ["a.jpg"], .permission,
            "may not read this object, or it does not exist", "s3:GetObject"),
        Trouble(
            "no bucket", { Origins.s3($0) }, document(404, "NoSuchBucket"), .path, "no bucket photos at 127.0.0.1:"),
        Trouble(
            "missing", { Origins.s3($0) }, document(404, "NoSuchKey"), named: ["a.jpg"], .path, "no object a.jpg", "own"
        ),
        Trouble(
            "archived", { Origins.s3($0) }, document(403, "InvalidObjectState"), named: ["a"], .permission, "restored"),
        Trouble(
            "encrypted", { Origins.s3($0) }, document(403, "KMS.DisabledException"), named: ["a"], .permission, "kms:"),
        Trouble(
            "elsewhere", { Origins.s3($0) }, document(301, "PermanentRedirect"), .answer,
            "status 301 (PermanentRedirect)", "region"),
        Trouble("no word", { Origins.s3($0) }, .answer(403), named: ["a"], .permission, "status 403"),
    ]

    private static let clouds = [
        Trouble(
            "Google's sign-in", { try Origins.google($0) }, token: .answer(400, body: "{\"error\":\"invalid_grant\"}"),
            [], .credentials, "invalid_grant", "clientEmail", "clock"),
        Trouble(
            "no token", { try Origins.google($0) }, token: .answer(200, body: "x"), [], .credentials,
            "no access tokens",
            "/token"),
        Trouble(
            "Google's refusal", { try Origins.google($0) }, token: token, document(403, "AccessDenied"), .permission,
            "AccessDenied", "Storage Object Viewer"),
        Trouble(
            "token not taken", { try Origins.google($0) }, token: token, document(401, "AuthenticationRequired"),
            .credentials, "access tokens"),
        Trouble(
            "no Google bucket", { try Origins.google($0) }, token: token, document(404, "NoSuchBucket"), .path,
            "no bucket photos"),
        Trouble(
            "signature over", { Origins.azure($0, token: "?st=2020-01-01&se=2021-01-01T00%3A00%3A00Z&sig=SECRETSIG") },
            .answer(403, ["x-ms-error-code: AuthenticationFailed"]), .credentials, "sasToken",
            "begins at 2020-01-01 and it ends at 2021-01-01T00:00:00Z"),
        Trouble(
            "odd signature", { Origins.azure($0, token: "?se=SECRETSIG&sig=SECRETSIG") },
            .answer(403, ["x-ms-error-code: AuthenticationFailed"]), .credentials, "damaged"),
        Trouble(
            "signature for less", { Origins.azure($0) },
            .answer(403, ["x-ms-error-code: AuthorizationPermissionMismatch"]), .permission, "sasToken", "sp"),
        Trouble(
            "no container", { Origins.azure($0) }, .answer(404, ["x-ms-error-code: ContainerNotFound"]), .path,
            "no container photos"),
        Trouble("Akeneo's sign-in", { Origins.akeneo($0) }, token: .answer(422), [], .credentials, "clientSecret"),
        Trouble("no Akeneo", { Origins.akeneo($0) }, token: .answer(404), [], .credentials, "no access tokens", "/api"),
        Trouble(
            "Akeneo's refusal", { Origins.akeneo($0) }, token: token, .answer(403), .permission, "Web API permissions"),
        Trouble(
            "no kind of file", { Origins.akeneo($0) }, token: token, .answer(404), named: ["a.png"], .path,
            "media-files/CODE"),
    ]

    @Test("Is the part of the way that is broken, and what to do", arguments: web + buckets + clouds)
    func trouble(_ trouble: Trouble) throws {
        try HostileOrigin.serve(trouble.script) { server in
            let probed = try Probed(try trouble.origin(server.url), trouble.objects)
            try expect(probed, trouble.part, trouble.words)
        }
    }

    private func expect(_ probed: Probed, _ part: Diagnosis.Part, _ words: [String]) throws {
        let diagnosis = try #require(probed.diagnosis, "\(probed.report)")
        #expect(diagnosis.part == part)
        let text = "\(diagnosis.sentence)\n\(diagnosis.hint ?? "")"
        for word in words { #expect(text.contains(word), "\(text)") }
        #expect(probed.report.contains("  FAILED  \(part.rawValue): \(diagnosis.sentence)\n"))
    }

    @Test("Names host and port where nobody listens")
    func refused() throws {
        let (socket, port) = try LoopbackSocket.bound()
        defer { LoopbackSocket.close(socket) }
        let probed = try Probed(Origins.webFolder("http://localhost:\(port)"))
        try expect(probed, .connection, ["nobody listens on localhost:\(port)"])
        #expect(probed.report.contains("\n    localhost:\(port) is "))
        #expect(probed.report.contains("127.0.0.1"))
        // A second question would find the same.
        let bucket = try Probed(Origins.s3("http://127.0.0.1:\(port)"))
        try expect(bucket, .connection, ["nobody listens on 127.0.0.1:\(port)"])
        #expect(!bucket.report.contains("127.0.0.1:\(port) is 127"))
    }

    @Test(
        "Names a host that is not known, and where its name may come from",
        arguments: [
            (Origins.webFolder("http://nobody.invalid"), ["nobody.invalid is not known", "baseUrl"]),
            (Origins.s3("http://nobody.invalid"), ["nobody.invalid is not known", "endpoint"]),
            (
                Origins.s3("http://nobody.invalid", ""),
                ["photos.nobody.invalid is not known", "s3ForcePathStyle: true"]
            ),
            (Origins.azure("http://nobody.invalid"), ["nobody.invalid is not known"]),
        ])
    func name(origin: String, words: [String]) throws {
        try expect(try Probed(origin), .name, words)
    }

    @Test(
        "Tells what is wrong with a certificate", .enabled(if: TLSOrigin.isAvailable, "needs the openssl program"),
        arguments: [
            (TLSCertificate.Kind.selfSigned, false, "localhost", ["self-signed", "network.caFile"]),
            (.signed, false, "localhost", ["authority is not trusted", "network.caFile"]),
            (.signed, true, "127.0.0.1", ["for another host"]),
            (.expired, true, "localhost", ["has expired", "renew"]),
            (.notYetValid, true, "localhost", ["not valid yet", "clock"]),
        ])
    func certificate(kind: TLSCertificate.Kind, isTrusted: Bool, host: String, words: [String]) throws {
        let server = try TLSOrigin(kind)
        defer { server.stop() }
        let settings = isTrusted ? "network: { caFile: \"\(server.certificate)\" }" : ""
        let probed = try Probed(Origins.webFolder("https://\(host):\(server.port)"), settings: settings)
        try expect(probed, .tls, ["\(host):\(server.port)"] + words)
    }

    @Test("Names the file of certificates that cannot be read", .enabled(if: TLSOrigin.isAvailable, "needs openssl"))
    func trustFile() throws {
        let server = try TLSOrigin()
        defer { server.stop() }
        let origin = Origins.webFolder("https://localhost:\(server.port)")
        let probed = try Probed(origin, settings: "network: { caFile: /nowhere/at/all }")
        try expect(probed, .tls, ["trusted certificates", "network.caFile"])
    }

    @Test("Names the limit that was too short")
    func silence() throws {
        try HostileOrigin.serve { _ in
            [.silence]
        } _: { server in
            let probed = try Probed(Origins.webFolder(server.url), timeouts: "{ total: 10s, firstByte: 100ms }")
            try expect(probed, .time, ["does not answer within 0.1 seconds (timeouts.firstByte)"])
        }
    }
}

extension String {
    fileprivate var secure: String { replacing("http://", with: "https://") }
}
