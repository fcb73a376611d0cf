import Deadlines

/// How far another region's clock is ahead of this one's.
package struct ClockOffset: Sendable, Hashable {
    package static let none = ClockOffset(.zero)

    package let ahead: Duration

    package init(_ ahead: Duration) {
        self.ahead = ahead
    }

    /// - Parameters:
    ///   - told: what its clock said in the middle of the way there and back, as far as one can know; Unix milliseconds.
    ///   - sentAt: what this one's said at the beginning.
    package init(told: Int64, sentAt: Int64, roundTrip: Duration) {
        ahead = .milliseconds(told) - .milliseconds(sentAt) - roundTrip / 2
    }
}
