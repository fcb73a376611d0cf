import HTTPRules
import Testing

/// RFC 9110 §5.6.7.
struct HTTPDateTests {
    struct Case: CustomTestStringConvertible {
        let text: String
        let seconds: Int64
        var testDescription: String { text }
    }

    @Test(arguments: [
        Case(text: "Sun, 06 Nov 1994 08:49:37 GMT", seconds: 784_111_777),
        Case(text: "Thu, 01 Jan 1970 00:00:00 GMT", seconds: 0),
        Case(text: "Tue, 29 Feb 2000 23:59:59 GMT", seconds: 951_868_799),
        Case(text: "Wed, 31 Dec 1969 23:59:59 GMT", seconds: -1),
        Case(text: "Fri, 31 Dec 9999 23:59:59 GMT", seconds: 253_402_300_799),
        Case(text: "Sat, 01 Jan 0000 00:00:00 GMT", seconds: -62_167_219_200),
        Case(text: "Mon, 01 Mar 2100 00:00:00 GMT", seconds: 4_107_542_400),
    ])
    func writesAndReadsTheFixedForm(_ item: Case) {
        #expect(HTTPDate(unixSeconds: item.seconds).description == item.text)
        #expect(HTTPDate(item.text)?.unixSeconds == item.seconds)
    }

    @Test func readsWhatItWrites() {
        for seconds in stride(from: Int64(-62_167_219_200), through: 253_402_300_799, by: 9_876_543_211) {
            #expect(HTTPDate(HTTPDate(unixSeconds: seconds).description)?.unixSeconds == seconds)
        }
    }

    @Test(arguments: [
        Case(text: "Sunday, 06-Nov-94 08:49:37 GMT", seconds: 784_111_777),
        Case(text: "Sun Nov  6 08:49:37 1994", seconds: 784_111_777),
        Case(text: "Wed Nov 16 08:49:37 1994", seconds: 784_975_777),
        Case(text: "Saturday, 01-Jan-00 00:00:00 GMT", seconds: 946_684_800),
        Case(text: "Sat, 31 Dec 2016 23:59:60 GMT", seconds: 1_483_228_800),
    ])
    func readsTheOldForms(_ item: Case) {
        #expect(HTTPDate(item.text, now: HTTPDate(unixSeconds: 1_700_000_000))?.unixSeconds == item.seconds)
    }

    @Test func twoDigitsOfAYearAreNearNow() {
        let now = HTTPDate(unixSeconds: 1_700_000_000)  // 2023
        #expect(HTTPDate("Friday, 01-Jan-73 00:00:00 GMT", now: now)?.description.contains(" 2073 ") == true)
        #expect(HTTPDate("Friday, 01-Jan-74 00:00:00 GMT", now: now)?.description.contains(" 1974 ") == true)
    }

    @Test(arguments: [
        "", " ", "     ", "0", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 29 Feb 1900 00:00:00 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT", "Xyz, 06 Nov 1994 08:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 99999 08:49:37 GMT", "Sun, 06 Nov 1994  08:49:37 GMT", "Sun Nov 6 08:49:37 1994",
        "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
    ])
    func refuses(_ text: String) {
        #expect(HTTPDate(text) == nil)
    }

    @Test func clampsWhatCannotBeWritten() {
        #expect(HTTPDate(unixSeconds: .max).description == "Fri, 31 Dec 9999 23:59:59 GMT")
        #expect(HTTPDate(unixSeconds: .min).description == "Sat, 01 Jan 0000 00:00:00 GMT")
    }
}
