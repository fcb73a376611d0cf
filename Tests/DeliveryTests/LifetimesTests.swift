import Caching
import Configuration
import Delivery
import HTTPRules
import Testing

/// How long what comes of an original is kept, by what its origin says. All numbers are seconds from its fetch on.
struct LifetimesTests {
    private static let now: Int64 = 1_700_000_000
    /// A week, for which old copies may stand in by default, and with a minute before it.
    private static let week: Int64 = 604_800
    private static let minuteAndWeek: Int64 = 604_860
    /// 180 days.
    private static let longest: Int64 = 15_552_000

    struct Case: CustomTestStringConvertible, Sendable {
        var control: String?
        var isObeyed = true
        var maxAge = longest
        var staleAge = week
        /// Until when it is fresh, revalidating, stale, and there at all.
        let ends: [Int64]
        /// What clients are told; empty: what they always are.
        let told: String

        init(_ control: String?, _ ends: [Int64], told: String? = nil) {
            (self.control, self.ends, self.told) = (control, ends, told ?? control ?? "")
        }

        /// The installation's rule.
        init(maxAge: Int64, staleAge: Int64 = week, _ ends: [Int64]) {
            (self.maxAge, self.staleAge, self.ends, isObeyed, told) = (maxAge, staleAge, ends, false, "")
        }

        func with(maxAge: Int64 = longest, staleAge: Int64 = week) -> Case {
            var changed = self
            (changed.maxAge, changed.staleAge) = (maxAge, staleAge)
            return changed
        }

        var testDescription: String {
            "\(isObeyed ? control ?? "nothing" : "rule"), maxAge \(maxAge), staleAge \(staleAge)"
        }
    }

    private static let day: Int64 = 86_400

    /// Stale time counts into the 180 days; an owner who wants more gets it, without stale time.
    private static let rules: [Case] = [
        Case(maxAge: longest, [longest, longest, longest, longest]),
        Case(maxAge: 60, [60, 60, minuteAndWeek, minuteAndWeek]), Case(maxAge: 60, staleAge: 0, [60, 60, 60, 60]),
        Case(maxAge: 179 * day, [179 * day, 179 * day, longest, longest]),
        Case(maxAge: 365 * day, [365 * day, 365 * day, 365 * day, 365 * day]),
    ]

    private static let notStorable: [Case] = [
        Case("no-store", [0, 0, 0, 0]), Case("private", [0, 0, 0, 0]), Case("private, max-age=60", [0, 0, 0, 0]),
        Case("no-store, max-age=60, stale-if-error=60", [0, 0, 0, 0]),
        Case("no-store, no-cache", [0, 0, 0, 0], told: "no-cache, no-store"),
    ]

    private static let obeyed: [Case] = [
        Case("max-age=60", [60, 60, minuteAndWeek, minuteAndWeek]),
        Case("max-age=0", [0, 0, week, week]),
        // Shared caches obey `s-maxage`, which forbids stale answers (RFC 9111 §5.2.2.10).
        Case("s-maxage=60, max-age=10", [60, 60, 60, minuteAndWeek]),
        Case("no-cache", [0, 0, 0, week]), Case("no-cache, max-age=60", [0, 0, 0, week]),
        Case("max-age=60, must-revalidate", [60, 60, 60, minuteAndWeek]),
        Case("max-age=60, stale-while-revalidate=30", [60, 90, minuteAndWeek, minuteAndWeek]),
        Case("max-age=60, stale-if-error=30", [60, 60, 90, minuteAndWeek]),
        Case("max-age=60, stale-if-error=0", [60, 60, 60, minuteAndWeek]),
        Case("max-age=60, stale-while-revalidate=1000", [60, 1060, 60, 1060]).with(staleAge: 0),
        // Beside `must-revalidate` the first does not count and the second does (RFC 5861 §4).
        Case(
            "max-age=60, must-revalidate, stale-while-revalidate=30, stale-if-error=20", [60, 60, 80, minuteAndWeek]),
    ]

