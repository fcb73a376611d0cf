import Deadlines
import Processes
import Testing

/// A value with an end, made anew in time, under a clock that the test turns.
struct RenewableTests {
    private enum Refusal: Error, Equatable {
        case outOfTime
        case broken(Int)
    }

    /// Makes numbered values that are good for `life` seconds, or fails, and counts.
    private final class Maker: Sendable {
        let clock = Monitor<Int64>(1000)
        let life: Monitor<Int64>
        let isBroken = Monitor(false)
        let made = Monitor(0)
        let previous = Monitor<[Int?]>([])
        let renewable: Renewable<Int, Refusal>

        init(life: Int64, _ limits: RenewalLimits = RenewalLimits()) {
            self.life = Monitor(life)
            renewable = Renewable(limits, outOfTime: .outOfTime) { [clock] in clock.withLock { $0 } }
        }

        var count: Int { made.withLock { $0 } }

        func at(_ second: Int64) {
            clock.withLock { $0 = 1000 + second }
        }

        func value(until deadline: Deadline = soon) throws(Refusal) -> Int {
            try renewable.value(until: deadline) { previous, deadline throws(Refusal) in
                try make(previous, deadline)
            }
        }

        func make(_ previous: Int?, _ deadline: Deadline) throws(Refusal) -> Renewable<Int, Refusal>.Fresh {
            self.previous.withLock { $0.append(previous) }
            let number = made.update { count in
                count += 1
                return count
            }
            if isBroken.withLock({ $0 }) { throw .broken(number) }
            let (end, overflows) = clock.withLock { $0 }.addingReportingOverflow(life.withLock { $0 })
            return (number, goodUntil: overflows ? .max : end)
        }
    }

    private static var soon: Deadline { Deadline(in: .seconds(20)) }
    private static let passed = Deadline(nanoseconds: 0)

    struct Life: CustomTestStringConvertible {
        let seconds: Int64
        /// The last second at which the first value is still used, and not renewed.
        let lastUse: Int64

        var testDescription: String { "\(seconds) s" }
    }

    @Test(
        "It is made again ahead of its end",
        arguments: [
            Life(seconds: 3600, lastUse: 3299), Life(seconds: 1200, lastUse: 899), Life(seconds: 60, lastUse: 44),
            Life(seconds: 3, lastUse: 2), Life(seconds: 1, lastUse: 0), Life(seconds: 0, lastUse: 0),
            Life(seconds: -1, lastUse: 0), Life(seconds: .min, lastUse: 0),
            Life(seconds: .max, lastUse: 365 * 86_400 - 301),
        ])
    func renewal(life: Life) throws {
        let maker = Maker(life: life.seconds)
        #expect(try maker.value() == 1)
        for second in [0, life.lastUse] {
            maker.at(second)
            #expect(try maker.value() == 1)
        }
        maker.at(life.lastUse + 1)
        #expect(try maker.value() == 2)
        #expect(try maker.value() == 2)
        #expect(maker.previous.withLock { $0 } == [nil, 1])
    }

    @Test func `How far ahead can be said`() throws {
        var limits = RenewalLimits()
        limits.ahead = .seconds(10)
        let maker = Maker(life: 3600, limits)
        _ = try maker.value()
        maker.at(3589)
        #expect(try maker.value() == 1)
        maker.at(3590)
        #expect(try maker.value() == 2)
    }

    @Test func `Of many threads one makes it, and all get it`() throws {
        let maker = Maker(life: 3600)
        let begun = Monitor(0)
        let got = Monitor<[Int]>([])
        var threads: [WorkThread] = []
        defer { for thread in threads { thread.join() } }
        for number in 0..<16 {
            threads.append(
                try WorkThread(named: "asks-\(number)") {
                    begun.update { $0 += 1 }
                    let value = try? maker.renewable.value(until: Self.soon) { previous, deadline throws(Refusal) in
                        // As long as it is being made, all others come.
                        _ = begun.wait(until: deadline) { $0 == 16 ? true : nil }
                        return try maker.make(previous, deadline)
                    }
                    got.withLock { $0.append(value ?? -1) }
                })
        }
        for thread in threads { thread.join() }
        threads = []
        #expect(got.withLock { $0 } == Array(repeating: 1, count: 16))
        #expect(maker.count == 1)
    }

