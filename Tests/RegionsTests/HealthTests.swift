import Deadlines
import Regions
import Testing

/// Whether another region is asked; on a clock of its own.
@Suite struct HealthTests {
    private var health = Health()
    private let start = Deadline(nanoseconds: 1_000_000_000_000)

    /// So many seconds after the beginning.
    private func at(_ seconds: Double) -> Deadline { start.later(by: .milliseconds(Int(seconds * 1000))) }

    private mutating func settle(_ outcomes: [(Double, Bool)]) {
        for (time, succeeded) in outcomes { health.settle(succeeded: succeeded, now: at(time)) }
    }

    @Test func nothingIsAskedBeforeTheFirstWord() {
        #expect(health.state(now: at(0)) == .down)
        #expect(!health.takes(0, now: at(0)))
    }

    @Test mutating func oneThatWasNeverAwayIsUpAtOnce() {
        settle([(0, true)])
        #expect(health.state(now: at(0)) == .up)
        #expect(health.takes(255, now: at(0)))
    }

    @Test mutating func oneThatIsStartedLaterIsUpAtOnce() {
        settle([(0, false), (1, false), (2, false), (3, false), (4, true)])
        #expect(health.share(now: at(4)) == 1)
    }

    @Test mutating func threeFailuresInARowAreDown() {
        settle([(0, true), (0.1, false), (0.2, false), (0.3, true), (0.4, false), (0.5, false)])
        #expect(health.state(now: at(0.5)) == .up)
        settle([(0.6, false)])
        #expect(health.state(now: at(0.6)) == .down)
        #expect(!health.takes(0, now: at(0.6)))
    }

    @Test mutating func fourSecondsOfSilenceAreDown() {
        settle([(0, true)])
        #expect(health.state(now: at(3.9)) == .up)
        #expect(health.state(now: at(4)) == .down)
        #expect(health.share(now: at(4)) == 0)
    }

    @Test mutating func oneThatAnswersQuestionsIsUpThoughExchangesAreSlow() {
        settle([(0, true)])
        for second in 1...10 {
            settle([(Double(second), false)])
            health.noteAnswer(now: at(Double(second)))
        }
        #expect(health.state(now: at(13.9)) == .up)
        settle([(11, false), (12, false), (13, false)])
        #expect(health.state(now: at(13)) == .down)
        health.noteAnswer(now: at(13))
        #expect(health.state(now: at(13)) == .down)
    }

    @Test mutating func whoeverWasSilentHasToLastLikeAllOthers() {
        settle([(0, true), (10, true)])
        #expect(health.state(now: at(10)) == .returning)
        #expect(health.share(now: at(10)) == 0)
    }

    @Test mutating func whatComesBackIsAskedForMoreAndMore() {
        settle([(0, true), (1, false), (2, false), (3, false), (20, true)])
        #expect(health.state(now: at(20)) == .returning)
        settle([(21, true)])
        #expect(health.share(now: at(21)) == 0)
        settle([(22, true)])
        #expect(health.share(now: at(22)) == 0)
        settle([(23, true), (24, true), (25, true), (26, true), (27, true)])
        #expect(health.share(now: at(27)) == 0.5)
        #expect(health.takes(127, now: at(27)))
        #expect(!health.takes(128, now: at(27)))
        #expect(health.state(now: at(27)) == .returning)
        settle([(28, true), (29, true), (30, true), (31, true), (32, true)])
        #expect(health.share(now: at(32)) == 1)
        #expect(health.state(now: at(32)) == .up)
    }

    @Test(arguments: [[21.0], [21, 22, 23], [21, 22, 23, 24, 25, 26]])
    func oneFailureOnTheWayBackBeginsAnew(_ goodOnes: [Double]) {
        var test = self
        test.settle([(0, true), (1, false), (2, false), (3, false), (20, true)])
        test.settle(goodOnes.map { ($0, true) })
        let end = (goodOnes.last ?? 20) + 1
        test.settle([(end, false)])
        #expect(test.health.state(now: at(end)) == .down)
        test.settle([(end + 1, true), (end + 2, true)])
        #expect(test.health.share(now: at(end + 2)) == 0)
        #expect(test.health.state(now: at(end + 2)) == .returning)
    }

    @Test mutating func silenceOnTheWayBackBeginsAnew() {
        settle([(0, true), (1, false), (2, false), (3, false), (20, true), (21, true), (22, true)])
        #expect(health.share(now: at(24)) > 0)
        #expect(health.share(now: at(26.1)) == 0)
        settle([(27, true)])
        #expect(health.share(now: at(27)) == 0)
        #expect(health.state(now: at(27)) == .returning)
    }
}
