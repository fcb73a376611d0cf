import Deadlines
import Glibc
import HostileOrigin
import S3
import Testing
import Transfer

/// The services that lend a role's credentials, each as a script on the loopback.
enum RoleKind: CaseIterable, CustomTestStringConvertible {
    case webIdentity, container, instance

    var testDescription: String { "\(source)" }

    var source: CredentialProblem.Source {
        switch self {
        case .webIdentity: .webIdentity
        case .container: .container
        case .instance: .instance
        }
    }

    /// What names this source, with the secrets of `Secret`.
    func environment(_ url: String, tokenFile: String) -> [String: String] {
        switch self {
        case .webIdentity:
            [
                "AWS_WEB_IDENTITY_TOKEN_FILE": tokenFile, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/pictures",
                "AWS_ENDPOINT_URL_STS": url,
            ]
        case .container:
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": Secret.token]
        case .instance: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": url]
        }
    }

    /// What the service says: for the instance, `actions` answer the last of its three requests.
    func script(_ actions: @escaping @Sendable () -> [Action]) -> HostileOrigin.Script {
        { request in
            guard self == .instance else { return actions() }
            switch request.path {
            case "/latest/api/token": return .answer(200, body: Secret.token)
            case "/latest/meta-data/iam/security-credentials/": return .answer(200, body: "pictures\nothers")
            default: return actions()
            }
        }
    }

    /// A proper answer with credentials.
    func lent(_ accessKey: String = "known", until expiration: String, date: String? = nil) -> [Action] {
        let headers = date.map { ["Date: \($0)"] } ?? []
        guard self == .webIdentity else {
            return .answer(200, headers, body: Self.json(accessKey, expiration: expiration))
        }
        return .answer(
            200, headers,
            body: """
                <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                  <AssumeRoleWithWebIdentityResult>
                    <SubjectFromWebIdentityToken>system:serviceaccount:a:b</SubjectFromWebIdentityToken>
                    <AssumedRoleUser><Arn>arn:aws:sts::1:x</Arn><AssumedRoleId>A:b</AssumedRoleId></AssumedRoleUser>
                    <Credentials>
                      <SessionToken>\(Secret.session)</SessionToken>
                      <SecretAccessKey>\(Secret.key)</SecretAccessKey>
                      <Expiration>\(expiration)</Expiration>
                      <AccessKeyId>\(accessKey)</AccessKeyId>
                    </Credentials>
                  </AssumeRoleWithWebIdentityResult>
                  <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
                </AssumeRoleWithWebIdentityResponse>
                """)
    }

    static func json(_ accessKey: String = "known", expiration: String, code: String = "Success") -> String {
        """
        {"Code": "\(code)", "LastUpdated": "2026-01-31T11:00:00Z", "Type": "AWS-HMAC",
         "AccessKeyId": "\(accessKey)", "SecretAccessKey": "\(Secret.key)", "Token": "\(Secret.session)",
         "Expiration": "\(expiration)"}
        """
    }
}

/// What must never be shown.
enum Secret {
    static let token = "THE.TOKEN-OF/THE+SERVICE="
    static let key = "THE/HIDDEN+KEY"
    static let session = "THE/SESSION/TOKEN=="
    static let all = [token, key, session]
}

let roleLimits = TransferLimits(
    connect: .seconds(20), firstByte: .seconds(20), stall: .seconds(20), bodyBytes: 1_000_000)

var roleSoon: Deadline { Deadline(in: .seconds(30)) }

/// A clock that the test turns; it begins at 2026-01-31T12:00:00Z.
final class RoleClock: Sendable {
    static let start: Int64 = 1_769_860_800
    private let seconds = Monitor(start)

    func at(_ second: Int64) {
        seconds.withLock { $0 = Self.start + second }
    }

    var now: Int64 { seconds.withLock { $0 } }
}

/// A role's credentials in that environment.
func lender(
    _ environment: [String: String], limits: TransferLimits = roleLimits, clock: RoleClock = RoleClock()
) -> RoleCredentials {
    RoleCredentials(environment: environment, transfer: TransferClient(), limits: limits) { clock.now }
}

func noCredentials(_ source: CredentialProblem.Source, _ reason: CredentialProblem.Reason) -> S3Error {
    .noCredentials(CredentialProblem(source, reason))
}

/// A file for the length of a test.
final class RoleFile {
    let path: String

    init(_ text: String) throws {
        var template = Array("/var/tmp/apus-role-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw SystemFailure(call: "mkstemp", errno: errno) }
        close(descriptor)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        try write(text)
    }

    deinit { unlink(path) }

    func write(_ text: String) throws {
        let descriptor = open(path, O_WRONLY | O_TRUNC)
        guard descriptor >= 0 else { throw SystemFailure(call: "open", errno: errno) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw SystemFailure(call: "write", errno: errno)
        }
    }
}
