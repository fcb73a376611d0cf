import HTTPRules
import Testing

/// RFC 9110 §8.8.3 and §13.1.2.
struct EntityTagTests {
    @Test(arguments: [("\"a\"", "a", false), ("W/\"a-b\"", "a-b", true), ("\"\"", "", false), ("\"W/\"", "W/", false)])
    func isParsedAndWritten(text: String, value: String, isWeak: Bool) throws {
        let tag = try #require(EntityTag(parsing: text))
        #expect(tag.value == value && tag.isWeak == isWeak && tag.description == text)
    }

    @Test(arguments: [
        "", "a", "\"", "W/a", "w/\"a\"", "\"a", "a\"", "\"a b\"", "\"a\"b\"", "W/", "\"a\u{7F}\"", "\"a\r\n\"",
    ])
    func isRefused(_ text: String) {
        #expect(EntityTag(parsing: text) == nil)
    }

    @Test func longTagsAreRefused() {
        #expect(EntityTag(String(repeating: "a", count: 128)) != nil)
        #expect(EntityTag(String(repeating: "a", count: 129)) == nil)
    }

    /// The table of RFC 9110 §8.8.3.2.
    @Test(arguments: [
        ("W/\"1\"", "W/\"1\"", false, true), ("W/\"1\"", "W/\"2\"", false, false), ("W/\"1\"", "\"1\"", false, true),
        ("\"1\"", "\"1\"", true, true), ("\"\u{E9}\"", "\"e\u{301}\"", false, false),
    ])
    func compares(left: String, right: String, strong: Bool, weak: Bool) throws {
        let left = try #require(EntityTag(parsing: left))
        let right = try #require(EntityTag(parsing: right))
        #expect(left.strongMatches(right) == strong && left.weakMatches(right) == weak)
    }

    @Test(arguments: [
        ("\"a\"", ["\"a\""]), ("\"a\", W/\"b\"", ["\"a\"", "W/\"b\""]),
        (" ,, \"a\" ,\t\"b,c\",", ["\"a\"", "\"b,c\""]),
        ("", []),
    ])
    func listsAreParsed(text: String, expected: [String]) {
        #expect(EntityTagList(text) == .tags(expected.compactMap { EntityTag(parsing: $0) }))
    }

    @Test(arguments: ["a", "\"a\" \"b", "\"a", "*, \"a\"", "\"a\"b", "W/*"])
    func brokenListsAreRefused(_ text: String) {
        #expect(EntityTagList(text) == nil)
    }

    @Test func listsHaveTheirLimits() throws {
        let tag = try #require(EntityTag("last"))
        let long = "\"" + String(repeating: "x", count: 129) + "\", \"last\""
        #expect(EntityTagList(long) == .tags([tag]))
        #expect(EntityTagList(String(repeating: "\"x\",", count: 64) + "\"last\"")?.contains(tag) == false)
        #expect(EntityTagList(String(repeating: " ", count: 8193)) == nil)
        #expect(EntityTagList(" * ")?.contains(tag) == true)
    }
}

/// RFC 9110 §13.2.2.
struct ConditionalRequestTests {
    struct Case: CustomTestStringConvertible {
        var tags: String?
        var date: String?
        let isNotModified: Bool
        var testDescription: String { "\(tags ?? "-"), \(date ?? "-")" }
    }

    static let modified = HTTPDate(unixSeconds: 784_111_777)

    @Test(arguments: [
        Case(isNotModified: false),
        Case(tags: "\"v1\"", isNotModified: true),
        Case(tags: "W/\"v1\"", isNotModified: true),
        Case(tags: "\"v0\", \"v1\"", isNotModified: true),
        Case(tags: "*", isNotModified: true),
        Case(tags: "\"v0\"", isNotModified: false),
        Case(tags: "\"v0\"", date: "Sun, 06 Nov 1994 08:49:37 GMT", isNotModified: false),
        Case(tags: "\"v1\"", date: "Sun, 06 Nov 1980 08:49:37 GMT", isNotModified: true),
        Case(tags: "nonsense", date: "Sun, 06 Nov 1994 08:49:37 GMT", isNotModified: false),
        Case(date: "Sun, 06 Nov 1994 08:49:37 GMT", isNotModified: true),
        Case(date: "Sun, 06 Nov 1994 08:49:36 GMT", isNotModified: false),
        Case(date: "Sunday, 06-Nov-94 08:49:38 GMT", isNotModified: true),
        Case(date: "yesterday", isNotModified: false),
    ])
    func isDecided(_ item: Case) {
        let request = ConditionalRequest(
            ifNoneMatch: item.tags, ifModifiedSince: item.date, now: HTTPDate(unixSeconds: 800_000_000)
        )
        #expect(request.isNotModified(entityTag: EntityTag("v1"), lastModified: Self.modified) == item.isNotModified)
    }

    @Test func withoutValidatorsNothingMatches() {
        let tagged = ConditionalRequest(ifNoneMatch: "\"v1\"", ifModifiedSince: nil)
        #expect(!tagged.isNotModified(entityTag: nil, lastModified: Self.modified))
        let dated = ConditionalRequest(ifNoneMatch: nil, ifModifiedSince: "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(!dated.isNotModified(entityTag: EntityTag("v1"), lastModified: nil))
    }
}
