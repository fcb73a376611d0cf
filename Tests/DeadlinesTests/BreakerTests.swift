import Deadlines
import Testing

/// The breaker as a sequence of events at given moments, in milliseconds.
@Suite struct BreakerTests {
    private let limits = Breaker.Limits(
        failuresToOpen: 2, firstHoldOff: .milliseconds(100), longestHoldOff: .milliseconds(300)
    )

    private func at(_ milliseconds: Int64) -> Deadline {
        Deadline(nanoseconds: milliseconds * 1_000_000)
    }

    private func opened() throws -> Subject {
        let breaker = Subject(limits)
        for _ in 0..<2 {
            let ticket = try #require(breaker.admit(now: at(0)))
            breaker.settle(ticket, .failed, now: at(0))
        }
        return breaker
    }

    @Test func opensAfterFailuresInARow() throws {
        let breaker = Subject(limits)
        let first = try #require(breaker.admit(now: at(0)))
        #expect(breaker.settle(first, .failed, now: at(0)) == nil)
        let second = try #require(breaker.admit(now: at(0)))
        #expect(breaker.settle(second, .succeeded, now: at(0)) == nil)
        let third = try #require(breaker.admit(now: at(0)))
        #expect(breaker.settle(third, .failed, now: at(0)) == nil)
        #expect(!breaker.refuses(now: at(0)))
        let fourth = try #require(breaker.admit(now: at(0)))
        #expect(breaker.settle(fourth, .failed, now: at(0)) == .opened(holdOff: .milliseconds(100)))
        #expect(breaker.refuses(now: at(0)))
        #expect(breaker.admit(now: at(99)) == nil)
    }

    @Test func oneProbeAtATime() throws {
        let breaker = try opened()
        let probe = try #require(breaker.admit(now: at(100)))
        #expect(probe.isProbe)
        #expect(breaker.admit(now: at(100)) == nil)
        #expect(breaker.refuses(now: at(10_000)))
        #expect(breaker.settle(probe, .succeeded, now: at(101)) == .closed)
        #expect(breaker.admit(now: at(101))?.isProbe == false)
    }

    @Test func holdOffDoublesToItsLimitAndStartsAnewAfterSuccess() throws {
        let breaker = try opened()
        var now: Int64 = 0
        for holdOff: Int64 in [200, 300, 300] {
            now += 1000
            let probe = try #require(breaker.admit(now: at(now)))
            #expect(breaker.settle(probe, .failed, now: at(now)) == .opened(holdOff: .milliseconds(holdOff)))
            #expect(breaker.refuses(now: at(now + holdOff - 1)))
            #expect(!breaker.refuses(now: at(now + holdOff)))
        }
        let probe = try #require(breaker.admit(now: at(now + 1000)))
        breaker.settle(probe, .succeeded, now: at(now + 1000))
        let one = try #require(breaker.admit(now: at(now + 1000)))
        let two = try #require(breaker.admit(now: at(now + 1000)))
        breaker.settle(one, .failed, now: at(now + 1000))
        #expect(breaker.settle(two, .failed, now: at(now + 1000)) == .opened(holdOff: .milliseconds(100)))
    }

    @Test func manyThatFailTogetherOpenItOnce() throws {
        let breaker = Subject(limits)
        let tickets = (0..<50).compactMap { _ in breaker.admit(now: at(0)) }
        let changes = tickets.compactMap { breaker.settle($0, .failed, now: at(20)) }
        #expect(changes == [.opened(holdOff: .milliseconds(100))])
        #expect(!breaker.refuses(now: at(120)))
    }

    @Test func latecomersDoNotTouchTheProbe() throws {
        let breaker = Subject(limits)
        let late = try #require(breaker.admit(now: at(0)))
        for _ in 0..<2 {
            let ticket = try #require(breaker.admit(now: at(0)))
            breaker.settle(ticket, .failed, now: at(0))
        }
        let probe = try #require(breaker.admit(now: at(100)))
        #expect(breaker.settle(late, .succeeded, now: at(101)) == nil)
        #expect(breaker.refuses(now: at(101)))
        #expect(breaker.settle(probe, .succeeded, now: at(102)) == .closed)
        #expect(breaker.settle(late, .failed, now: at(103)) == nil)
        #expect(breaker.settle(probe, .failed, now: at(103)) == nil)
        #expect(!breaker.refuses(now: at(103)))
    }

    @Test func anAbandonedProbeIsFollowedByAnotherAfterTheFirstHoldOff() throws {
        let breaker = try opened()
        for now: Int64 in [100, 400] {
            let probe = try #require(breaker.admit(now: at(now)))
            breaker.settle(probe, .failed, now: at(now))
        }
        // The hold-off has grown to 300 by now.
        let rushed = try #require(breaker.admit(now: at(1000)))
        #expect(breaker.settle(rushed, .abandoned, now: at(1001)) == nil)
        #expect(breaker.admit(now: at(1100)) == nil)
        let probe = try #require(breaker.admit(now: at(1101)))
        #expect(probe.isProbe)
        #expect(breaker.settle(probe, .failed, now: at(1101)) == .opened(holdOff: .milliseconds(300)))
    }

    @Test func endlessHoldOffDoesNotTrap() throws {
        let limits = Breaker.Limits(
            failuresToOpen: 1, firstHoldOff: .seconds(Int64.max / 2), longestHoldOff: .seconds(Int64.max / 2)
        )
        let breaker = Subject(limits)
        let ticket = try #require(breaker.admit(now: .now))
        breaker.settle(ticket, .failed, now: Deadline(nanoseconds: .max - 1))
        #expect(breaker.refuses(now: Deadline(nanoseconds: .max - 1)))
    }
}

/// A breaker that the macros of a test can change.
private final class Subject {
    private var breaker: Breaker

    init(_ limits: Breaker.Limits) {
        breaker = Breaker(limits)
    }

    func refuses(now: Deadline) -> Bool {
        breaker.refuses(now: now)
    }

    func admit(now: Deadline) -> Breaker.Ticket? {
        breaker.admit(now: now)
    }

    @discardableResult
    func settle(_ ticket: Breaker.Ticket, _ outcome: Breaker.Outcome, now: Deadline) -> Breaker.Change? {
        breaker.settle(ticket, outcome, now: now)
    }
}
