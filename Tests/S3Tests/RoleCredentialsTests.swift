import Deadlines
import HostileOrigin
import S3
import Testing
import Transfer

@Suite("A role's credentials")
struct RoleCredentialsTests {
    private static let hour = "2026-01-31T13:00:00Z"
    private static let lent = S3Credentials(accessKey: "known", secretKey: Secret.key, sessionToken: Secret.session)

    /// Headers of a request that are not the same for every one.
    private func special(_ request: HostileOrigin.Request) -> [String: String] {
        request.headers.filter { !["host", "user-agent", "accept", "accept-encoding"].contains($0.key) }
    }

    @Test("The instance's service is asked as version 2 wants it, once")
    func instance() throws {
        let kind = RoleKind.instance
        try HostileOrigin.serve(kind.script { kind.lent(until: Self.hour) }) { origin throws in
            let role = lender(kind.environment(origin.url, tokenFile: ""))
            for _ in 0..<2 { #expect(try role.credentials(until: roleSoon) == Self.lent) }
            let requests = origin.requests
            let folder = "/latest/meta-data/iam/security-credentials/"
            #expect(
                requests.map { "\($0.method) \($0.path)" } == [
                    "PUT /latest/api/token", "GET \(folder)", "GET \(folder)pictures",
                ])
            #expect(
                requests.map(special) == [
                    ["x-aws-ec2-metadata-token-ttl-seconds": "60", "content-length": "0"],
                    ["x-aws-ec2-metadata-token": Secret.token], ["x-aws-ec2-metadata-token": Secret.token],
                ])
        }
    }

    @Test("The container's service is asked with its token, the file's before the variable's")
    func container() throws {
        let kind = RoleKind.container
        let file = try RoleFile(" file-token\n")
        try HostileOrigin.serve(kind.script { kind.lent(until: Self.hour) }) { origin throws in
            var environment = kind.environment("\(origin.url)/v1/role?a=b", tokenFile: "")
            #expect(try lender(environment).credentials(until: roleSoon) == Self.lent)
            environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = file.path
            #expect(try lender(environment).credentials(until: roleSoon) == Self.lent)
            environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = ""
            environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = nil
            #expect(try lender(environment).credentials(until: roleSoon) == Self.lent)
            let requests = origin.requests
            #expect(requests.allSatisfy { $0.method == "GET" && $0.path == "/v1/role?a=b" })
            #expect(
                requests.map(special) == [["authorization": Secret.token], ["authorization": "file-token"], [:]])
        }
    }

    @Test("A web identity is exchanged at STS by a form")
    func webIdentity() throws {
        let kind = RoleKind.webIdentity
        let file = try RoleFile("a.b-c_d+/=\n")
        try HostileOrigin.serve(kind.script { kind.lent(until: Self.hour) }) { origin throws in
            var environment = kind.environment(origin.url, tokenFile: file.path)
            #expect(try lender(environment).credentials(until: roleSoon) == Self.lent)
            environment["AWS_ROLE_SESSION_NAME"] = "name@host"
            #expect(try lender(environment).credentials(until: roleSoon) == Self.lent)
            let form =
                "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
                + "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fpictures&RoleSessionName="
            let token = "&WebIdentityToken=a.b-c_d%2B%2F%3D"
            let requests = origin.requests
            #expect(requests.allSatisfy { $0.method == "POST" && $0.path == "/" })
            #expect(
                requests.map { String(decoding: $0.body, as: UTF8.self) } == [
                    form + "apus" + token, form + "name%40host" + token,
                ])
            #expect(requests.first?.headers["content-type"] == "application/x-www-form-urlencoded")
            #expect(requests.first?.headers["authorization"] == nil)
        }
    }

    @Test("They are made new before they end, and the token's file is read anew", arguments: RoleKind.allCases)
    func renewal(kind: RoleKind) throws {
        let count = Monitor(0)
        let file = try RoleFile("first")
        let clock = RoleClock()
        let script = kind.script {
            let number = count.update { count in
                count += 1
                return count
            }
            return kind.lent("key\(number)", until: "2026-01-31T1\(2 + number):00:00Z")
        }
        try HostileOrigin.serve(script) { origin throws in
            var environment = kind.environment(origin.url, tokenFile: file.path)
            if kind == .container { environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = file.path }
            let role = lender(environment, clock: clock)
            #expect(try role.credentials(until: roleSoon).accessKey == "key1")
            clock.at(3299)
            #expect(try role.credentials(until: roleSoon).accessKey == "key1")
            try file.write("second")
            clock.at(3300)
            #expect(try role.credentials(until: roleSoon).accessKey == "key2")
            clock.at(6899)
            #expect(try role.credentials(until: roleSoon).accessKey == "key2")
            clock.at(7200)
            #expect(try role.credentials(until: roleSoon).accessKey == "key3")
            let tokens = origin.requests.compactMap { request in
                request.headers["authorization"]
                    ?? String(decoding: request.body, as: UTF8.self).split(separator: "WebIdentityToken=").dropFirst()
                    .first.map(String.init)
            }
            #expect(tokens == (kind == .instance ? [] : ["first", "second", "second"]))
        }
    }

    @Test("As long as they are good, a service that is away stops nothing", arguments: RoleKind.allCases)
    func away(kind: RoleKind) throws {
        let isAway = Monitor(false)
        let file = try RoleFile(Secret.token)
        let clock = RoleClock()
        let script = kind.script { isAway.withLock { $0 } ? .answer(500) : kind.lent(until: Self.hour) }
        try HostileOrigin.serve(script) { origin throws in
            let role = lender(kind.environment(origin.url, tokenFile: file.path), clock: clock)
            _ = try role.credentials(until: roleSoon)
            isAway.withLock { $0 = true }
            clock.at(3599)
            #expect(try role.credentials(until: roleSoon) == Self.lent)
            clock.at(3600)
            let refusal = noCredentials(kind.source, .refused(status: 500, code: ""))
            let before = origin.requests.count
            for _ in 0..<3 { #expect(throws: refusal) { try role.credentials(until: roleSoon) } }
            #expect(origin.requests.count == before + (kind == .instance ? 3 : 1))
        }
    }

    @Test("How long they are good is counted by the service's clock", arguments: RoleKind.allCases)
    func skew(kind: RoleKind) throws {
        let file = try RoleFile(Secret.token)
        let clock = RoleClock()
        // A day ahead of the service.
        clock.at(86_400)
        let script = kind.script { kind.lent(until: Self.hour, date: "Sat, 31 Jan 2026 12:00:00 GMT") }
        try HostileOrigin.serve(script) { origin throws in
            let role = lender(kind.environment(origin.url, tokenFile: file.path), clock: clock)
            #expect(try role.credentials(until: roleSoon) == Self.lent)
            let count = origin.requests.count
            clock.at(86_400 + 3299)
            #expect(try role.credentials(until: roleSoon) == Self.lent)
            #expect(origin.requests.count == count)
            clock.at(86_400 + 3300)
            #expect(try role.credentials(until: roleSoon) == Self.lent)
            #expect(origin.requests.count == 2 * count)
        }
    }

    @Test("A bucket's requests are signed with them")
    func signed() throws {
        let kind = RoleKind.container
        let script: HostileOrigin.Script = { request in
            request.path == "/role" ? kind.lent(until: Self.hour) : .answer(200, body: "x")
        }
        try HostileOrigin.serve(script) { origin throws in
            let client = S3Client(
                try S3Bucket("photos", endpoint: origin.url),
                credentials: lender(kind.environment(origin.url + "/role", tokenFile: "")), transfer: TransferClient(),
                purpose: "test", limits: roleLimits)
            for _ in 0..<2 { _ = try client.getObject("a", limit: 5, until: roleSoon) }
            #expect(origin.requests.map(\.path) == ["/role", "/photos/a", "/photos/a"])
            let headers = try #require(origin.requests.last?.headers)
            #expect(headers["authorization"]?.contains("Credential=known/") == true)
            #expect(headers["x-amz-security-token"] == Secret.session)
        }
    }

    @Test(
        "Moments are read as services write them",
        arguments: [
            "2026-01-31T13:00:00Z", "2026-01-31T13:00:00.123456Z", "2026-01-31T13:00:00+00:00",
            "2026-01-31T13:00:00.5+00:00",
        ])
    func moments(expiration: String) throws {
        let kind = RoleKind.container
        try HostileOrigin.serve(kind.script { kind.lent(until: expiration) }) { origin throws in
            let clock = RoleClock()
            let role = lender(kind.environment(origin.url, tokenFile: ""), clock: clock)
            for second: Int64 in [0, 3299, 3300] {
                clock.at(second)
                #expect(try role.credentials(until: roleSoon) == Self.lent)
            }
            #expect(origin.requests.count == 2)
        }
    }
}
