/// How far a purge is.
package enum PurgeState: Hashable, Sendable {
    /// Accepted, and so never lost; somewhere in the region an old answer may still be given.
    case pending
    /// No cache of the region answers with old bytes.
    case completed
}
