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
        /// It had nothing newer than the copy that the request names.
        package let isNotModified: Bool
        package let duration: Duration
    }

    package let origins: [any Origin]

    package init(_ origins: [any Origin]) {
        self.origins = origins
    }

    /// The first original that any of them has, be it the one that the request names a copy of. An origin before the
    /// copy's own goes first also where it has it only now.
    ///
    /// Throws `.notFound` only if all said so (or there is none to ask), else the first failure of another kind.
    /// `report` is told of each attempt as it ends.
    package func fetch(
        _ request: OriginRequest, deadline: Deadline, report: (Attempt) -> Void = { _ in }
    ) throws(OriginError) -> OriginAnswer {
        var failure = OriginError.notFound
        for origin in origins {
            // This one was not asked: that is not the same as not found.
            guard !deadline.hasPassed else { throw failure == .notFound ? .timedOut(.total) : failure }
            let start = Deadline.now
            do throws(OriginError) {
                let answer = try origin.fetch(request.addressed(to: origin.id), deadline: deadline)
                report(Attempt(origin, answer: answer, duration: start.elapsed))
                return answer
            } catch {
                report(Attempt(origin, error: error, duration: start.elapsed))
                // It was not asked: another origin may have something else under that name.
                if error == .crowded { throw error }
                if failure == .notFound { failure = error }
            }
        }
        throw failure
    }
}

extension OriginList.Attempt {
    fileprivate init(
        _ origin: any Origin, answer: OriginAnswer? = nil, error: OriginError? = nil, duration: Duration
    ) {
        let isNotModified = if case .notModified = answer { true } else { false }
        self.init(originID: origin.id, error: error, isNotModified: isNotModified, duration: duration)
    }
}
