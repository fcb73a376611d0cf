extension Counter {
    /// What became of a question to another region.
    package enum RegionResult: String, MetricLabel {
        case entry, unchanged, file
        /// An error that is not kept.
        case fault
        /// `bypasses` says why.
        case unanswered
        package static let label = "result"
    }

    /// Why a home region did not answer.
    package enum Bypass: String, MetricLabel {
        /// Not asked: it is down, has just failed, or is coming back.
        case leftAlone = "left_alone"
        /// Not asked: as many as may ask it at a time were doing so.
        case crowded
        /// Not asked: the question cannot be sent.
        case unaskable
        case connectionRefused = "connection_refused"
        case unreachable
        case timeout
        case refused
        case garbage
        case behind
        case failed
        package static let label = "reason"
    }

    /// What became of a request that came in a region's name; refusals in the words of `x-apus-refusal`.
    package enum RegionRequestResult: String, MetricLabel {
        case answered
        /// Answered with an error that is not kept.
        case fault
        case malformed, signature, misrouted, unknown, loop, clock, replay, form
        case notHome = "not-home"
        case behind, busy
        package static let label = "result"
    }

    package enum RegionExchangeResult: String, MetricLabel {
        case done
        /// No answer.
        case failed
        case refused
        /// An answer that is none.
        case garbage
        /// What came could not be kept.
        case notAdopted = "not_adopted"
        package static let label = "result"
    }
}
