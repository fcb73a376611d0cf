package import Deadlines

/// A configured place that originals come from.
///
/// Implementations block the calling thread, share nothing between two calls but what is safe to share, and return or
/// throw by the deadline.
package protocol Origin: Sendable {
    /// As configured; names the origin in logs, metrics and limits.
    var id: String { get }

    /// Asks for one original and returns once its bytes begin to come, or it is known that the copy that `request`
    /// names still holds. `.notModified` is no answer to a request without one.
    ///
    /// The deadline bounds the reading of the bytes, too, unless they are streamed.
    func open(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer
}
