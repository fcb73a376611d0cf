import Testing
import Transformation

/// Objects that parameters name (reference §1.5): `di`, `ie`, `ff`.
@Suite struct ObjectPathReferenceTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let text: String
        /// The object's name, as a request has it.
        let canonical: String
        var query = ""
        var url: String?
        /// Where it is not the text.
        var reference: String?
        var testDescription: String { text }
    }

    @Test(arguments: [
        Case(text: "a.png", canonical: "a.png"),
        Case(text: "@@x@@a b.png/", canonical: "x/a%20b.png", reference: "x/a b.png"),
        Case(text: "a%20b.png?v=1", canonical: "a%2520b.png%3Fv=1"),
        Case(text: "https://host/a.png", canonical: "https://host/a.png", url: "https://host/a.png"),
        Case(
            text: "HTTPS:/host//a.png", canonical: "https://host//a.png", url: "https://host//a.png",
            reference: "https://host//a.png"),
        Case(
            text: "https:@@host@@a b.png", canonical: "https://host/a%20b.png", url: "https://host/a%20b.png",
            reference: "https://host/a%20b.png"),
        Case(
            text: "http://host:8080/a%20b%2Fc%3F.png", canonical: "http://host:8080/a%20b%2Fc%3F.png",
            url: "http://host:8080/a%20b%2Fc%3F.png"),
        Case(
            text: "https://host/100%/a#b.png", canonical: "https://host/100%25/a%23b.png",
            url: "https://host/100%25/a%23b.png", reference: "https://host/100%25/a%23b.png"),
        Case(
            text: "https://host/a.png?v=1&x=%20?/@@", canonical: "https://host/a.png", query: "v=1&x=%20?/@@",
            url: "https://host/a.png"),
        Case(
            text: "https://host/?ü #", canonical: "https://host/", query: "%C3%BC%20%23", url: "https://host/",
            reference: "https://host/?%C3%BC%20%23"),
        Case(
            text: "https://[::1]:80/a.png?", canonical: "https://%5B::1%5D:80/a.png", url: "https://[::1]:80/a.png",
            reference: "https://%5B::1%5D:80/a.png"),
        Case(text: "https:", canonical: "https:"), Case(text: "https:x/a.png", canonical: "https:x/a.png"),
    ])
    func isRead(_ wanted: Case) throws {
        let path = try #require(ObjectPath(reference: wanted.text))
        #expect(path.canonical == wanted.canonical)
        #expect(path.query == wanted.query)
        #expect(path.absoluteURL == wanted.url)
        #expect(path.reference == wanted.reference ?? wanted.text)
        let again = try #require(ObjectPath(reference: path.reference))
        #expect(again == path)
        #expect(again.reference == path.reference)
    }

    @Test(arguments: [
        "", "@@", "/", "..@@a.png", "a@@.@@b", "%2e%2e@@a.png", "a\u{1}b", "https://", "https:/", "https:///",
        "https://host/../a.png", "https://host/%2e%2E/a.png", "https://host/a%2F..%2Fb.png", "https://host/%00.png",
        "https://host/%FF.png", "https://host/" + String(repeating: "a/", count: 200),
    ])
    func isRefused(_ text: String) {
        #expect(ObjectPath(reference: text) == nil)
    }

    /// What stands between a client and us merges slashes here and there.
    @Test(arguments: [
        "https://host/a%20b.png", "https:/host/a%20b.png", "HTTPS:///host/a%20b.png", "/https://host/a%20b.png",
    ])
    func aURLInARequestIsTheSameObject(_ path: String) throws {
        let url = try DeliveryURL(
            path: try RequestPath("/px/\(path)".utf8), consumed: 1, query: [], keepingEmptySegments: true)
        #expect(url.object == ObjectPath(reference: "https://host/a%20b.png"))
    }

    /// `aHR0cHM6Ly9oL2EgYi5wbmc_dj0x` is "https://h/a b.png?v=1".
    @Test func aPlanTellsURLsApartByTheirQueries() throws {
        let plan = try plan(
            "l-image,ie-aHR0cHM6Ly9oL2EgYi5wbmc_dj0x,l-end,l-image,ie-aHR0cHM6Ly9oL2EgYi5wbmc,l-end")
        #expect(plan.inputs.map(\.path.query) == ["v=1", ""])
        #expect(Set(plan.inputs.map(\.name)).count == 2)
        #expect(try Plan(canonical: plan.canonical) == plan)
    }
}
