package import Deadlines

/// How regions keep in touch.
package struct LinkTiming: Sendable, Hashable {
    /// From the beginning of one exchange with a region to that of the next.
    package var interval: Duration = .seconds(1)
    /// The same at least, where there is a reason to hurry.
    package var pause: Duration = .milliseconds(50)
    /// How long an exchange may take.
    package var patience: Duration = .milliseconds(1800)
    /// How long the rules that came with an exchange may take to be kept.
    package var adoption: Duration = .seconds(1)
    /// How long is waited for the log to come so far that it vouches for them, or for a rule that was just accepted.
    package var news: Duration = .milliseconds(300)
    /// How long a start waits for the first exchanges.
    package var start: Duration = .seconds(2)
    /// How long a question waits for purges that it names.
    package var purges: Duration = .seconds(1)
    /// Between two looks at what time alone changes.
    package var watch: Duration = .milliseconds(200)

    package var health = Health.Limits()
    package var breaker = Breaker.Limits(
        failuresToOpen: 5, firstHoldOff: .milliseconds(500), longestHoldOff: .seconds(8))
    package var confidence: Confidence.Limits

    /// - Parameters:
    ///   - confirm: `timeouts.confirm`.
    ///   - edgeAge: `cache.edgeAge`.
    package init(confirm: Duration, edgeAge: Duration) {
        confidence = Confidence.Limits(confirm: confirm, edgeAge: edgeAge)
    }
}
