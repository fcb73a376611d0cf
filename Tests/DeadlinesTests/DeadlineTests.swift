import Deadlines
import Testing

/// Arithmetic on moments and durations, up to where it could overflow.
struct DeadlineTests {
    static let extremes: [Duration] = [
        .zero, .nanoseconds(1), .nanoseconds(-1), .seconds(1), .seconds(Int64.max), .seconds(Int64.min),
        .seconds(Int64.max) + .nanoseconds(999_999_999), .milliseconds(Int64.max), .nanoseconds(Int64.min),
    ]

    @Test(arguments: extremes, extremes)
    func `Nothing overflows`(first: Duration, second: Duration) {
        for duration in [first, second] {
            let deadline = Deadline(in: duration)
            #expect(deadline.remaining >= .zero)
            #expect(deadline.remainingMilliseconds >= 0)
            #expect(deadline.capped(to: second) <= deadline)
        }
    }

    @Test(arguments: [Int64.min, Int64.min + 1, -1, 0, 1, Int64.max - 1, Int64.max])
    func `Every moment can be asked what is left of it`(nanoseconds: Int64) {
        let deadline = Deadline(nanoseconds: nanoseconds)
        let isFar = nanoseconds > 1
        #expect(deadline.hasPassed == !isFar)
        #expect((deadline.remaining > .zero) == isFar)
        #expect(deadline.remainingMilliseconds == (isFar ? Int32.max : 0))
        #expect(deadline.capped(to: .seconds(Int64.max)) <= deadline)
        #expect(deadline.capped(to: .seconds(Int64.min)) <= deadline)
    }

    @Test func `What lies ahead comes nearer`() {
        let before = Deadline.now
        let deadline = Deadline(in: .seconds(60))
        #expect(!deadline.hasPassed)
        #expect(deadline.remaining <= .seconds(60))
        #expect(deadline.nanoseconds - before.nanoseconds >= 60_000_000_000)
        #expect(Deadline(in: .seconds(-60)).hasPassed)
        #expect(Deadline(in: .zero).hasPassed)
        #expect(Deadline.now >= before)
    }

    @Test func `A cap only ever shortens`() {
        let near = Deadline(in: .seconds(10))
        #expect(near.capped(to: .seconds(1000)) == near)
        #expect(near.capped(to: .seconds(1)) < near)
        #expect(near.capped(to: .seconds(-1)).hasPassed)
    }

    struct Length: CustomTestStringConvertible {
        let duration: Duration
        let nanoseconds: Int64
        var testDescription: String { "\(duration)" }
    }

    private static let longest = Int64.max / 2_000_000_000 * 1_000_000_000

    @Test(arguments: [
        Length(duration: .zero, nanoseconds: 0),
        Length(duration: .nanoseconds(1), nanoseconds: 1),
        Length(duration: .nanoseconds(-1), nanoseconds: -1),
        Length(duration: .milliseconds(1500), nanoseconds: 1_500_000_000),
        Length(duration: .milliseconds(-1500), nanoseconds: -1_500_000_000),
        Length(duration: .seconds(Int64.max), nanoseconds: longest),
        Length(duration: .seconds(Int64.min), nanoseconds: -longest),
    ])
    func `A duration has nanoseconds, as many as fit`(length: Length) {
        #expect(length.duration.wholeNanoseconds == length.nanoseconds)
        #expect(length.duration.milliseconds == Double(length.nanoseconds) / 1_000_000)
        #expect(length.duration.wholeMilliseconds == length.nanoseconds / 1_000_000)
    }

    @Test func `A remainder of a millisecond counts as one`() {
        let deadline = Deadline(in: .seconds(1000))
        #expect((1...1_000_000).contains(deadline.remainingMilliseconds))
        #expect(Deadline(in: .microseconds(-1)).remainingMilliseconds == 0)
    }
}
