import HTTPRules
import Testing

/// RFC 9111 §4.2 and §5, RFC 5861.
struct OriginLifetimeTests {
    private static let now = HTTPDate(unixSeconds: 1_700_000_000)
    private static let noon = "Tue, 14 Nov 2023 12:00:00 GMT"
    private static let later = "Tue, 14 Nov 2023 12:01:40 GMT"
    private static let earlier = "Tue, 14 Nov 2023 11:00:00 GMT"
    private static let askedPlus50 = "Tue, 14 Nov 2023 22:14:10 GMT"

    struct Freshness: CustomTestStringConvertible {
        var control: String?
        var expires: String?
        var date: String?
        var age: String?
        var shared: Int?
        var client: Int?
        var testDescription: String { "\(control ?? "") | \(expires ?? "") | \(date ?? "") | \(age ?? "")" }
    }

    @Test(arguments: [
        // Nothing said.
        Freshness(),
        Freshness(control: ""),
        Freshness(control: "public, no-transform, foo=3"),
        Freshness(date: noon, age: "5"),
        // The strongest word of each kind.
        Freshness(control: "max-age=60", shared: 60, client: 60),
        Freshness(control: "s-maxage=5, max-age=60", shared: 5, client: 60),
        Freshness(control: "max-age=60, s-maxage=0", shared: 0, client: 60),
        Freshness(control: "s-maxage=5", shared: 5),
        Freshness(control: "s-maxage=5", expires: later, date: noon, shared: 5, client: 100),
        Freshness(control: "max-age=60", expires: later, date: noon, shared: 60, client: 60),
        Freshness(control: "max-age=0", expires: later, date: noon, shared: 0, client: 0),
        Freshness(control: "public", expires: later, date: noon, shared: 100, client: 100),
        // Expires against Date, whatever our clock says; without Date, against our clock.
        Freshness(expires: later, date: noon, shared: 100, client: 100),
        Freshness(expires: earlier, date: noon, shared: 0, client: 0),
        Freshness(expires: noon, date: noon, shared: 0, client: 0),
        Freshness(expires: later, shared: 0, client: 0),
        Freshness(expires: askedPlus50, shared: 50, client: 50),
        Freshness(expires: askedPlus50, date: "yesterday", shared: 50, client: 50),
        Freshness(
            expires: "Sun, 14 Nov 2049 12:01:40 GMT", date: "Sun, 14 Nov 2049 12:00:00 GMT", shared: 100, client: 100),
        Freshness(
            expires: "Thu, 01 Jan 1970 00:01:00 GMT", date: "Thu, 01 Jan 1970 00:00:00 GMT", shared: 60, client: 60),
        Freshness(expires: "Tuesday, 14-Nov-23 12:01:40 GMT", date: noon, shared: 100, client: 100),
        // Broken: stale already.
        Freshness(expires: "0", shared: 0, client: 0),
        Freshness(expires: "-1", date: noon, shared: 0, client: 0),
        Freshness(expires: "", date: noon, shared: 0, client: 0),
        Freshness(expires: "Tue, 31 Feb 2049 12:00:00 GMT", shared: 0, client: 0),
        Freshness(control: "max-age=x", expires: later, date: noon, shared: 0, client: 0),
        Freshness(control: "max-age=-5", shared: 0, client: 0),
        // Beyond all bounds: the maximum.
        Freshness(control: "max-age=99999999999999999999", shared: 1000, client: 1000),
        Freshness(control: "max-age=1001, s-maxage=1000", shared: 1000, client: 1000),
        Freshness(
            expires: "Fri, 31 Dec 9999 23:59:59 GMT", date: "Sat, 01 Jan 0000 00:00:00 GMT", shared: 1000, client: 1000
        ),
        Freshness(
            expires: "Sat, 01 Jan 0000 00:00:00 GMT", date: "Fri, 31 Dec 9999 23:59:59 GMT", shared: 0, client: 0),
        // What it has spent in caches on its way is gone.
        Freshness(control: "max-age=60", age: "20", shared: 40, client: 40),
        Freshness(control: "max-age=60, s-maxage=90", age: " 70 ", shared: 20, client: 0),
        Freshness(control: "max-age=60", age: "61", shared: 0, client: 0),
        Freshness(control: "max-age=5000", age: "4500", shared: 500, client: 500),
        Freshness(expires: later, date: noon, age: "30", shared: 70, client: 70),
        Freshness(control: "max-age=60", age: "20, 5", shared: 40, client: 40),
        Freshness(control: "max-age=60", age: "99999999999999999999999", shared: 0, client: 0),
        Freshness(control: "max-age=60", age: "-20", shared: 60, client: 60),
        Freshness(control: "max-age=60", age: "1.5", shared: 60, client: 60),
        Freshness(control: "max-age=60", age: "", shared: 60, client: 60),
        // Prohibitions.
        Freshness(control: "no-store", shared: 0, client: 0),
        Freshness(control: "no-store, max-age=60", shared: 0, client: 0),
        Freshness(control: "no-store, must-understand, max-age=60", shared: 0, client: 0),
        Freshness(control: "no-cache", shared: 0, client: 0),
        Freshness(control: "no-cache=\"set-cookie\", max-age=60", shared: 0, client: 0),
        Freshness(control: "private", shared: 0),
        Freshness(control: "private, max-age=60", shared: 0, client: 60),
        Freshness(control: "private=\"x\", max-age=60, s-maxage=70", shared: 0, client: 60),
        Freshness(control: "private", expires: later, date: noon, shared: 0, client: 100),
    ])
    func freshness(_ item: Freshness) {
        let fields = LifetimeFields(
            cacheControl: item.control, expires: item.expires, date: item.date, age: item.age)
        let lifetime = OriginLifetime(fields, askedAt: Self.now, maximum: 1000)
        #expect(lifetime.freshFor == item.shared)
        #expect(lifetime.clientFreshFor == item.client)
        // What a tier keeps of it is its text.
        #expect(OriginLifetime(CacheControl(parsing: lifetime.control.description)) == lifetime)
    }

