import Deadlines
import HostileOrigin
import JSONReading
import Origins
import Testing
import TextEncodings
import Transfer

@Suite("AKENEO_PIM origins")
struct AkeneoOriginTests {
    private static let credentials = AkeneoCredentials(
        clientID: "1_client", clientSecret: "geheim:1", username: "magento", password: "geheim \"2\" é")

    private static func origin(
        _ server: HostileOrigin, path: String = "", clock: StoppedClock = StoppedClock(),
        timeouts: OriginTimeouts = OriginTimeouts()
    ) throws -> AkeneoOrigin {
        try AkeneoOrigin(
            id: "pim", baseURL: server.url + path, credentials: credentials,
            settings: WebSettings(client: TransferClient(), timeouts: timeouts), now: { clock.now })
    }

    /// The grants that were asked for: `password`, or the refresh token that was shown.
    private static func grants(_ server: HostileOrigin) -> [String?] {
        server.tokenRequests.map { request in
            guard case .object(let fields)? = JSON(request.body), case .string(let type)? = fields["grant_type"] else {
                return nil
            }
            if case .string(let token)? = fields["refresh_token"], type == "refresh_token" { return token }
            return type
        }
    }

    @Test(
        "Ask for each kind of file where Akeneo has it",
        arguments: [
            (["media-files", "f", "d", "fd1d_name.png"], "/api/rest/v1/media-files/f/d/fd1d_name.png/download"),
            (["media-file", "f", "a.png"], "/api/rest/v1/media-files/f/a.png/download"),
            (["asset-media-files", "f", "a.png"], "/api/rest/v1/asset-media-files/f/a.png"),
            (["asset-media-file", "a.png"], "/api/rest/v1/asset-media-files/a.png"),
            (["reference-entities-media-files", "a", "b.png"], "/api/rest/v1/reference-entities-media-files/a/b.png"),
            (["reference-entities-media-file", "b.png"], "/api/rest/v1/reference-entities-media-files/b.png"),
            (["reference-entity-media-file", "b.png"], "/api/rest/v1/reference-entities-media-files/b.png"),
            (["media-files/a", "b.png"], "/api/rest/v1/media-files/a/b.png/download"),
            (["media-files", "a b+c?d#e%.png"], "/api/rest/v1/media-files/a%20b%2Bc%3Fd%23e%25.png/download"),
            (["media-files", "日本", "cafe\u{301}"], "/api/rest/v1/media-files/%E6%97%A5%E6%9C%AC/cafe%CC%81/download"),
        ])
    func path(segments: [String], expected: String) throws {
        try HostileOrigin.withTokens { server in
            let origin = try Self.origin(server)
            #expect(try origin.body(object(named: segments, query: "a=b")).text() == "Bearer T1")
            #expect(server.objectRequests.map(\.path) == [expected])
        }
    }

