import Deadlines
import Glibc
import HostileOrigin
import S3
import Testing
import Transfer

@Suite("A role that lends nothing")
struct RoleFailureTests {
    struct Mishap: Sendable, CustomTestStringConvertible {
        let name: String
        let actions: [Action]
        let reason: CredentialProblem.Reason

        var testDescription: String { name }

        /// The one that ends it is short.
        var limits: TransferLimits {
            var limits = roleLimits
            switch reason {
            case .unreachable(.timedOut(.firstByte)): limits.firstByte = .milliseconds(500)
            case .unreachable(.timedOut(.stall)): limits.stall = .milliseconds(100)
            case .unreachable(.timedOut(.total)):
                (limits.connect, limits.firstByte, limits.stall) = (
                    .milliseconds(300), .milliseconds(500), .milliseconds(500)
                )
            default: break
            }
            return limits
        }
    }

    private static let limit = 64 * 1024
    private static let deep = String(repeating: "[", count: 30_000)

    @Test(
        "Every mishap is a clear reason, and tells no secret",
        arguments: RoleKind.allCases,
        [
            Mishap(name: "401", actions: .answer(401), reason: .refused(status: 401, code: "")),
            Mishap(name: "403", actions: .answer(403, body: "<html>"), reason: .refused(status: 403, code: "")),
            Mishap(name: "404", actions: .answer(404), reason: .refused(status: 404, code: "")),
            Mishap(
                name: "500",
                actions: .answer(500, body: "{\"code\":\"InternalError\",\"message\":\"\(Secret.token)\"}"),
                reason: .refused(status: 500, code: "InternalError")),
            Mishap(
                name: "STS' own error",
                actions: .answer(
                    400, body: "<ErrorResponse><Error><Code>ExpiredTokenException</Code></Error></ErrorResponse>"),
                reason: .refused(status: 400, code: "ExpiredTokenException")),
            Mishap(
                name: "a code that is none", actions: .answer(400, body: "{\"Code\":\"\(Secret.key)\"}"),
                reason: .refused(status: 400, code: "")),
            Mishap(name: "204", actions: [.head("HTTP/1.1 204 No Content")], reason: .refused(status: 204, code: "")),
            Mishap(
                name: "redirect", actions: .answer(302, ["Location: http://127.0.0.1:1/"]),
                reason: .refused(status: 302, code: "")),
            Mishap(name: "nothing", actions: .answer(200), reason: .malformed),
            Mishap(name: "garbage", actions: .answer(200, body: "\u{1}\(Secret.token)"), reason: .malformed),
            Mishap(name: "deep JSON", actions: .answer(200, body: deep), reason: .malformed),
            Mishap(
                name: "deep XML", actions: .answer(200, body: String(repeating: "<a>", count: 9)), reason: .malformed),
            Mishap(name: "an array", actions: .answer(200, body: "[]"), reason: .malformed),
            Mishap(name: "an empty object", actions: .answer(200, body: "{}"), reason: .malformed),
            Mishap(
                name: "announced too large",
                actions: [.head("HTTP/1.1 200 OK", "Content-Length: 999999999"), .silence],
                reason: .unreachable(.tooLarge(limit: limit))),
            Mishap(
                name: "endless", actions: [.head("HTTP/1.1 200 OK"), .flood("{\"a\":")],
                reason: .unreachable(.tooLarge(limit: limit))),
            Mishap(name: "endless head", actions: [.flood("A: b\r\n")], reason: .unreachable(.protocolError)),
            Mishap(
                name: "cut off", actions: [.head("HTTP/1.1 200 OK", "Content-Length: 10"), .send("{"), .close],
                reason: .unreachable(.truncated)),
            Mishap(name: "reset", actions: [.reset], reason: .unreachable(.truncated)),
            Mishap(name: "silent", actions: [.silence], reason: .unreachable(.timedOut(.firstByte))),
            Mishap(
                name: "stalled", actions: [.head("HTTP/1.1 200 OK"), .send("{"), .silence],
                reason: .unreachable(.timedOut(.stall))),
            Mishap(
                name: "dripping", actions: [.head("HTTP/1.1 200 OK"), .drip(" ", milliseconds: 5)],
                reason: .unreachable(.timedOut(.total))),
        ])
    func mishaps(kind: RoleKind, mishap: Mishap) throws {
        let file = try RoleFile(Secret.token)
        let limits = mishap.limits
        try HostileOrigin.serve(kind.script { mishap.actions }) { origin throws in
            let role = lender(kind.environment(origin.url, tokenFile: file.path), limits: limits)
            let isInstance404 = kind == .instance && mishap.reason == .refused(status: 404, code: "")
            let expected = noCredentials(kind.source, isInstance404 ? .noRole : mishap.reason)
            let error = #expect(throws: S3Error.self) { try role.credentials(until: roleSoon) }
            #expect(error == expected)
            check(error, role)
        }
    }

