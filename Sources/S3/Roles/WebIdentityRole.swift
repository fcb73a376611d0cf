import Deadlines
import Transfer

/// A role that is assumed with a token from a file, as in Kubernetes: `AssumeRoleWithWebIdentity` of Amazon's STS, which
/// takes requests without signature.
struct WebIdentityRole: CredentialService {
    let source = CredentialProblem.Source.webIdentity
    private let file: TokenFile
    private let role: String
    private let session: String
    private let endpoint: ServiceBase

    /// STS answers within a second or two.
    private static let longest: Duration = .seconds(5)

    /// `nil` if the environment names no token file. Throws `.badSetting`.
    init?(_ environment: RoleEnvironment) throws(CredentialProblem.Reason) {
        guard let path = environment["AWS_WEB_IDENTITY_TOKEN_FILE"] else { return nil }
        file = TokenFile(path: path)
        guard let role = environment["AWS_ROLE_ARN"] else { throw .badSetting("AWS_ROLE_ARN") }
        self.role = role
        session = environment["AWS_ROLE_SESSION_NAME"] ?? "apus"
        endpoint = try Self.endpoint(environment)
    }

    private static func endpoint(_ environment: RoleEnvironment) throws(CredentialProblem.Reason) -> ServiceBase {
        if let endpoint = try environment.base("AWS_ENDPOINT_URL_STS") { return endpoint }
        let name = ["AWS_REGION", "AWS_DEFAULT_REGION"].first { environment[$0] != nil }
        var host = "sts.amazonaws.com"
        if let name, let region = environment[name] {
            guard S3Bucket.isRegion(region) else { throw .badSetting(name) }
            host = "sts.\(region).amazonaws.com\(region.hasPrefix("cn-") ? ".cn" : "")"
        }
        guard let base = ServiceBase("https://\(host)") else { throw .badSetting(name ?? "AWS_REGION") }
        return base
    }

    func lend(
        through client: ServiceClient, until deadline: Deadline
    ) throws(CredentialProblem.Reason) -> LentCredentials {
        let fields = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
            ("RoleSessionName", session), ("WebIdentityToken", try file.token()),
        ]
        let form = fields.map { "\($0)=\(percentEncoded($1))" }.joined(separator: "&")
        let answer = try client.ask(
            .post([Array(form.utf8)]), try endpoint.url("/"),
            [HeaderField("Content-Type", "application/x-www-form-urlencoded")], longest: Self.longest, until: deadline)
        guard let document = XMLDocument(answer.body) else { throw .malformed }
        let path = "AssumeRoleWithWebIdentityResponse/AssumeRoleWithWebIdentityResult/Credentials/"
        return try LentCredentials(
            accessKey: document[path + "AccessKeyId"], secretKey: document[path + "SecretAccessKey"],
            token: document[path + "SessionToken"], expiration: document[path + "Expiration"], moment: answer.moment)
    }
}
