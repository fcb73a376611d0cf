package import Transfer

/// Why a role has lent no credentials, as the owner of the machine needs it. Never holds a secret.
package struct CredentialProblem: Equatable, Sendable {
    /// Who was asked.
    package enum Source: Sendable {
        case environment, webIdentity, container, instance
    }

    package enum Reason: Error, Equatable, Sendable {
        /// There was no answer, or not all of it.
        case unreachable(TransferError)
        /// The service says no; with its own word for it, which is empty where there was none.
        case refused(status: Int, code: String)
        /// What came is not what the service sends.
        case malformed
        /// What came was over already by the service's own clock.
        case expired
        /// The machine has no role.
        case noRole
        /// The file that holds the token for the service cannot be read, is empty or too large.
        case tokenFile(errno: Int32)
        /// A variable of the environment is missing, or holds nothing usable.
        case badSetting(String)
        /// The environment names no source and forbids to ask the machine's metadata service.
        case disabled
    }

    package let source: Source
    package let reason: Reason

    package init(_ source: Source, _ reason: Reason) {
        self.source = source
        self.reason = reason
    }
}

extension CredentialProblem: CustomStringConvertible {
    package var description: String { "no credentials from \(source): \(reason)" }
}

extension CredentialProblem.Source: CustomStringConvertible {
    package var description: String {
        switch self {
        case .environment: "the environment"
        case .webIdentity: "the token service (STS)"
        case .container: "the container's credential service"
        case .instance: "the instance's metadata service"
        }
    }
}

extension CredentialProblem.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let error): error.description
        case .refused(let status, ""): "it answered \(status)"
        case .refused(let status, let code): "it answered \(status) \(code)"
        case .malformed: "its answer holds no credentials"
        case .expired: "it has sent credentials that are over already"
        case .noRole: "this machine has no role"
        case .tokenFile(let errno): "its token file cannot be used (errno \(errno))"
        case .badSetting(let name): "\(name) is missing or not usable"
        case .disabled: "AWS_EC2_METADATA_DISABLED is set"
        }
    }
}
