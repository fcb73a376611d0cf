package import Deadlines

/// Where purges are entered, and asked for: a region's log, or that of all regions.
package protocol Purges: Sendable {
    /// Records a purge so that it is not lost, and returns the id under which it can be asked for.
    func accept(account: String, target: PurgeTarget, deadline: Deadline) throws(PurgeError) -> String

    /// How far a purge is; `nil` if the account has none of this id, or one so old that it is forgotten.
    func state(of requestID: String, account: String) -> PurgeState?
}

extension PurgeLog: Purges {}
