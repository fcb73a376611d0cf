package import Deadlines
import Transfer

/// The origins of a URL endpoint, asked in order; every failure moves on to the next.
///
/// The deadline is shared, not divided: a share would cut off a slow but honest download that has the time. A later
/// origin gets its chance because an earlier one that is silent is given up after `OriginTimeouts`.
package struct OriginList: Sendable {
    /// One origin's answer, for logs and metrics.
    package struct Attempt: Sendable {
        package let originID: String
        /// `nil`: it had the original.
        package let error: OriginError?
        package let duration: Duration
    }

    package let origins: [any Origin]

    package init(_ origins: [any Origin]) {
        self.origins = origins
    }

    /// The first original that any of them has.
    ///
    /// Throws `.notFound` only if all said so (or there is none to ask), else the first failure of another kind.
    /// `report` is told of each attempt as it ends.
    package func fetch(
        _ request: OriginRequest, deadline: Deadline, report: (Attempt) -> Void = { _ in }
    ) throws(OriginError) -> Original {
        var failure = OriginError.notFound
        for origin in origins {
            // This one was not asked: that is not the same as not found.
            guard !deadline.hasPassed else { throw failure == .notFound ? .timedOut(.total) : failure }
            let start = Deadline.now
            do throws(OriginError) {
                let original = try origin.fetch(request, deadline: deadline)
                report(Attempt(originID: origin.id, error: nil, duration: start.elapsed))
                return original
            } catch {
                report(Attempt(originID: origin.id, error: error, duration: start.elapsed))
                // It was not asked: another origin may have something else under that name.
                if error == .crowded { throw error }
                if failure == .notFound { failure = error }
            }
        }
        throw failure
    }
}