    struct Staleness: CustomTestStringConvertible {
        let control: String
        var isStorable = true
        var mustRevalidate = false
        var whileRevalidate: Int?
        var ifError: Int?
        var age: String?
        var testDescription: String { control + (age.map { " | Age: \($0)" } ?? "") }
    }

    @Test(arguments: [
        Staleness(control: ""),
        Staleness(control: "max-age=60"),
        Staleness(control: "max-age=60, stale-while-revalidate=7, stale-if-error=8", whileRevalidate: 7, ifError: 8),
        Staleness(control: "max-age=60, stale-if-error=5000", ifError: 1000),
        Staleness(control: "max-age=60, stale-if-error=x", ifError: 0),
        Staleness(control: "must-revalidate", mustRevalidate: true, whileRevalidate: 0, ifError: 0),
        Staleness(control: "proxy-revalidate, max-age=9", mustRevalidate: true, whileRevalidate: 0, ifError: 0),
        Staleness(control: "no-cache", mustRevalidate: true, whileRevalidate: 0, ifError: 0),
        Staleness(control: "s-maxage=60", mustRevalidate: true, whileRevalidate: 0, ifError: 0),
        Staleness(
            control: "s-maxage=60, stale-while-revalidate=7", mustRevalidate: true, whileRevalidate: 7, ifError: 0),
        Staleness(control: "s-maxage=60, stale-if-error=8", mustRevalidate: true, whileRevalidate: 0, ifError: 8),
        Staleness(
            control: "must-revalidate, stale-while-revalidate=7, stale-if-error=8", mustRevalidate: true,
            whileRevalidate: 0, ifError: 8),
        Staleness(
            control: "no-cache, stale-while-revalidate=7, stale-if-error=8", mustRevalidate: true, whileRevalidate: 0,
            ifError: 8),
        Staleness(control: "no-store, stale-if-error=8", isStorable: false, whileRevalidate: 0, ifError: 0),
        Staleness(
            control: "private, max-age=9, stale-while-revalidate=7", isStorable: false, whileRevalidate: 0, ifError: 0),
        // The time as stale has begun on the way.
        Staleness(control: "max-age=60, stale-while-revalidate=7", whileRevalidate: 7, age: "60"),
        Staleness(
            control: "max-age=60, stale-while-revalidate=7, stale-if-error=100", whileRevalidate: 2, ifError: 95,
            age: "65"),
        Staleness(
            control: "max-age=60, stale-while-revalidate=7, stale-if-error=100", whileRevalidate: 0, ifError: 0,
            age: "99999999999999999999"),
    ])
    func staleness(_ item: Staleness) {
        let fields = LifetimeFields(cacheControl: item.control, age: item.age)
        let lifetime = OriginLifetime(fields, askedAt: Self.now, maximum: 1000)
        #expect(lifetime.isStorable == item.isStorable)
        #expect(lifetime.mustRevalidate == item.mustRevalidate)
        #expect(lifetime.staleWhileRevalidate == item.whileRevalidate)
        #expect(lifetime.staleIfError == item.ifError)
    }

    struct Client: CustomTestStringConvertible {
        let control: String
        var passed: Int64 = 0
        var limit = CacheControl.longestAge
        let expected: String
        var testDescription: String { "\(control) | \(passed) | \(limit)" }
    }

