package import Deadlines

/// What requests are signed with. Printing it shows nothing of it.
package struct S3Credentials: Sendable, Equatable {
    package let accessKey: String
    package let secretKey: String
    /// Goes with keys that are lent for a while, such as those of a role.
    package let sessionToken: String?

    package init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }
}

extension S3Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(credentials)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where credentials come from. Asked before every request, from any thread.
package protocol S3CredentialSource: Sendable {
    /// The credentials of this moment; blocks until the deadline at most. Throws `.noCredentials`.
    func credentials(until deadline: Deadline) throws(S3Error) -> S3Credentials
}

/// Credentials that never change.
extension S3Credentials: S3CredentialSource {
    package func credentials(until deadline: Deadline) throws(S3Error) -> S3Credentials { self }
}