    /// Nothing that can be printed shows a secret.
    private func check(_ error: S3Error?, _ role: RoleCredentials) {
        var texts = [String(describing: role), String(reflecting: role)]
        if let error { texts += [String(describing: error), String(reflecting: error)] }
        var dumped = ""
        dump(role, to: &dumped)
        for text in texts + [dumped] {
            #expect(!Secret.all.contains { text.contains($0) })
        }
    }

    @Test(
        "Credentials that are not whole are none", arguments: RoleKind.allCases,
        [
            "", "soon", "2026-01-31T13:00:00", "2026-13-31T13:00:00Z", "2026-01-31 13:00:00Z",
            "2026-01-31T13:00:00+02:00",
        ])
    func expirations(kind: RoleKind, expiration: String) throws {
        try expect(.malformed, from: kind) { kind.lent(until: expiration) }
    }

    @Test("Keys that no header can carry are none", arguments: RoleKind.allCases, ["", "a b", "é"])
    func keys(kind: RoleKind, key: String) throws {
        try expect(.malformed, from: kind) { kind.lent(key, until: "2026-01-31T13:00:00Z") }
    }

    @Test(
        "What is over already is not used", arguments: RoleKind.allCases,
        ["2026-01-31T12:00:00Z", "2026-01-31T11:59:59Z", "0000-01-01T00:00:00Z"])
    func expired(kind: RoleKind, expiration: String) throws {
        try expect(.expired, from: kind) { kind.lent(until: expiration) }
    }

    @Test("The far future is no trap", arguments: RoleKind.allCases)
    func farFuture(kind: RoleKind) throws {
        let file = try RoleFile(Secret.token)
        let script = kind.script { kind.lent(until: "9999-12-31T23:59:60Z", date: "Sat, 01 Jan 0000 00:00:00 GMT") }
        try HostileOrigin.serve(script) { origin throws in
            let role = lender(kind.environment(origin.url, tokenFile: file.path))
            #expect(try role.credentials(until: roleSoon).accessKey == "known")
        }
    }

    private func expect(
        _ reason: CredentialProblem.Reason, from kind: RoleKind, _ actions: @escaping @Sendable () -> [Action]
    ) throws {
        let file = try RoleFile(Secret.token)
        try HostileOrigin.serve(kind.script(actions)) { origin throws in
            let role = lender(kind.environment(origin.url, tokenFile: file.path))
            #expect(throws: noCredentials(kind.source, reason)) { try role.credentials(until: roleSoon) }
        }
    }

    struct Step: Sendable, CustomTestStringConvertible {
        let name: String
        let token: [Action]
        let list: [Action]
        let reason: CredentialProblem.Reason
        let count: Int

        var testDescription: String { name }
    }

