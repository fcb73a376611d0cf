import Caching
import Testing

@Suite struct LifetimeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let now: Int64
        let age: Lifetime.Age
    }

    /// Made at 1000, fresh for 100 s, revalidating for 10 more, stale for 50 more.
    private let lifetime = Lifetime(
        madeAt: 1000, freshUntil: 1100, revalidatingUntil: 1110, staleUntil: 1160, expiresAt: 5000)

    @Test(arguments: [
        Case(testDescription: "at once", now: 1000, age: .fresh),
        Case(testDescription: "last fresh second", now: 1099, age: .fresh),
        Case(testDescription: "first second after", now: 1100, age: .revalidating),
        Case(testDescription: "last second of revalidating", now: 1109, age: .revalidating),
        Case(testDescription: "stale", now: 1110, age: .stale),
        Case(testDescription: "last stale second", now: 1159, age: .stale),
        Case(testDescription: "kept to be revalidated", now: 1160, age: .unusable),
        Case(testDescription: "far beyond", now: .max, age: .unusable),
        Case(testDescription: "the clock is a little behind", now: 940, age: .fresh),
        Case(testDescription: "the clock was set back by a day", now: 1000 - 86_400, age: .stale),
        Case(testDescription: "the clock is at its beginning", now: 0, age: .stale),
    ]) func hasAnAge(_ wanted: Case) {
        #expect(lifetime.age(now: wanted.now) == wanted.age)
    }

    @Test func endsWithTheLastOfItsTimes() {
        #expect(Lifetime(madeAt: 1, freshUntil: 10).expiresAt == 10)
        #expect(Lifetime(madeAt: 1, freshUntil: 10, revalidatingUntil: 30, staleUntil: 20).expiresAt == 30)
        #expect(Lifetime(madeAt: 1, freshUntil: 10, staleUntil: 40).expiresAt == 40)
    }

    @Test(arguments: [0, 5, -5, 86_400]) func canBeToldByAnotherClock(_ seconds: Int64) {
        let shifted = lifetime.shifted(by: seconds)
        #expect(
            shifted
                == Lifetime(
                    madeAt: 1000 + seconds, freshUntil: 1100 + seconds, revalidatingUntil: 1110 + seconds,
                    staleUntil: 1160 + seconds, expiresAt: 5000 + seconds))
        #expect(shifted.age(now: 1105 + seconds) == .revalidating)
        #expect(shifted.shifted(by: -seconds) == lifetime)
    }

    @Test func staysWithinAllTime() {
        let endless = Lifetime(madeAt: 0, freshUntil: .max, control: "no-transform")
        #expect(endless.shifted(by: 10).expiresAt == .max)
        #expect(endless.shifted(by: .min).madeAt == .min)
        #expect(endless.shifted(by: 10).control == "no-transform")
    }
}
