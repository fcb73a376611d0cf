import Testing
import Transformation

/// `w-auto` and `dpr-auto`: pairs 88–91 of the URL language reference, §17.5, and what §4.9 says.
@Suite struct ClientHintTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let number: Int
        let text: String
        let hints: ClientHints
        let canonical: String
        var testDescription: String { "\(number): \(text) → \(canonical)" }

        init(_ number: Int, _ text: String, width: Int? = nil, pixelRatio: Int? = nil, _ canonical: String) {
            self.number = number
            self.text = text
            hints = ClientHints(width: width, pixelRatio: pixelRatio.map { Number($0) })
            self.canonical = canonical
        }
    }

    static let cases = [
        Case(88, "w-100,dpr-auto", pixelRatio: 2, "w-200"),
        Case(89, "w-auto,dpr-auto", width: 600, pixelRatio: 2, "w-600"),
        Case(90, "w-auto", width: 150, "w-200"),
        Case(91, "w-auto,dpr-auto", width: 212, pixelRatio: 2, "w-300"),
        Case(0, "w-auto", width: 1, "w-100"), Case(0, "w-auto", width: 200, "w-200"),
        // No header asks for more than the widest screen.
        Case(0, "w-auto", width: 7680, "w-7700"), Case(0, "w-auto", width: 7901, "w-8000"),
        Case(0, "w-auto", width: 8001, "w-8000"), Case(0, "w-auto", width: .max, "w-8000"),
        Case(0, "w-auto,dpr-auto", width: 65_000, pixelRatio: 5, "w-8000"),
        // Without a hint, or with one of no use.
        Case(0, "w-auto", ""), Case(0, "w-auto,h-50", "h-50"), Case(0, "w-100,dpr-auto", "w-100"),
        Case(0, "w-auto", width: 0, ""), Case(0, "w-auto", width: -5, ""),
        Case(0, "w-100,dpr-auto", pixelRatio: 0, "w-100"), Case(0, "w-100,dpr-auto", pixelRatio: 6, "w-100"),
        // The width hint is in device pixels, the height is not told by it.
        Case(0, "w-auto,h-40,dpr-auto", width: 600, pixelRatio: 2, "w-600,h-40"),
        Case(0, "w-auto,h-40,dpr-auto", pixelRatio: 2, "h-80"),
        Case(0, "w-auto,dpr-2", width: 600, "w-1200"),
        Case(94, "w-3000,dpr-auto", pixelRatio: 2, "w-3000"),
        // The last one wins, and hints that nobody asked for do nothing.
        Case(0, "w-auto,w-300,dpr-auto,dpr-1", width: 600, pixelRatio: 2, "w-300"),
        Case(0, "w-300,w-auto", width: 600, "w-600"),
        Case(0, "w-300", width: 600, pixelRatio: 2, "w-300"),
        Case(
            0, "if-w_gt_1,w-auto,if-else,w-10,dpr-auto,if-end", width: 600, pixelRatio: 3,
            "if-w_gt_1,w-600,if-else,w-30,if-end"),
        Case(0, "n-fit", width: 600, "w-600"),
    ]

    @Test(arguments: [("0.1", "50"), ("0.5", "50"), ("0.51", "100"), ("1.1", "150"), ("2.625", "300"), ("5", "500")])
    func pixelRatiosAreRoundedUpToHalves(said: String, width: String) throws {
        #expect(try steps("w-100,dpr-auto", hints: ClientHints(width: nil, pixelRatio: said)) == "w-\(width)")
    }

    @Test(arguments: cases)
    func resolved(_ test: Case) throws {
        #expect(try steps(test.text, named: ["fit": "w-auto"], hints: test.hints) == test.canonical)
    }

    @Test func whichHintsAnAnswerDependsOn() throws {
        func kinds(_ text: String) throws -> ClientHints.Kinds {
            try Transformation([text]).hints(named: ["fit": "w-auto"])
        }
        #expect(try kinds("w-300,dpr-2").isEmpty)
        #expect(try kinds("w-auto:w-300,dpr-auto") == [.width, .pixelRatio])
        #expect(try kinds("if-w_gt_1,rt-90,if-else,dpr-auto,w-1,if-end") == .pixelRatio)
        #expect(try kinds("n-fit") == .width)
        #expect(try kinds("n-unknown").isEmpty)
        #expect(try kinds("orig-true,w-auto").isEmpty)
    }

    @Test func headers() {
        #expect(ClientHints(width: "600", pixelRatio: "2.0") == ClientHints(width: 600, pixelRatio: Number(2)))
        #expect(ClientHints(width: "599.2", pixelRatio: "1.5").width == 600)
        #expect(ClientHints(width: "1.5", pixelRatio: "1.5").pixelRatio == Number(rounding: 1.5))
        for useless in ["", "-1", "0", "x", "6e2", " 2", "2;q=1", "é"] {
            #expect(ClientHints(width: useless, pixelRatio: useless == " 2" ? nil : useless).width == nil, "\(useless)")
        }
        for wide in ["8000", "8000.1", "65536", "99999999999999999999"] {
            #expect(ClientHints(width: wide, pixelRatio: nil).width == 8000, "\(wide)")
        }
        #expect(ClientHints(width: nil as String?, pixelRatio: nil) == ClientHints())
    }

    @Test("91: Content-DPR")
    func contentPixelRatio() {
        #expect(ClientHints(width: 212, pixelRatio: Number(2)).contentPixelRatio(deliveredWidth: 300) == 2.83)
        #expect(ClientHints(width: 212).contentPixelRatio(deliveredWidth: 300) == nil)
        #expect(ClientHints(pixelRatio: Number(2)).contentPixelRatio(deliveredWidth: 300) == nil)
    }
}
