import JSONReading
import Processes
import Testing

/// What is JSON (RFC 8259), and what is not.
struct JSONTests {
    struct Case: CustomTestStringConvertible {
        let text: [UInt8]
        let value: JSON?
        var testDescription: String { String(decoding: text.prefix(60), as: UTF8.self) }

        init(_ text: String, _ value: JSON?) {
            self.init([UInt8](text.utf8), value)
        }

        init(_ text: [UInt8], _ value: JSON?) {
            (self.text, self.value) = (text, value)
        }

        static let all = [
            Case("null", .null), Case("true", .bool(true)), Case(" false\r\n\t", .bool(false)),
            Case("0", .number("0")), Case("-0", .number("-0")), Case("-12.50e+03", .number("-12.50e+03")),
            Case("1E9", .number("1E9")), Case("9e99999", .number("9e99999")),
            Case(#""""#, .string("")), Case(#""ä\u00e4\/\"\\\b\f\n\r\t""#, .string("ää/\"\\\u{8}\u{c}\n\r\t")),
            Case(#""\u0000""#, .string("\u{0}")), Case(#""\uD83D\ude00""#, .string("😀")),
            Case(#""e\u0301""#, .string("e\u{301}")), Case(#""\uFFFF""#, .string("\u{FFFF}")),
            Case("[]", .array([])), Case("[ ]", .array([])),
            Case(
                "[1 , [2],{}]",
                .array([
                    .number("1"), .array([.number("2")]), .object([:]),
                ])),
            Case("{ }", .object([:])),
            Case(#"{"a":1,"b":{"a":null}}"#, .object(["a": .number("1"), "b": .object(["a": .null])])),

            Case("", nil), Case(" ", nil), Case("nul", nil), Case("nulll", nil), Case("True", nil), Case("-", nil),
            Case("01", nil), Case("+1", nil), Case("1.", nil), Case(".5", nil), Case("1e", nil), Case("1e+", nil),
            Case("0x10", nil), Case("NaN", nil), Case("1 2", nil), Case("'a'", nil), Case(#"""#, nil),
            Case(#""\"#, nil), Case(#""\x""#, nil), Case(#""\u12""#, nil), Case(#""\u12G4""#, nil),
            Case(#""\ud800""#, nil), Case(#""\udc00""#, nil), Case(#""\ud800\u0041""#, nil),
            Case(#""\ud800\ud800""#, nil), Case(#""\u+123""#, nil), Case("\"\u{1}\"", nil), Case("\"\n\"", nil),
            Case("[1,]", nil), Case("[,1]", nil), Case("[1 2]", nil), Case("[", nil), Case("]", nil), Case("[1", nil),
            Case(#"{"a":1,}"#, nil), Case(#"{"a"}"#, nil), Case(#"{"a":}"#, nil), Case(#"{a:1}"#, nil),
            Case(#"{"a":1"#, nil), Case(#"{1:1}"#, nil), Case("{}{}", nil), Case("[}", nil), Case("{]", nil),
            Case(#"{"a":1,"a":1}"#, nil), Case(#"{"a":1,"\u0061":1}"#, nil), Case("/**/1", nil), Case("\u{FEFF}1", nil),
            Case([0x22, 0xFF, 0x22], nil), Case([0x22, 0xC0, 0xAF, 0x22], nil),
            Case([0x22, 0xED, 0xA0, 0x80, 0x22], nil),
            Case([0x22, 0xC3, 0x22], nil), Case([0x31, 0x00], nil), Case([0x00], nil),
        ]
    }

    @Test(arguments: Case.all)
    func `A text is one value, or nothing`(one: Case) {
        #expect(JSON(one.text) == one.value)
    }

    @Test(arguments: [
        ("", #""""#), ("ä😀 '", #""ä😀 '""#), (#"a"\b"#, #""a\"\\b""#), ("\n\u{0}\u{1B}", #""\u000a\u0000\u001b""#),
        ("\u{7F}\u{9B}\u{A0}", "\"\\u007f\\u009b\u{A0}\""),
    ])
    func `A text is quoted without any control`(_ text: String, _ quoted: String) {
        #expect(JSON.quoted(text) == quoted)
        #expect(JSON([UInt8](JSON.quoted(text).utf8)) == .string(text))
    }

    struct Nesting: CustomTestStringConvertible {
        let open: String
        let close: String
        var testDescription: String { open }

        static let all = [
            Nesting(open: "[", close: "]"), Nesting(open: "{\"a\":", close: "}"), Nesting(open: "[1,", close: "]"),
        ]
    }

    /// On the smallest stack that a thread can have here.
    @Test(arguments: Nesting.all)
    func `Values may lie in each other to a limit, and no depth is more than an error`(nesting: Nesting) throws {
        let thread = try WorkThread(named: "json", stackBytes: 128 * 1024) {
            for depth in [1, 2, 63, 64, 65, 255, 256, 511, 512, 513, 20_000] {
                let open = String(repeating: nesting.open, count: depth)
                let whole = open + "1" + String(repeating: nesting.close, count: depth)
                #expect((JSON([UInt8](whole.utf8)) != nil) == (depth < JSON.deepest), "\(depth)")
                #expect(JSON([UInt8](open.utf8)) == nil)
            }
        }
        thread.join()
    }

    /// Whatever is cut off or changed: an answer, no trap.
    @Test func `Every damage to a text is an error or another text`() {
        let text = [UInt8](#"{"url":"http:\/\/x\u00e4\ud83d\ude00","a":[1.5e-3,true,null,{}]}"#.utf8)
        #expect(JSON(text) != nil)
        for length in 0..<text.count { #expect(JSON([UInt8](text.prefix(length))) == nil) }
        for index in text.indices {
            for byte in UInt8.min...UInt8.max {
                var damaged = text
                damaged[index] = byte
                _ = JSON(damaged)
            }
        }
    }

    @Test func `What is written is read again`() {
        let texts = ["", "plain", "\"\\/", "\u{0}\u{1}\u{1f}\u{7f}\n", "ä😀e\u{301}", "\u{2028}"]
        let fields = texts.map { (name: $0, value: $0) }
        #expect(JSON(JSON.text(fields)) == .object(Dictionary(uniqueKeysWithValues: texts.map { ($0, .string($0)) })))
        #expect(JSON.text([]) == [UInt8]("{}".utf8))
        #expect(JSON.text([("b", "1"), ("a", "\n")]) == [UInt8](#"{"b":"1","a":"\u000a"}"#.utf8))
    }
}
