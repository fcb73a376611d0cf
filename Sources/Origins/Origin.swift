package import Deadlines

/// A configured place that originals come from.
///
/// Implementations block the calling thread, share nothing between two calls but what is safe to share, and return or
/// throw by the deadline.
package protocol Origin: Sendable {
    /// As configured; names the origin in logs, metrics and limits.
    var id: String { get }

    /// Reads one original completely.
    func fetch(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> Original
}
