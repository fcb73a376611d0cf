extension Counter {
    /// What came of a call to a CDN.
    package enum CDNResult: String, MetricLabel {
        case done
        /// It is at work, and asked again.
        case underWay = "under_way"
        /// It has too much to do.
        case throttled
        /// There are no credentials, or it does not take them.
        case forbidden
        /// It does not do this.
        case refused
        /// It answered with an error of its own, or with something else.
        case failed
        /// No answer.
        case unreachable
        package static let label = "result"
    }

    package enum CDNPurgeResult: String, MetricLabel {
        case told
        /// After a day in vain.
        case givenUp = "given_up"
        package static let label = "result"
    }
}
