package import Deadlines
package import Transfer

/// The credentials of the machine's role, made new before they end. One for all who need them: the services are asked
/// once for all threads.
///
/// They come from where Amazon's SDKs take them by default, the first that the environment names:
/// 1. keys in the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`
/// 2. `AWS_WEB_IDENTITY_TOKEN_FILE` with `AWS_ROLE_ARN` (Kubernetes), exchanged at STS
/// 3. `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `…_FULL_URI` (ECS, EKS Pod Identity)
/// 4. the metadata service of the instance (EC2), version 2
///
/// Profiles in files of the user's are not read. A source that fails is not followed by the next: the environment has
/// named it, and the owner is to hear of it.
package final class RoleCredentials: S3CredentialSource {
    private let choice: Choice
    private let client: ServiceClient
    private let lent: Renewable<S3Credentials, S3Error>

    private enum Choice {
        case keys(S3Credentials)
        case service(any CredentialService)
        case nothing(CredentialProblem)

        var source: CredentialProblem.Source {
            switch self {
            case .keys: .environment
            case .service(let service): service.source
            case .nothing(let problem): problem.source
            }
        }
    }

    /// - Parameters:
    ///   - environment: of the process.
    ///   - limits: of each request; the services have shorter ones of their own.
    ///   - now: Unix seconds.
    package init(
        environment: [String: String], transfer: TransferClient, limits: TransferLimits,
        now: @escaping @Sendable () -> Int64 = { WallClock.unixSeconds }
    ) {
        choice = Self.choice(RoleEnvironment(environment))
        client = ServiceClient(transfer: transfer, limits: limits, now: now)
        let outOfTime = CredentialProblem.Reason.unreachable(.timedOut(.total))
        lent = Renewable(outOfTime: .noCredentials(CredentialProblem(choice.source, outOfTime)), now: now)
    }

    package func credentials(until deadline: Deadline) throws(S3Error) -> S3Credentials {
        switch choice {
        case .keys(let credentials): return credentials
        case .nothing(let problem): throw .noCredentials(problem)
        case .service(let service):
            return try lent.value(until: deadline) { _, deadline throws(S3Error) in
                do throws(CredentialProblem.Reason) {
                    let fresh = try service.lend(through: client, until: deadline)
                    return (fresh.credentials, goodUntil: client.now() + fresh.life)
                } catch {
                    throw .noCredentials(CredentialProblem(service.source, error))
                }
            }
        }
    }

    private static func choice(_ environment: RoleEnvironment) -> Choice {
        var source = CredentialProblem.Source.environment
        do throws(CredentialProblem.Reason) {
            if let keys = try keys(environment) { return .keys(keys) }
            source = .webIdentity
            if let role = try WebIdentityRole(environment) { return .service(role) }
            source = .container
            if let role = try ContainerRole(environment) { return .service(role) }
            source = .instance
            if let role = try InstanceRole(environment) { return .service(role) }
            throw .disabled
        } catch {
            return .nothing(CredentialProblem(source, error))
        }
    }

    /// Both keys or none: half a pair is a mistake. Throws `.badSetting`.
    private static func keys(_ environment: RoleEnvironment) throws(CredentialProblem.Reason) -> S3Credentials? {
        let names = (id: "AWS_ACCESS_KEY_ID", secret: "AWS_SECRET_ACCESS_KEY", token: "AWS_SESSION_TOKEN")
        guard environment[names.id] != nil || environment[names.secret] != nil else { return nil }
        return S3Credentials(
            accessKey: try environment.secret(names.id), secretKey: try environment.secret(names.secret),
            sessionToken: environment[names.token] == nil ? nil : try environment.secret(names.token))
    }
}

extension RoleCredentials: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: []) }
}
