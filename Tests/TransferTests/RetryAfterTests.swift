import Testing
import Transfer

@Suite("When a server wants to be asked again")
struct RetryAfterTests {
    struct Case: CustomTestStringConvertible {
        let fields: [HeaderField]
        let expected: Int?
        var testDescription: String { fields.map { "\($0.name): \($0.value)" }.joined(separator: "; ") }

        init(_ values: String..., expected: Int?) {
            fields = values.map { HeaderField("retry-after", $0) }
            self.expected = expected
        }
    }

    /// Thu, 01 Jan 1970 00:16:40 GMT.
    private static let now: Int64 = 1000

    @Test(
        "In seconds, or at a time of day",
        arguments: [
            Case(expected: nil), Case("7", expected: 7), Case("0", expected: 0), Case("7", "9", expected: 7),
            Case("soon", expected: nil), Case("-1", expected: nil), Case("", expected: nil),
            Case("Thu, 01 Jan 1970 00:17:00 GMT", expected: 20), Case("Thu, 01 Jan 1970 00:00:00 GMT", expected: 0),
        ])
    func isRead(_ row: Case) {
        #expect(ResponseHead(status: 503, headers: row.fields).secondsToWait(at: Self.now) == row.expected)
    }
}
