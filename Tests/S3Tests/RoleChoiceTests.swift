import Glibc
import HostileOrigin
import S3
import Testing
import Transfer

/// Which source the environment names.
@Suite("The source of a role's credentials")
struct RoleChoiceTests {
    private static let everything = [
        "AWS_ACCESS_KEY_ID": "known", "AWS_SECRET_ACCESS_KEY": Secret.key, "AWS_SESSION_TOKEN": Secret.session,
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/a",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.org/", "AWS_EC2_METADATA_DISABLED": "TRUE",
    ]

    struct Case: CustomTestStringConvertible {
        let name: String
        /// Taken out of all that there is, or set to something else.
        let changes: [String: String?]
        let source: CredentialProblem.Source
        let reason: CredentialProblem.Reason

        var testDescription: String { name }
    }

    private static let noKeys: [String: String?] = ["AWS_ACCESS_KEY_ID": nil, "AWS_SECRET_ACCESS_KEY": ""]
    private static let noFile = noKeys.merging(["AWS_WEB_IDENTITY_TOKEN_FILE": ""]) { $1 }
    private static let nothing = noFile.merging(["AWS_CONTAINER_CREDENTIALS_FULL_URI": nil]) { $1 }

    private static func changed(_ changes: [String: String?]) -> [String: String] {
        everything.merging(changes.mapValues { $0 ?? "" }) { $1 }
    }

    @Test("Keys of the environment come first, and nobody is asked")
    func keys() throws {
        let role = lender(Self.everything)
        let keys = S3Credentials(accessKey: "known", secretKey: Secret.key, sessionToken: Secret.session)
        #expect(try role.credentials(until: roleSoon) == keys)
        let lasting = lender(Self.changed(["AWS_SESSION_TOKEN": nil]))
        #expect(try lasting.credentials(until: roleSoon).sessionToken == nil)
    }

    @Test(
        "The others follow in the order of Amazon's SDKs, and a mistake is named",
        arguments: [
            Case(
                name: "half a pair", changes: ["AWS_SECRET_ACCESS_KEY": nil], source: .environment,
                reason: .badSetting("AWS_SECRET_ACCESS_KEY")),
            Case(
                name: "the other half", changes: ["AWS_ACCESS_KEY_ID": ""], source: .environment,
                reason: .badSetting("AWS_ACCESS_KEY_ID")),
            Case(
                name: "a line end", changes: ["AWS_SESSION_TOKEN": "a\n"], source: .environment,
                reason: .badSetting("AWS_SESSION_TOKEN")),
            Case(name: "token file", changes: noKeys, source: .webIdentity, reason: .tokenFile(errno: ENOENT)),
            Case(
                name: "no role for the token", changes: noKeys.merging(["AWS_ROLE_ARN": nil]) { $1 },
                source: .webIdentity, reason: .badSetting("AWS_ROLE_ARN")),
            Case(
                name: "a region that is none", changes: noKeys.merging(["AWS_REGION": "evil.example/"]) { $1 },
                source: .webIdentity, reason: .badSetting("AWS_REGION")),
            Case(
                name: "an endpoint that is none", changes: noKeys.merging(["AWS_ENDPOINT_URL_STS": "sts"]) { $1 },
                source: .webIdentity, reason: .badSetting("AWS_ENDPOINT_URL_STS")),
            Case(
                name: "a container", changes: noFile, source: .container,
                reason: .badSetting("AWS_CONTAINER_CREDENTIALS_FULL_URI")),
            Case(
                name: "a container's token",
                changes: noFile.merging([
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nX: y",
                ]) { $1 },
                source: .container, reason: .badSetting("AWS_CONTAINER_AUTHORIZATION_TOKEN")),
            Case(name: "nothing", changes: nothing, source: .instance, reason: .disabled),
            Case(
                name: "an instance",
                changes: nothing.merging([
                    "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "ftp://a/",
                ]) { $1 },
                source: .instance, reason: .badSetting("AWS_EC2_METADATA_SERVICE_ENDPOINT")),
        ])
    func order(expected: Case) {
        let role = lender(Self.changed(expected.changes))
        #expect(throws: noCredentials(expected.source, expected.reason)) { try role.credentials(until: roleSoon) }
    }

    private static let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    private static let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"

    @Test(
        "A container's service is this machine, an address of ECS or EKS, or has TLS",
        arguments: [
            "http://localhost/a", "http://127.0.0.1:51679/a", "http://127.8.9.10/a", "http://[::1]/a",
            "http://169.254.170.2/a", "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials",
            "http://[fd00:ec2:0:0::23]/a", "http://2130706433/a", "https://example.org/a", "https://10.0.0.1:8443/",
        ])
    func accepted(text: String) throws {
        #expect(try ContainerRole.url(in: [Self.full: text]) == TransferURL(text))
    }

    @Test(
        "Nobody else gets its token",
        arguments: [
            "http://example.org/", "http://10.0.0.1/", "http://169.254.170.3/", "http://169.254.169.254/",
            "http://[fd00:ec2::24]/", "http://localhost.example.org/", "http://127.0.0.1.example.org/",
            "http://127.0.0.1@example.org/", "http://example.org#@127.0.0.1/", "ftp://127.0.0.1/", "/a", "127.0.0.1",
            "http://", "http://0.0.0.0/", "http://[::]/", "http://127.0.0.1:99999/",
        ])
    func refused(text: String) {
        #expect(throws: CredentialProblem.Reason.badSetting(Self.full)) { try ContainerRole.url(in: [Self.full: text]) }
    }

    @Test("A relative URI is ECS', and goes before a full one")
    func relativeURI() throws {
        let environment = [Self.relative: "/v2/credentials/1?a", Self.full: "http://127.0.0.1/"]
        #expect(try ContainerRole.url(in: environment)?.text == "http://169.254.170.2/v2/credentials/1?a")
        #expect(try ContainerRole.url(in: [:]) == nil)
        #expect(try ContainerRole.url(in: [Self.relative: "", Self.full: ""]) == nil)
    }

    @Test(
        "A relative URI stays there",
        arguments: ["v2", "@example.org/", ".example.org/", ":1234@example.org/", "/a b", "/\u{0}", "/\n"])
    func badRelativeURI(text: String) {
        #expect(throws: CredentialProblem.Reason.badSetting(Self.relative)) {
            try ContainerRole.url(in: [Self.relative: text])
        }
    }
}