    @Test(
        "Ask nobody for anything else",
        arguments: [
            [], [""], ["media-files"], ["media-files", ""], ["media-files", "..", "x"], ["media-files/"],
            ["Media-Files", "a"], ["medias", "a"], ["api", "rest"], ["products", "a"], ["media-files%2Fa"], ["a.png"],
        ])
    func noFile(segments: [String]) throws {
        try HostileOrigin.withTokens { server in
            #expect(throws: OriginError.notFound) { try Self.origin(server).body(object(named: segments)) }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("Sign in with all four credentials, below the base URL", arguments: ["", "/", "/pim", "/pim//"])
    func login(path: String) throws {
        try HostileOrigin.withTokens { server in
            _ = try Self.origin(server, path: path).text("media-files", "a.png")
            let request = try #require(server.tokenRequests.first)
            let base = path.hasPrefix("/pim") ? "/pim" : ""
            #expect(request.path == base + "/api/oauth/v1/token")
            #expect(server.objectRequests.map(\.path) == [base + "/api/rest/v1/media-files/a.png/download"])
            #expect(request.headers["authorization"] == "Basic " + Base64.encoded([UInt8]("1_client:geheim:1".utf8)))
            #expect(request.headers["content-type"] == "application/json")
            let fields: [String: JSON] = [
                "grant_type": .string("password"), "username": .string("magento"),
                "password": .string("geheim \"2\" é"),
            ]
            #expect(JSON(request.body) == .object(fields))
        }
    }

    @Test("Exchange the refresh token when the access token nears its end")
    func refresh() throws {
        let clock = StoppedClock()
        try HostileOrigin.withTokens(refresh: true) { server in
            let origin = try Self.origin(server, clock: clock)
            for _ in 0..<3 {
                _ = try origin.text("media-files", "a.png")
                clock.advance(by: 3500)
            }
            #expect(Self.grants(server) == ["password", "R1", "R2"])
        }
    }

    @Test("Sign in again when the refresh token is refused", arguments: [400, 401, 403, 422])
    func refreshRefused(status: Int) throws {
        let clock = StoppedClock()
        try HostileOrigin.serve { request in
            switch request.method {
            case "GET": .answer(200)
            case _ where String(decoding: request.body, as: UTF8.self).contains("\"password\""):
                .answer(200, body: "{\"access_token\":\"T\",\"expires_in\":3600,\"refresh_token\":\"R\"}")
            default: .answer(status)
            }
        } _: { server in
            let origin = try Self.origin(server, clock: clock)
            _ = try origin.text("media-files", "a.png")
            clock.advance(by: 4000)
            _ = try origin.text("media-files", "a.png")
            #expect(Self.grants(server) == ["password", "R", "password"])
        }
    }

    @Test("Keep the refresh token where no other comes with the next access token")
    func refreshKept() throws {
        let clock = StoppedClock()
        try HostileOrigin.serve { request in
            let isFirst = String(decoding: request.body, as: UTF8.self).contains("\"password\"")
            let more = isFirst ? ",\"refresh_token\":\"R\"" : ""
            return .answer(200, body: "{\"access_token\":\"T\",\"expires_in\":3600\(more)}")
        } _: { server in
            let origin = try Self.origin(server, clock: clock)
            for _ in 0..<3 {
                _ = try origin.text("media-files", "a.png")
                clock.advance(by: 4000)
            }
            #expect(Self.grants(server) == ["password", "R", "R"])
        }
    }

    @Test("Renew a token that is refused before its time, once")
    func refused() throws {
        try HostileOrigin.withTokens(isTaken: { token, _ in token != 1 }, refresh: true) { server in
            let origin = try Self.origin(server)
            #expect(try origin.text("media-files", "a.png") == "Bearer T2")
            #expect(Self.grants(server) == ["password", "R1"])
        }
    }

    @Test("Go on with a token while it is good and none can be had")
    func outage() throws {
        let clock = StoppedClock()
        let isDown = Monitor(false)
        try HostileOrigin.serve { request in
            guard request.method == "POST" else { return .answer(200, body: request.headers["authorization"] ?? "") }
            if isDown.withLock({ $0 }) { return .answer(500) }
            return .answer(200, body: "{\"access_token\":\"T1\",\"expires_in\":3600}")
        } _: { server in
            let origin = try Self.origin(server, clock: clock)
            _ = try origin.text("media-files", "a.png")
            isDown.withLock { $0 = true }
            clock.advance(by: 3500)
            #expect(try origin.text("media-files", "a.png") == "Bearer T1")
            clock.advance(by: 100)
            #expect(failure(of: origin, "media-files", "a.png") == .unidentified(.status(500)))
        }
    }

    @Test("Fail as their token service fails, without asking for the file", arguments: TokenAnswer.bad)
    func badAnswer(_ answer: TokenAnswer) throws {
        try HostileOrigin.serve { _ in
            answer.actions
        } _: { server in
            let origin = try Self.origin(server, timeouts: TokenAnswer.timeouts)
            #expect(failure(of: origin, "media-files", "a.png") == answer.error)
            #expect(server.objectRequests.isEmpty)
        }
    }

    @Test("Take a missing token service for no missing file", arguments: [404, 405, 410, 501])
    func noTokenService(status: Int) throws {
        try HostileOrigin.serve { _ in
            .answer(status)
        } _: { server in
            let origin = try Self.origin(server)
            #expect(failure(of: origin, "media-files", "a.png") == .unidentified(.noToken))
        }
    }

    @Test(
        "Map every refusal, and show no credentials in any",
        arguments: [
            (404, OriginError.notFound), (403, .forbidden()), (401, .forbidden(by: .credentials)),
            (500, .unidentified(.status(500))), (200, .unidentified(.contentCoding)),
        ])
    func refusal(status: Int, error: OriginError) throws {
        try HostileOrigin.serve { request in
            request.method == "POST"
                ? .answer(200, body: "{\"access_token\":\"geheim-3\",\"refresh_token\":\"geheim-4\"}")
                : .answer(status, ["Content-Encoding: gzip"])
        } _: { server in
            let origin = try Self.origin(server)
            let met = try #require(failure(of: origin, "media-files", "a.png"))
            #expect(met == error)
            let text = shown(origin) + shown(met) + shown(Self.credentials) + met.detail + met.message
            #expect(!text.contains("geheim"))
        }
    }

    @Test("Show the token to nobody else, and take nobody else's word for it", arguments: [200, 401])
    func redirect(status: Int) throws {
        try HostileOrigin.serve { _ in
            .answer(status)
        } _: { other in
            try HostileOrigin.serve { request in
                request.method == "POST"
                    ? .answer(200, body: "{\"access_token\":\"T1\"}")
                    : .answer(302, ["Location: \(other.url)/a.jpg"])
            } _: { server in
                let origin = try AkeneoOrigin(
                    id: "pim", baseURL: server.url, credentials: Self.credentials,
                    settings: WebSettings(client: TransferClient(), strangers: .configured))
                #expect(failure(of: origin, "media-files", "a.png") == (status == 200 ? nil : .forbidden()))
                #expect(other.requests.map { $0.headers["authorization"] } == [nil])
                #expect(server.tokenRequests.count == 1)
            }
        }
    }

    @Test("Need a base URL", arguments: ["", "pim.example", "ftp://pim.example", "https://pim.example/?a=b"])
    func badBase(url: String) {
        #expect(throws: OriginSettingsError.baseUrl) {
            try AkeneoOrigin(
                id: "pim", baseURL: url, credentials: Self.credentials,
                settings: WebSettings(client: TransferClient()))
        }
    }
}
