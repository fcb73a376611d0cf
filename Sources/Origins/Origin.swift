package import Deadlines

/// A configured place that originals come from.
///
/// Implementations block the calling thread, share nothing between two calls but what is safe to share, and return or
/// throw by the deadline.
package protocol Origin: Sendable {
    /// As configured; names the origin in logs, metrics and limits.
    var id: String { get }

    /// Reads one original completely, or learns that the copy that `request` names still holds. `.notModified` is no
    /// answer to a request without one.
    func fetch(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer
}
