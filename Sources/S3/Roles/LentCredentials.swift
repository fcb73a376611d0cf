import JSONReading

/// Credentials that are good for a while.
struct LentCredentials {
    let credentials: S3Credentials
    /// Seconds that are left of them, counted by the clock of whoever lends them, so that ours may be wrong; positive.
    let life: Int64

    /// Throws `.malformed` for what cannot be sent, `.expired`.
    ///
    /// - Parameters:
    ///   - expiration: as the services write it, `2026-01-31T12:00:00Z`.
    ///   - moment: at which they were lent, in Unix seconds.
    init(
        accessKey: String?, secretKey: String?, token: String?, expiration: String?, moment: Int64
    ) throws(CredentialProblem.Reason) {
        guard let accessKey, let secretKey, let token, [accessKey, secretKey, token].allSatisfy(\.isPlain),
            let end = expiration.flatMap(unixSeconds(ofTimestamp:))
        else { throw .malformed }
        let (life, overflows) = end.subtractingReportingOverflow(moment)
        guard life > 0, !overflows else { throw .expired }
        credentials = S3Credentials(accessKey: accessKey, secretKey: secretKey, sessionToken: token)
        self.life = life
    }

    /// What the container's and the instance's service send. The instance's says no with status 200 as well.
    init(_ answer: ServiceClient.Answer) throws(CredentialProblem.Reason) {
        guard case .object(let fields)? = JSON(answer.body) else { throw .malformed }
        let code = ServiceWord.plain(fields["Code"])
        guard code.isEmpty || code == "Success" else { throw .refused(status: 200, code: code) }
        func text(_ name: String) -> String? {
            guard case .string(let text)? = fields[name] else { return nil }
            return text
        }
        try self.init(
            accessKey: text("AccessKeyId"), secretKey: text("SecretAccessKey"), token: text("Token"),
            expiration: text("Expiration"), moment: answer.moment)
    }
}

extension String {
    /// Whether it is a key or token: not empty, and of visible ASCII only. A space or line end at an end of it is a
    /// mistake of who has set it, and would go into a header field.
    var isPlain: Bool {
        !isEmpty && utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
