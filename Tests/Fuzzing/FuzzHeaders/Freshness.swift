import FirstInputs
import HTTPRules

/// How long something may be kept: nothing is ever kept longer than it was allowed.
enum Freshness {
    private static let askedAt = HTTPDate(unixSeconds: 1_700_000_000)

    static func check(_ first: String, _ second: String) {
        let (one, other) = (CacheControl(parsing: first), CacheControl(parsing: second))
        checkDirectives(one, other)
        let fields = [
            LifetimeFields(cacheControl: first, expires: second, date: first, age: second),
            LifetimeFields(expires: first, date: second),
        ]
        for fields in fields + [fields[0].updated(by: fields[1])] {
            checkLifetime(OriginLifetime(fields, askedAt: askedAt))
        }
    }

    private static func checkDirectives(_ one: CacheControl, _ other: CacheControl) {
        expect(CacheControl(parsing: one.description) == one, "directives are read back as others: \(one)")
        expect(one.strictest(one) == one, "less than itself: \(one)")
        let both = one.strictest(other)
        expect(both == other.strictest(one), "which of them comes first counts: \(one); \(other)")
        for part in [one, other] {
            expect(isAtMost(both.sharedAge, part.sharedAge), "longer than allowed: \(one); \(other)")
            expect(isAtMost(both.maxAge, part.maxAge), "longer than allowed: \(one); \(other)")
            expect(!part.noStore || both.noStore, "what is forbidden is allowed: \(one); \(other)")
        }
    }

    private static func checkLifetime(_ lifetime: OriginLifetime) {
        let text = lifetime.control.description
        expect(
            OriginLifetime(CacheControl(parsing: text)) == lifetime, "a lifetime is read back as another one: \(text)")
        for seconds in [0, 1, 100, .max] {
            let left = lifetime.left(after: seconds)
            expect(isAtMost(left.freshFor, lifetime.freshFor), "it grows: \(text)")
            expect((left.freshFor ?? 0) >= 0 && (left.staleIfError ?? 0) >= 0, "less than nothing: \(text)")
            let client = lifetime.clientControl(after: Int64(seconds), unsaid: 1000, atMost: 50)
            expect((client.maxAge ?? 0) <= 50 && (client.sharedMaxAge ?? 0) <= 50, "beyond the limit: \(text)")
            expect(!client.isPublic || lifetime.isStorable, "public although it may not be kept: \(text)")
            let stale = max(client.staleIfError ?? 0, client.staleWhileRevalidate ?? 0)
            expect(max(client.maxAge ?? 0, client.sharedMaxAge ?? 0) + stale <= 50, "stale beyond the limit: \(text)")
        }
    }

    /// `nil` is no limit.
    private static func isAtMost(_ age: Int?, _ limit: Int?) -> Bool {
        guard let limit else { return true }
        return age.map { $0 <= limit } ?? false
    }
}
