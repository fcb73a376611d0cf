package import Purging

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
