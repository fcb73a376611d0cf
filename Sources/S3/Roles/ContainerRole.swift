import Deadlines
import HTTPRules
package import Transfer

/// The role of a container, lent by the service that ECS and EKS (Pod Identity) set up beside it.
package struct ContainerRole: CredentialService {
    let source = CredentialProblem.Source.container
    private let url: TransferURL
    private let authorization: Authorization

    private enum Authorization {
        case none
        case token(String)
        case file(TokenFile)
    }

    /// The first answer of EKS' agent waits for one of STS.
    private static let longest: Duration = .seconds(5)

    /// `nil` if the environment names no such service. Throws `.badSetting`.
    init?(_ environment: RoleEnvironment) throws(CredentialProblem.Reason) {
        guard let url = try Self.url(environment) else { return nil }
        self.url = url
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            authorization = .file(TokenFile(path: path))
        } else if environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] != nil {
            authorization = .token(try environment.secret("AWS_CONTAINER_AUTHORIZATION_TOKEN"))
        } else {
            authorization = .none
        }
    }

    /// What is asked for credentials: `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` at ECS' own address, else
    /// `AWS_CONTAINER_CREDENTIALS_FULL_URI`; `nil` if there is neither.
    ///
    /// Throws `.badSetting`, also for a full one that would send the token in clear text to any host but this machine and
    /// the addresses that ECS and EKS have for it.
    package static func url(in environment: [String: String]) throws(CredentialProblem.Reason) -> TransferURL? {
        try url(RoleEnvironment(environment))
    }

    private static func url(_ environment: RoleEnvironment) throws(CredentialProblem.Reason) -> TransferURL? {
        let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
        if let path = environment[relative] {
            guard path.hasPrefix("/"), let url = try? TransferURL("http://169.254.170.2\(path)") else {
                throw .badSetting(relative)
            }
            return url
        }
        let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
        guard let text = environment[full] else { return nil }
        guard let url = try? TransferURL(text), url.scheme == .https || isNear(url.host) else {
            throw .badSetting(full)
        }
        return url
    }

    private static func isNear(_ host: String) -> Bool {
        if host == "localhost" { return true }
        guard let address = IPAddress(host.filter { $0 != "[" && $0 != "]" }) else { return false }
        let services = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
        return address.isLoopback || services.contains { IPAddress($0) == address }
    }

    func lend(
        through client: ServiceClient, until deadline: Deadline
    ) throws(CredentialProblem.Reason) -> LentCredentials {
        let headers = try token().map { [HeaderField("Authorization", $0)] } ?? []
        return try LentCredentials(try client.ask(.get, url, headers, longest: Self.longest, until: deadline))
    }

    private func token() throws(CredentialProblem.Reason) -> String? {
        switch authorization {
        case .none: nil
        case .token(let token): token
        case .file(let file): try file.token()
        }
    }
}
