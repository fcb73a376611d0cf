import HTTPRules
import Testing

/// RFC 9110 §10.2.3.
struct RetryAfterTests {
    struct Case: CustomTestStringConvertible {
        let text: String
        let seconds: Int?
        var testDescription: String { text }
    }

    @Test(arguments: [
        Case(text: "120", seconds: 120),
        Case(text: "0", seconds: 0),
        Case(text: "99999999999999999999", seconds: 2_147_483_648),
        Case(text: "Tue, 14 Nov 2023 22:14:10 GMT", seconds: 50),
        Case(text: "Tuesday, 14-Nov-23 22:14:10 GMT", seconds: 50),
        Case(text: "Tue, 14 Nov 2023 12:00:00 GMT", seconds: 0),
        Case(text: "Fri, 31 Dec 9999 23:59:59 GMT", seconds: 2_147_483_648),
        Case(text: "", seconds: nil),
        Case(text: "-1", seconds: nil),
        Case(text: "1.5", seconds: nil),
        Case(text: "soon", seconds: nil),
    ])
    func isRead(_ item: Case) {
        #expect(RetryAfter.seconds(item.text, now: HTTPDate(unixSeconds: 1_700_000_000)) == item.seconds)
    }
}