    private static let clamped: [Case] = [
        // Nothing is said of time.
        Case("public", [longest, longest, longest, longest]),
        Case("public", [60, 60, minuteAndWeek, minuteAndWeek]).with(maxAge: 60),
        Case(nil, [longest, longest, longest, longest]),
        Case(nil, [60, 60, minuteAndWeek, minuteAndWeek]).with(maxAge: 60),
        Case("max-age=1000", [60, 60, minuteAndWeek, minuteAndWeek], told: "max-age=60").with(maxAge: 60),
        Case("max-age=31536000", [longest, longest, longest, longest], told: "max-age=15552000"),
        Case(
            "max-age=99999999999999999999, stale-while-revalidate=99999999999, stale-if-error=99999999999",
            [longest, longest, longest, longest],
            told: "max-age=15552000, stale-while-revalidate=15552000, stale-if-error=15552000"),
        Case("max-age=-5", [0, 0, week, week], told: "max-age=0"),
        Case("max-age=nonsense", [0, 0, week, week], told: "max-age=0"),
    ]

    @Test(arguments: [rules, notStorable, obeyed, clamped].joined())
    func `Originals are kept as long as the installation or their origin lets them`(example: Case) {
        let fields = LifetimeFields(cacheControl: example.isObeyed ? example.control : "no-store")
        let lifetime = lifetime(fields, isObeyed: example.isObeyed, example.maxAge, example.staleAge)
        let ends = [lifetime.freshUntil, lifetime.revalidatingUntil, lifetime.staleUntil, lifetime.expiresAt]
        #expect(ends.map { $0 - Self.now } == example.ends)
        #expect(lifetime.madeAt == Self.now)
        #expect(lifetime.control == example.told)
    }

    private func lifetime(
        _ fields: LifetimeFields, isObeyed: Bool = true, _ maxAge: Int64 = longest, _ staleAge: Int64 = week
    ) -> Lifetime {
        var cache = Configuration.Cache()
        (cache.maxAge, cache.staleAge) = (.seconds(maxAge), .seconds(staleAge))
        var endpoint = URLEndpoint(origins: ["web"])
        if isObeyed { endpoint.cacheControl = .origin }
        return Lifetimes(cache).lifetime(fields, at: endpoint, now: Self.now)
    }

    @Test func `Dates and ages count`() {
        let dates = LifetimeFields(expires: "Tue, 14 Nov 2023 22:14:20 GMT", date: "Tue, 14 Nov 2023 22:13:20 GMT")
        #expect(lifetime(dates).freshUntil == Self.now + 60)
        #expect(lifetime(dates).control == "max-age=60")
        #expect(lifetime(LifetimeFields(expires: "0")).freshUntil == Self.now)
        let old = lifetime(LifetimeFields(cacheControl: "max-age=100", age: "70"))
        #expect(old.freshUntil == Self.now + 30)
        #expect(old.control == "max-age=30")
    }

    @Test(
        arguments: [
            (DeliveryError.Keeping.errorAge, 60, Int64?(60)), (.briefly, 60, 5), (.never, 60, nil), (.errorAge, 0, nil),
            (.briefly, 0, nil), (.briefly, 2, 2), (.errorAge, 86_400, 86_400), (.until(0), 60, nil),
            (.until(.max), 60, 60),
        ] as [(DeliveryError.Keeping, Int, Int64?)])
    func `Errors are kept by their kind`(keeping: DeliveryError.Keeping, errorAge: Int, seconds: Int64?) {
        var cache = Configuration.Cache()
        cache.errorAge = .seconds(errorAge)
        let error = DeliveryError(status: 404, code: "ENOENT", message: "", keeping: keeping)
        let lifetime = Lifetimes(cache).lifetime(of: error, now: Self.now)
        #expect(lifetime.map { $0.freshUntil - Self.now } == seconds)
        #expect(lifetime.map { $0.expiresAt - Self.now } == seconds)
    }
}
