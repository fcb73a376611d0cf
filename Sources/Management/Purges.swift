package import Deadlines
package import Purging

/// What the API needs of the purge log.
package protocol Purges: Sendable {
    /// Records a purge so that it is not lost, and returns the id under which it can be asked for.
    func accept(account: String, target: PurgeTarget, deadline: Deadline) throws(PurgeError) -> String

    /// How far a purge is; `nil` if the account has none of this id, or one so old that it is forgotten.
    func state(of requestID: String, account: String) -> PurgeState?
}

/// What the URL of a purge means.
package struct ResolvedPurge: Sendable {
    /// The id of the account that it belongs to.
    package let account: String
    package let target: PurgeTarget

    package init(account: String, target: PurgeTarget) {
        self.account = account
        self.target = target
    }
}

extension PurgeLog: Purges {}
