import HTTPRules
import Testing

@Suite("Byte ranges")
struct ByteRangeTests {
    struct Case: CustomTestStringConvertible {
        let field: String
        let length: Int
        /// `nil`: not to be understood, so the whole is sent.
        let meant: RangeRequest?
        var sent: ByteRange?
        var testDescription: String { "\(field) of \(length)" }

        static let all = [
            Case(field: "bytes=0-0", length: 10, meant: .from(0, through: 0), sent: ByteRange(first: 0, last: 0)),
            Case(field: "bytes=2-5", length: 10, meant: .from(2, through: 5), sent: ByteRange(first: 2, last: 5)),
            Case(field: "Bytes=2-", length: 10, meant: .from(2, through: nil), sent: ByteRange(first: 2, last: 9)),
            Case(field: "bytes= 2-5 ", length: 10, meant: .from(2, through: 5), sent: ByteRange(first: 2, last: 5)),
            Case(field: "bytes=5-99", length: 10, meant: .from(5, through: 99), sent: ByteRange(first: 5, last: 9)),
            Case(field: "bytes=-3", length: 10, meant: .last(3), sent: ByteRange(first: 7, last: 9)),
            Case(field: "bytes=-30", length: 10, meant: .last(30), sent: ByteRange(first: 0, last: 9)),
            Case(field: "bytes=-0", length: 10, meant: .last(0)),
            Case(field: "bytes=10-", length: 10, meant: .from(10, through: nil)),
            Case(field: "bytes=0-", length: 0, meant: .from(0, through: nil)),
            Case(field: "bytes=-1", length: 0, meant: .last(1)),
            Case(
                field: "bytes=99999999999999999999-", length: 10, meant: .from(.max - 1, through: nil)),
            Case(
                field: "bytes=1-99999999999999999999", length: 10, meant: .from(1, through: .max - 1),
                sent: ByteRange(first: 1, last: 9)),
            Case(
                field: "bytes=-99999999999999999999", length: 3, meant: .last(.max - 1),
                sent: ByteRange(first: 0, last: 2)),
            Case(field: "bytes=0-1,3-4", length: 10, meant: nil),
            Case(field: "bytes=5-2", length: 10, meant: nil),
            Case(field: "bytes=-", length: 10, meant: nil),
            Case(field: "bytes=+1-2", length: 10, meant: nil),
            Case(field: "bytes=１-2", length: 10, meant: nil),
            Case(field: "bytes=1--2", length: 10, meant: nil),
            Case(field: "items=0-1", length: 10, meant: nil),
            Case(field: "", length: 10, meant: nil),
            Case(field: "bytes=" + String(repeating: "1", count: 100) + "-", length: 10, meant: nil),
        ]
    }

    @Test("One range is understood, and cut to what there is", arguments: Case.all)
    func request(_ one: Case) {
        let request = RangeRequest(one.field)
        #expect(request == one.meant)
        #expect(request?.resolved(of: one.length) == one.sent)
    }

    @Test(
        "A server's word for what it sends",
        arguments: [
            ("bytes 0-4/10", "bytes 0-4/10"), ("bytes 5-9/*", "bytes 5-9/*"), ("BYTES 5-9/10", "bytes 5-9/10"),
            ("bytes 5-10/10", nil), ("bytes */10", nil), ("bytes 4-2/10", nil), ("bytes -1-2/10", nil),
            ("bytes +1-2/10", nil), ("bytes 1-2/+10", nil),
            ("bytes 0-9223372036854775807/*", nil), ("items 0-4/10", nil), ("bytes 0-4", nil), ("", nil),
        ] as [(String, String?)])
    func contentRange(_ text: String, _ read: String?) {
        #expect(ContentRange(text)?.description == read)
    }
}