    @Test(
        "The instance's service may fail at each step",
        arguments: [
            Step(
                name: "no version 2", token: .answer(404), list: .answer(200, body: "pictures"),
                reason: .refused(status: 404, code: ""), count: 1),
            Step(
                name: "switched off", token: .answer(403), list: [], reason: .refused(status: 403, code: ""), count: 1),
            Step(name: "empty token", token: .answer(200), list: [], reason: .malformed, count: 1),
            Step(
                name: "page for a token", token: .answer(200, body: "<p>a</p>\n"), list: [], reason: .malformed,
                count: 1),
            Step(
                name: "no such thing as roles", token: .answer(200, body: "t"), list: .answer(404), reason: .noRole,
                count: 2),
            Step(name: "no roles", token: .answer(200, body: "t"), list: .answer(200), reason: .noRole, count: 2),
            Step(
                name: "an unknown token", token: .answer(200, body: "t"), list: .answer(401),
                reason: .refused(status: 401, code: ""), count: 2),
            Step(
                name: "a role that is a way", token: .answer(200, body: "t"),
                list: .answer(200, body: "../../user-data"),
                reason: .malformed, count: 2),
            Step(
                name: "a page for a role", token: .answer(200, body: "t"), list: .answer(200, body: "<html> </html>"),
                reason: .malformed, count: 2),
            Step(
                name: "a role of other kind", token: .answer(200, body: "t"), list: .answer(200, body: "a+=,.@-_é"),
                reason: .malformed, count: 2),
            Step(
                name: "a role that cannot be assumed", token: .answer(200, body: "t"), list: .answer(200, body: "a=b"),
                reason: .refused(status: 200, code: "AssumeRoleUnauthorizedAccess"), count: 3),
        ])
    func steps(step: Step) throws {
        try HostileOrigin.serve { request in
            switch request.path {
            case "/latest/api/token": step.token
            case "/latest/meta-data/iam/security-credentials/": step.list
            case "/latest/meta-data/iam/security-credentials/a%3Db":
                .answer(200, body: RoleKind.json(expiration: "", code: "AssumeRoleUnauthorizedAccess"))
            default: .answer(500)
            }
        } _: { origin throws in
            let role = lender(["AWS_EC2_METADATA_SERVICE_ENDPOINT": origin.url + "/"])
            #expect(throws: noCredentials(.instance, step.reason)) { try role.credentials(until: roleSoon) }
            #expect(origin.requests.count == step.count)
        }
    }

    @Test("A token's file that is none is named by its reason, and nobody is asked")
    func tokenFiles() throws {
        let empty = try RoleFile(" \n")
        let huge = try RoleFile(String(repeating: "a", count: 20_000))
        let binary = try RoleFile("a\u{0}b")
        let files = [
            ("/nonexistent", ENOENT), ("/var/tmp", EINVAL), ("/dev/zero", EINVAL), ("a\u{0}b", ENOENT),
            (empty.path, ENODATA), (binary.path, ENODATA), (huge.path, EFBIG),
        ]
        try HostileOrigin.serve { _ in
            .answer(200)
        } _: { origin throws in
            for kind in [RoleKind.webIdentity, .container] {
                for (path, code) in files {
                    var environment = kind.environment(origin.url, tokenFile: path)
                    if kind == .container { environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = path }
                    let role = lender(environment)
                    #expect(throws: noCredentials(kind.source, .tokenFile(errno: code))) {
                        try role.credentials(until: roleSoon)
                    }
                }
            }
            #expect(origin.requests.isEmpty)
        }
    }

    @Test("A machine without the service is told at once", arguments: RoleKind.allCases)
    func nobody(kind: RoleKind) throws {
        let (socket, port) = try LoopbackSocket.bound()
        defer { LoopbackSocket.close(socket) }
        let file = try RoleFile(Secret.token)
        let role = lender(kind.environment("http://127.0.0.1:\(port)", tokenFile: file.path))
        #expect(throws: noCredentials(kind.source, .unreachable(.refused))) { try role.credentials(until: roleSoon) }
    }

    @Test("The caller's deadline ends it", arguments: RoleKind.allCases)
    func deadline(kind: RoleKind) throws {
        let file = try RoleFile(Secret.token)
        try HostileOrigin.serve(kind.script { [.silence] }) { origin throws in
            let role = lender(kind.environment(origin.url, tokenFile: file.path))
            let late = noCredentials(kind.source, .unreachable(.timedOut(.total)))
            #expect(throws: late) { try role.credentials(until: Deadline(in: .milliseconds(100))) }
            #expect(throws: late) { try role.credentials(until: Deadline(nanoseconds: 0)) }
        }
    }
}
