import S3

extension Case {
    /// Why the machine's role has lent nothing.
    func diagnosis(of problem: CredentialProblem) -> Diagnosis {
        let hint: String? =
            switch problem.reason {
            case .noRole: "attach a role to the instance, or give accessKey and secretKey in place of useIAMRole"
            case .unreachable where problem.source == .instance:
                "is this machine an instance of EC2? In a container its metadata service needs a hop limit of 2"
            case .refused where problem.source == .webIdentity:
                "the role AWS_ROLE_ARN has to trust the issuer and subject of the token"
            case .tokenFile(let number): systemText(number)
            case .disabled: "name another source in the environment, or give accessKey and secretKey"
            default: nil
            }
        return Diagnosis(.credentials, "\(problem)", hint: hint)
    }
}