    @Test func `While one makes the next, others go on with the old one`() throws {
        let maker = Maker(life: 100)
        _ = try maker.value()
        maker.at(75)
        let isMaking = Monitor(false)
        let mayEnd = Monitor(false)
        let result = Monitor<Int?>(nil)
        let deadline = Self.soon
        let renewing = try WorkThread(named: "renews") {
            let value = try? maker.renewable.value(until: deadline) { previous, inner throws(Refusal) in
                #expect(previous == 1)
                #expect(inner < deadline)
                isMaking.update { $0 = true }
                _ = mayEnd.wait(until: Self.soon) { $0 ? true : nil }
                return try maker.make(previous, inner)
            }
            result.withLock { $0 = value }
        }
        #expect(isMaking.wait(until: Self.soon) { $0 ? true : nil } == true)
        for _ in 0..<3 { #expect(try maker.value() == 1) }
        // Its end comes before the next is there: now there is nothing but to wait.
        maker.at(100)
        #expect(throws: Refusal.outOfTime) { try maker.value(until: Deadline(in: .milliseconds(10))) }
        mayEnd.update { $0 = true }
        #expect(try maker.value() == 2)
        renewing.join()
        #expect(result.withLock { $0 } == 2)
    }

    @Test func `After a failed renewal the old one serves, and is tried again after a pause`() throws {
        let maker = Maker(life: 3600)
        _ = try maker.value()
        maker.isBroken.withLock { $0 = true }
        for (second, count): (Int64, Int) in [
            (3300, 2), (3309, 2), (3310, 3), (3319, 3), (3590, 4), (3599, 4),
        ] {
            maker.at(second)
            #expect(try maker.value() == 1)
            #expect(maker.count == count)
        }
        // At its end there is no pause from before.
        maker.at(3600)
        #expect(throws: Refusal.broken(5)) { try maker.value() }
        maker.isBroken.withLock { $0 = false }
        maker.at(3601)
        #expect(try maker.value() == 6)
        #expect(maker.previous.withLock { $0.last } == 1)
    }

    @Test func `With a short life there are several tries before its end`() throws {
        let maker = Maker(life: 60)
        _ = try maker.value()
        maker.isBroken.withLock { $0 = true }
        for second in Int64(45)..<60 {
            maker.at(second)
            #expect(try maker.value() == 1)
        }
        #expect(maker.count == 1 + 5)
    }

    @Test func `Without a value a failure is remembered for a pause`() throws {
        let maker = Maker(life: 3600)
        maker.isBroken.withLock { $0 = true }
        for _ in 0..<5 { #expect(throws: Refusal.broken(1)) { try maker.value() } }
        maker.at(1)
        for _ in 0..<5 { #expect(throws: Refusal.broken(2)) { try maker.value() } }
        // A clock that is set back does not make the pause longer.
        maker.at(-1000)
        #expect(throws: Refusal.broken(3)) { try maker.value() }
        maker.isBroken.withLock { $0 = false }
        maker.at(-999)
        #expect(try maker.value() == 4)
    }

    @Test func `Who waits for a maker that fails gets its failure`() throws {
        let maker = Maker(life: 3600)
        maker.isBroken.withLock { $0 = true }
        let begun = Monitor(0)
        let failures = Monitor<[Refusal]>([])
        var threads: [WorkThread] = []
        for number in 0..<4 {
            threads.append(
                try WorkThread(named: "fails-\(number)") {
                    begun.update { $0 += 1 }
                    do throws(Refusal) {
                        _ = try maker.renewable.value(until: Self.soon) { previous, deadline throws(Refusal) in
                            _ = begun.wait(until: deadline) { $0 == 4 ? true : nil }
                            return try maker.make(previous, deadline)
                        }
                    } catch {
                        failures.withLock { $0.append(error) }
                    }
                })
        }
        for thread in threads { thread.join() }
        #expect(failures.withLock { $0 } == Array(repeating: .broken(1), count: 4))
    }

    @Test func `A refused value is made again, a newer one stays`() throws {
        let maker = Maker(life: 3600)
        #expect(try maker.value() == 1)
        maker.renewable.invalidate(7)
        #expect(try maker.value() == 1)
        maker.renewable.invalidate(1)
        #expect(try maker.value() == 2)
        maker.renewable.invalidate(1)
        #expect(try maker.value() == 2)
        #expect(maker.previous.withLock { $0 } == [nil, 1])
    }

    @Test func `A refused value does not come back when there is no other`() throws {
        let maker = Maker(life: 3600)
        _ = try maker.value()
        maker.isBroken.withLock { $0 = true }
        maker.renewable.invalidate(1)
        #expect(throws: Refusal.broken(2)) { try maker.value() }
        maker.renewable.invalidate(1)
        #expect(throws: Refusal.broken(2)) { try maker.value() }
    }

    @Test func `Who has no time left makes nothing`() throws {
        let maker = Maker(life: 100)
        #expect(throws: Refusal.outOfTime) { try maker.value(until: Self.passed) }
        _ = try maker.value()
        maker.at(80)
        #expect(try maker.value(until: Self.passed) == 1)
        maker.at(100)
        #expect(throws: Refusal.outOfTime) { try maker.value(until: Self.passed) }
        #expect(maker.count == 1)
    }

    @Test func `A maker that runs out of its own time leaves no failure behind`() throws {
        let maker = Maker(life: 100)
        let short = Deadline(in: .milliseconds(20))
        #expect(throws: Refusal.broken(0)) {
            try maker.renewable.value(until: short) { _, deadline throws(Refusal) in
                _ = Monitor(0).wait(until: deadline) { _ -> Int? in nil }
                throw .broken(0)
            }
        }
        #expect(try maker.value() == 1)
    }
}
