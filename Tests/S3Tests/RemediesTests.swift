import S3
import Testing
import Transfer

@Suite("Remedies")
struct RemediesTests {
    private static let date = HeaderField("date", "Fri, 24 May 2013 00:00:00 GMT")
    private static let dateSeconds: Int64 = 1_369_353_600

    private static func refusal(_ status: Int, _ code: String = "", _ headers: HeaderField...) -> Refusal {
        let document = code.isEmpty ? "" : "<Error><Code>\(code)</Code><Region>eu-west-1</Region></Error>"
        return Refusal(ResponseHead(status: status, headers: headers), document: Array(document.utf8))
    }

    struct Case: CustomTestStringConvertible {
        let name: String
        let refusal: Refusal
        var region = "eu-west-1"
        let remedy: Remedies.Remedy?

        var testDescription: String { name }
    }

    @Test(
        "Fit the refusal",
        arguments: [
            Case(name: "no such key", refusal: refusal(404, "NoSuchKey", date), remedy: nil),
            Case(name: "forbidden", refusal: refusal(403, "AccessDenied", date), remedy: nil),
            Case(name: "overload", refusal: refusal(503, "SlowDown", date), remedy: .patience),
            Case(name: "accident", refusal: refusal(500), remedy: .patience),
            Case(name: "not implemented", refusal: refusal(501), remedy: nil),
            Case(name: "broken off", refusal: Refusal(TransferError.truncated), remedy: .patience),
            Case(name: "nobody there", refusal: Refusal(TransferError.refused), remedy: nil),
            Case(
                name: "clock", refusal: refusal(403, "RequestTimeTooSkewed", date),
                remedy: .clock(ahead: dateSeconds - 1000)),
            Case(name: "clock of a HEAD", refusal: refusal(403, "", date), remedy: .clock(ahead: dateSeconds - 1000)),
            Case(name: "clock without date", refusal: refusal(403, "RequestTimeTooSkewed"), remedy: nil),
            Case(
                name: "region in the document", refusal: refusal(400, "AuthorizationHeaderMalformed"),
                region: "us-east-1",
                remedy: .region("eu-west-1")),
            Case(
                name: "region in the head",
                refusal: refusal(301, "PermanentRedirect", HeaderField("x-amz-bucket-region", "ap-south-1")),
                remedy: .region("ap-south-1")),
            Case(
                name: "region that is none",
                refusal: refusal(301, "", HeaderField("x-amz-bucket-region", "evil.example/")),
                remedy: nil),
            Case(name: "own region", refusal: refusal(400, "AuthorizationHeaderMalformed"), remedy: nil),
            Case(
                name: "region of something missing",
                refusal: refusal(404, "", HeaderField("x-amz-bucket-region", "ap-south-1")), remedy: nil),
        ])
    func fit(expected: Case) {
        var remedies = Remedies()
        let first = remedies.remedy(for: expected.refusal, region: expected.region, clock: 1000, now: 1000)
        #expect(first == expected.remedy)
        // None helps twice.
        #expect(remedies.remedy(for: expected.refusal, region: expected.region, clock: 1000, now: 1000) == nil)
    }

    @Test("A HEAD's refusal with the right clock is not the clock's")
    func rightClock() {
        var remedies = Remedies()
        let clock = Self.dateSeconds + 100
        #expect(remedies.remedy(for: Self.refusal(403, "", Self.date), region: "r", clock: clock, now: clock) == nil)
    }

    @Test("Each is given once, one after the other")
    func together() {
        var remedies = Remedies()
        let elsewhere = Self.refusal(403, "RequestTimeTooSkewed", Self.date)
        var given: [Remedies.Remedy?] = []
        given.append(remedies.remedy(for: elsewhere, region: "us-east-1", clock: 0, now: 0))
        given.append(remedies.remedy(for: elsewhere, region: "us-east-1", clock: 0, now: 0))
        given.append(remedies.remedy(for: Self.refusal(503), region: "us-east-1", clock: 0, now: 0))
        given.append(remedies.remedy(for: Self.refusal(503), region: "us-east-1", clock: 0, now: 0))
        #expect(given == [.region("eu-west-1"), .clock(ahead: Self.dateSeconds), .patience, nil])
    }
}
