import CryptoExtras
import Deadlines
import HostileOrigin
import JSONReading
import Origins
import Testing
import TextEncodings
import Transfer

@Suite("Access tokens of GCS origins")
struct GoogleTokenTests {
    private static func origin(
        _ server: HostileOrigin, key: String, clock: StoppedClock = StoppedClock(),
        email: String = "apus@project.example", timeouts: OriginTimeouts = OriginTimeouts()
    ) throws -> GCSOrigin {
        try GCSOrigin(
            id: "bucket", bucket: "originals", clientEmail: email, privateKey: key, endpoint: server.url,
            settings: WebSettings(client: TransferClient(), timeouts: timeouts), now: { clock.now })
    }

    @Test("Are had for an assertion that the account's key has signed", arguments: GoogleKeys.Form.allCases)
    func assertion(form: GoogleKeys.Form) throws {
        let key = try form.text()
        let clock = StoppedClock()
        try HostileOrigin.withTokens { server in
            let text = try Self.origin(server, key: key, clock: clock).text("a.jpg")
            #expect(text == "Bearer T1")
            let request = try #require(server.tokenRequests.first)
            #expect(request.path == "/token")
            #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
            #expect(request.headers["authorization"] == nil)
            let start = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
            let body = String(decoding: request.body, as: UTF8.self)
            try #require(body.hasPrefix(start))
            let parts = body.dropFirst(start.count).split(separator: ".", omittingEmptySubsequences: false)
            try #require(parts.count == 3)
            #expect(try Self.json(parts[0]) == .object(["alg": .string("RS256"), "typ": .string("JWT")]))
            let claims: [String: JSON] = [
                "iss": .string("apus@project.example"), "aud": .string("https://oauth2.googleapis.com/token"),
                "scope": .string("https://www.googleapis.com/auth/devstorage.read_only"),
                "iat": .number("\(clock.now)"), "exp": .number("\(clock.now + 3600)"),
            ]
            #expect(try Self.json(parts[1]) == .object(claims))
            let signature = _RSA.Signing.RSASignature(rawRepresentation: try Self.bytes(parts[2]))
            let isSigned = try GoogleKeys.key.publicKey.isValidSignature(
                signature, for: Array("\(parts[0]).\(parts[1])".utf8), padding: .insecurePKCS1v1_5)
            #expect(isSigned)
        }
    }

