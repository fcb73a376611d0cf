import HTTPRules
import Testing

/// RFC 9111 §5.2.
struct CacheControlTests {
    struct Case: CustomTestStringConvertible {
        let text: String
        /// As written again.
        let expected: String
        var sharedAge: Int?
        var testDescription: String { text }
    }

    @Test(arguments: [
        Case(text: "", expected: ""),
        Case(text: "max-age=60", expected: "max-age=60", sharedAge: 60),
        Case(text: "Public, S-MaxAge=1,max-age=2", expected: "public, s-maxage=1, max-age=2", sharedAge: 1),
        Case(text: "max-age=\"60\"", expected: "max-age=60", sharedAge: 60),
        Case(text: "max-age=1, max-age=2", expected: "max-age=1", sharedAge: 1),
        Case(text: "no-store", expected: "no-store", sharedAge: 0),
        Case(text: "private=\"Set-Cookie, max-age=5\", max-age=60", expected: "private, max-age=60", sharedAge: 0),
        Case(text: "no-cache, max-age=60", expected: "no-cache, max-age=60", sharedAge: 0),
        Case(text: "community=\"UCI, no-store\", max-age=3", expected: "max-age=3", sharedAge: 3),
        Case(text: "max-age=99999999999999999999", expected: "max-age=2147483648", sharedAge: 2_147_483_648),
        Case(text: "max-age=2147483649", expected: "max-age=2147483648", sharedAge: 2_147_483_648),
        Case(text: "max-age=-1", expected: "max-age=0", sharedAge: 0),
        Case(text: "max-age=1.5", expected: "max-age=0", sharedAge: 0),
        Case(text: "max-age", expected: "max-age=0", sharedAge: 0),
        Case(text: "max-age=", expected: "max-age=0", sharedAge: 0),
        Case(text: "max-age = 60", expected: "max-age=0", sharedAge: 0),
        Case(text: ", ,=;, immutable;x, must-revalidate", expected: "must-revalidate, immutable"),
        Case(text: "stale-if-error=5,stale-while-revalidate=6", expected: "stale-while-revalidate=6, stale-if-error=5"),
        Case(text: "no-transform,proxy-revalidate", expected: "proxy-revalidate, no-transform"),
        Case(text: "ext=\"open, no-store", expected: ""),
        Case(text: "ext=\"a\\\"b\", max-age=7", expected: "max-age=7", sharedAge: 7),
    ])
    func isParsed(_ item: Case) {
        let parsed = CacheControl(parsing: item.text)
        #expect(parsed.description == item.expected)
        #expect(parsed.sharedAge == item.sharedAge)
    }

    @Test func theDefaultOfDeliveriesIsWritten() {
        var control = CacheControl()
        control.isPublic = true
        control.sharedMaxAge = 15_552_000
        control.maxAge = 15_552_000
        control.mustRevalidate = true
        #expect(control.description == "public, s-maxage=15552000, max-age=15552000, must-revalidate")
    }

    @Test func agesAreWrittenWithinBounds() {
        var control = CacheControl()
        control.maxAge = -5
        control.sharedMaxAge = .max
        #expect(control.description == "s-maxage=2147483648, max-age=0")
    }

    @Test func garbageIsIgnored() {
        #expect(CacheControl(parsing: String(repeating: "max-age=1,", count: 1000)).description == "no-store")
        #expect(CacheControl(parsing: String(repeating: "\"\\,=", count: 2000)) == CacheControl())
    }

    struct Pair: CustomTestStringConvertible {
        let one: String
        let other: String
        let both: String
        var testDescription: String { "\(one) | \(other)" }
    }

    @Test(arguments: [
        Pair(one: "", other: "", both: ""),
        Pair(one: "max-age=60", other: "max-age=5", both: "max-age=5"),
        Pair(one: "max-age=60", other: "", both: "max-age=60"),
        Pair(one: "public, max-age=60", other: "public, immutable, max-age=70", both: "public, max-age=60"),
        Pair(one: "no-store", other: "public, max-age=60", both: "no-store, max-age=60"),
        Pair(one: "private", other: "no-cache, no-transform", both: "private, no-cache, no-transform"),
        // For shared caches the one without a word of its own says what it says for all.
        Pair(one: "s-maxage=60, max-age=5", other: "max-age=30", both: "s-maxage=30, max-age=5"),
        Pair(one: "s-maxage=60", other: "must-revalidate", both: "s-maxage=60, must-revalidate"),
        Pair(
            one: "stale-while-revalidate=9, stale-if-error=5", other: "stale-if-error=7", both: "stale-if-error=5"),
    ])
    func twoAreMadeOne(_ pair: Pair) {
        let (one, other) = (CacheControl(parsing: pair.one), CacheControl(parsing: pair.other))
        #expect(one.strictest(other).description == pair.both)
        #expect(other.strictest(one) == one.strictest(other))
    }
}