    @Test(arguments: [
        Client(control: "", expected: "public, s-maxage=900, max-age=900, must-revalidate"),
        Client(control: "", passed: 300, expected: "public, s-maxage=600, max-age=600, must-revalidate"),
        Client(control: "max-age=60", expected: "public, s-maxage=60, max-age=60"),
        Client(control: "max-age=60", passed: 20, expected: "public, s-maxage=40, max-age=40"),
        Client(control: "max-age=60", passed: -20, expected: "public, s-maxage=60, max-age=60"),
        Client(control: "max-age=60", passed: .max, expected: "public, s-maxage=0, max-age=0"),
        Client(control: "max-age=60", passed: .min, expected: "public, s-maxage=60, max-age=60"),
        Client(control: "max-age=60, s-maxage=100", passed: 70, expected: "public, s-maxage=30, max-age=0"),
        Client(control: "s-maxage=100", expected: "public, s-maxage=100"),
        Client(control: "max-age=60", limit: 5, expected: "public, s-maxage=5, max-age=5"),
        Client(control: "max-age=60", limit: -5, expected: "public, s-maxage=0, max-age=0"),
        Client(control: "", limit: 0, expected: "public, s-maxage=0, max-age=0, must-revalidate"),
        Client(control: "immutable", expected: "public, s-maxage=900, max-age=900, immutable"),
        Client(
            control: "max-age=60, immutable, must-revalidate, no-transform",
            expected: "public, s-maxage=60, max-age=60, must-revalidate, no-transform, immutable"),
        Client(
            control: "max-age=60, stale-while-revalidate=7, stale-if-error=80",
            expected: "public, s-maxage=60, max-age=60, stale-while-revalidate=7, stale-if-error=80"),
        Client(
            control: "max-age=60, stale-while-revalidate=7, stale-if-error=80", passed: 65,
            expected: "public, s-maxage=0, max-age=0, stale-while-revalidate=2, stale-if-error=75"),
        Client(
            control: "max-age=60, stale-while-revalidate=7, stale-if-error=80", limit: 65,
            expected: "public, s-maxage=60, max-age=60, stale-while-revalidate=5, stale-if-error=5"),
        Client(control: "stale-if-error=80", expected: "public, s-maxage=900, max-age=900, stale-if-error=80"),
        Client(control: "no-store", expected: "no-store"),
        Client(control: "no-store, private, max-age=60, stale-if-error=9, immutable", expected: "private, no-store"),
        Client(control: "public, no-cache", expected: "no-cache"),
        Client(control: "no-cache, max-age=60, stale-if-error=9", expected: "no-cache, stale-if-error=9"),
        Client(control: "private", expected: "private"),
        Client(control: "private, max-age=60, s-maxage=70", passed: 10, expected: "private, max-age=50"),
        Client(control: "private, no-cache", expected: "private, no-cache"),
        Client(control: "private, max-age=60, stale-while-revalidate=9", expected: "private, max-age=60"),
    ])
    func clientsAreTold(_ item: Client) {
        let fields = LifetimeFields(cacheControl: item.control)
        let lifetime = OriginLifetime(fields, askedAt: Self.now, maximum: 1000)
        let control = lifetime.clientControl(after: item.passed, unsaid: 900, atMost: item.limit)
        #expect(control.description == item.expected)
    }

    @Test func lifetimesAreClampedAgain() {
        let lifetime = OriginLifetime(CacheControl(parsing: "max-age=60, s-maxage=600, stale-if-error=700"))
        #expect(lifetime.clamped(to: 100).control.description == "s-maxage=100, max-age=60, stale-if-error=100")
        #expect(lifetime.clamped(to: .min).control.description == "s-maxage=0, max-age=0, stale-if-error=0")
        #expect(lifetime.clamped(to: .max) == lifetime)
    }

    @Test func numbersOfTheCallerStayWithinBounds() {
        var control = CacheControl()
        (control.sharedMaxAge, control.maxAge) = (.min, .max)
        (control.staleIfError, control.staleWhileRevalidate) = (.min, .max)
        let lifetime = OriginLifetime(control)
        #expect((lifetime.freshFor, lifetime.clientFreshFor) == (0, CacheControl.longestAge))
        let client = lifetime.clientControl(after: .max, unsaid: .min)
        #expect(client.description == "public, s-maxage=0, max-age=0, stale-while-revalidate=0, stale-if-error=0")
        let unsaid = OriginLifetime.unsaid.clientControl(after: 0, unsaid: .min)
        #expect(unsaid.description == "public, s-maxage=0, max-age=0, must-revalidate")
    }

    @Test func fieldsAreBounded() {
        let long = String(repeating: "1", count: 10_000)
        let fields = LifetimeFields(cacheControl: "max-age=" + long, expires: long, date: long, age: long)
        #expect(fields == LifetimeFields(cacheControl: "no-store", expires: "0"))
        #expect(LifetimeFields(expires: "") == LifetimeFields(expires: "0"))
    }

    @Test func confirmationsUpdateWhatTheyRepeat() {
        let kept = LifetimeFields(cacheControl: "max-age=60", expires: "0", date: Self.noon, age: "9")
        #expect(kept.updated(by: LifetimeFields()) == LifetimeFields(cacheControl: "max-age=60", expires: "0"))
        let newer = LifetimeFields(cacheControl: "no-store", expires: Self.later, date: Self.later, age: "1")
        #expect(kept.updated(by: newer) == newer)
    }
}