    @Test("Take any address of an account for what it is")
    func oddAddress() throws {
        let key = try GoogleKeys.pem
        try HostileOrigin.withTokens { server in
            _ = try Self.origin(server, key: key, email: "a\"b\\c\u{1}é@x").text("a.jpg")
            let body = String(decoding: try #require(server.tokenRequests.first).body, as: UTF8.self)
            let claims = try Self.json(body.split(separator: ".")[1])
            guard case .object(let fields) = claims else { throw Malformed() }
            #expect(fields["iss"] == .string("a\"b\\c\u{1}é@x"))
        }
    }

    private struct Malformed: Error {}

    private static func bytes(_ part: Substring) throws -> [UInt8] {
        #expect(!part.contains("="))
        let standard = part.replacing("-", with: "+").replacing("_", with: "/")
        return try #require(Base64.decoded(standard[...]))
    }

    private static func json(_ part: Substring) throws -> JSON {
        try #require(JSON(try bytes(part)))
    }

    @Test("Are asked for once by many threads, and again when their end is near")
    func renewal() throws {
        let clock = StoppedClock()
        try HostileOrigin.withTokens { server in
            let origin = try Self.origin(server, key: GoogleKeys.pem, clock: clock)
            try withThreads(8) { _ in
                #expect(throws: Never.self) { try origin.text("a.jpg") }
            }
            #expect(server.tokenRequests.count == 1)
            clock.advance(by: 3200)
            _ = try origin.text("a.jpg")
            #expect(server.tokenRequests.count == 1)
            clock.advance(by: 200)
            #expect(try origin.text("a.jpg") == "Bearer T2")
        }
    }

    @Test("Are renewed once when they are refused")
    func refused() throws {
        try HostileOrigin.withTokens(isTaken: { token, _ in token != 1 }) { server in
            let origin = try Self.origin(server, key: GoogleKeys.pem)
            #expect(try origin.text("a.jpg") == "Bearer T2")
            #expect(try origin.text("a.jpg") == "Bearer T2")
            #expect(server.tokenRequests.count == 2)
        }
    }

    @Test("Are not renewed for every request where none is taken")
    func alwaysRefused() throws {
        let clock = StoppedClock()
        try HostileOrigin.withTokens(isTaken: { _, _ in false }) { server in
            let origin = try Self.origin(server, key: GoogleKeys.pem, clock: clock)
            for _ in 0..<5 { #expect(failure(of: origin, "a.jpg") == .forbidden(by: .credentials)) }
            #expect(server.tokenRequests.count == 2)
            #expect(server.objectRequests.count == 6)
            clock.advance(by: 10)
            #expect(failure(of: origin, "a.jpg") == .forbidden(by: .credentials))
            #expect(server.tokenRequests.count == 3)
        }
    }

    @Test("Are done without where nobody hands them out", arguments: [404, 405, 501])
    func without(status: Int) throws {
        let clock = StoppedClock()
        try HostileOrigin.serve { request in
            request.method == "POST" ? .answer(status) : .answer(200, body: request.headers["authorization"] ?? "none")
        } _: { server in
            let origin = try Self.origin(server, key: GoogleKeys.pem, clock: clock)
            #expect(try origin.text("a.jpg") == "none")
            #expect(try origin.text("b.jpg") == "none")
            #expect(server.tokenRequests.count == 1)
            clock.advance(by: 300)
            _ = try origin.text("a.jpg")
            #expect(server.tokenRequests.count == 2)
        }
    }

    @Test("Fail as their service fails, without asking for the object", arguments: TokenAnswer.bad)
    func badAnswer(_ answer: TokenAnswer) throws {
        try HostileOrigin.serve { _ in
            answer.actions
        } _: { server in
            let origin = try Self.origin(server, key: GoogleKeys.pem, timeouts: TokenAnswer.timeouts)
            let error = failure(of: origin, "a.jpg")
            #expect(error == answer.error)
            #expect(server.objectRequests.isEmpty)
            #expect(server.requests.count <= 2)
        }
    }

    @Test("Are taken where their life is not well said", arguments: TokenAnswer.good)
    func goodAnswer(_ body: String) throws {
        try HostileOrigin.serve { request in
            .answer(200, body: request.method == "POST" ? body : request.headers["authorization"] ?? "")
        } _: { server in
            let origin = try Self.origin(server, key: GoogleKeys.pem)
            #expect(try origin.text("a.jpg") == "Bearer T1")
            #expect(try origin.text("a.jpg") == "Bearer T1")
            #expect(server.tokenRequests.count == 1)
        }
    }

    @Test("Do not follow a redirect")
    func redirect() throws {
        try HostileOrigin.withTokens { other in
            try HostileOrigin.serve { request in
                request.method == "POST"
                    ? .answer(200, body: "{\"access_token\":\"T1\"}")
                    : .answer(302, ["Location: \(other.url)/a.jpg"])
            } _: { server in
                let origin = try Self.origin(server, key: GoogleKeys.pem)
                #expect(failure(of: origin, "a.jpg") == .unidentified(.status(302)))
                #expect(other.connectionCount == 0)
            }
        }
    }

    @Test("Are not shown, and neither is the key")
    func secrecy() throws {
        let pem = try GoogleKeys.pem
        let secret = try #require(pem.split(separator: "\n").dropFirst(3).first)
        try HostileOrigin.serve { request in
            .answer(request.method == "POST" ? 200 : 401, body: "{\"access_token\":\"geheim-1\"}")
        } _: { server in
            let origin = try Self.origin(server, key: pem)
            let error = try #require(failure(of: origin, "a.jpg"))
            let text = shown(origin) + shown(error) + error.detail + error.message
            #expect(!text.contains("geheim") && !text.contains(secret))
        }
    }
}
