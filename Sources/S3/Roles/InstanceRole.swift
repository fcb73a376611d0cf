import Deadlines
import Transfer

/// The role of an EC2 instance, lent by its metadata service. Version 2 only: version 1 answers whoever makes this
/// machine ask a URL.
struct InstanceRole: CredentialService {
    let source = CredentialProblem.Source.instance
    private let endpoint: ServiceBase

    /// The service answers at once, or there is none: three requests at most.
    private static let longest: Duration = .seconds(2)
    /// Seconds that a token of the service is good for: one is fetched with all that is asked at a time.
    private static let tokenLife = "60"
    private static let longestName = 128

    /// `nil` if the environment forbids to ask. Throws `.badSetting`.
    init?(_ environment: RoleEnvironment) throws(CredentialProblem.Reason) {
        guard !environment.isTrue("AWS_EC2_METADATA_DISABLED") else { return nil }
        let name = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
        let isVersion6 = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
        let usual = isVersion6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
        guard let endpoint = try environment.base(name) ?? ServiceBase(usual) else { throw .badSetting(name) }
        self.endpoint = endpoint
    }

    func lend(
        through client: ServiceClient, until deadline: Deadline
    ) throws(CredentialProblem.Reason) -> LentCredentials {
        func ask(
            _ method: TransferMethod, _ path: String, _ header: HeaderField
        ) throws(CredentialProblem.Reason) -> ServiceClient.Answer {
            try client.ask(method, try endpoint.url(path), [header], longest: Self.longest, until: deadline)
        }
        let lifetime = HeaderField("X-aws-ec2-metadata-token-ttl-seconds", Self.tokenLife)
        let token = String(decoding: try ask(.put([]), "/latest/api/token", lifetime).body, as: UTF8.self)
        guard token.isPlain else { throw .malformed }
        let header = HeaderField("X-aws-ec2-metadata-token", token)
        let folder = "/latest/meta-data/iam/security-credentials/"
        do throws(CredentialProblem.Reason) {
            let role = try Self.name(in: try ask(.get, folder, header).body)
            return try LentCredentials(try ask(.get, folder + percentEncoded(role), header))
        } catch .refused(404, _) {
            throw .noRole
        }
    }

    /// The first line of the list of roles, which has one.
    private static func name(in list: [UInt8]) throws(CredentialProblem.Reason) -> String {
        let line = list.prefix { $0 != 0x0A && $0 != 0x0D }
        let name = String(decoding: line, as: UTF8.self)
        guard !line.isEmpty else { throw .noRole }
        guard name.isPlain, line.count <= longestName, !name.contains("/") else { throw .malformed }
        return name
    }
}
