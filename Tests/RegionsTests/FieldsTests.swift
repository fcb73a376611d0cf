import Regions
import Testing

@Suite struct FieldsTests {
    struct Written: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let value: String
        let text: String
    }

    @Test(arguments: [
        Written(testDescription: "empty", value: "", text: "a: \n"),
        Written(testDescription: "spaces are kept", value: "  x  ", text: "a:   x  \n"),
        Written(testDescription: "a colon", value: "b: c", text: "a: b: c\n"),
        Written(testDescription: "percent", value: "%41", text: "a: %41\n"),
        Written(testDescription: "a tab", value: "\tx\t", text: "a: \tx\t\n"),
        Written(testDescription: "beyond ASCII", value: "é漢🦩\u{80}", text: "a: é漢🦩\u{80}\n"),
        Written(testDescription: "quotes and tildes", value: "\"~\\\"", text: "a: \"~\\\"\n"),
    ]) func aValueGoesThroughALine(_ written: Written) throws {
        var fields = RegionFields()
        fields.add("a", written.value)
        #expect(fields.text == Array(written.text.utf8))
        #expect(fields.isSendable)
        #expect(RegionFields(fields.text) == fields)
    }

    @Test(arguments: ["x\r\ny: z", "\n", "\0", "\u{1}", "\u{1F}", "\u{7F}"]) func otherValuesCannotBeSent(
        _ value: String
    ) {
        var fields = RegionFields()
        fields.add("b", "good")
        fields.add("a", value)
        #expect(!fields.isSendable)
    }

    @Test func manyGoThroughInTheirOrder() throws {
        var fields = RegionFields()
        for number in 0..<100 { fields.add("n-\(number % 7)", "\(number)") }
        let read = try #require(RegionFields(fields.text))
        #expect(read == fields)
        #expect(read["n-3"] == "3")
        #expect(read.all("n-3").count == 14)
        #expect(!read.areOnly(["n-0", "n-1", "n-2", "n-3", "n-4", "n-5", "n-6"]))
        #expect(RegionFields([UInt8]()) == RegionFields())
    }

    struct Malformed: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: [UInt8]

        init(_ testDescription: String, _ text: String) {
            self.init(testDescription, Array(text.utf8))
        }

        init(_ testDescription: String, _ text: [UInt8]) {
            self.testDescription = testDescription
            self.text = text
        }
    }

    @Test(arguments: [
        Malformed("no end", "a: b"),
        Malformed("an empty line", "a: b\n\n"),
        Malformed("no name", ": b\n"),
        Malformed("no separator", "ab\n"),
        Malformed("no space", "a:b\n"),
        Malformed("upper case", "A: b\n"),
        Malformed("a name with a space", "a b: c\n"),
        Malformed("a name of 41 letters", String(repeating: "a", count: 41) + ": b\n"),
        Malformed("carriage return", "a: b\r\n"),
        Malformed("DEL", "a: \u{7F}\n"),
        Malformed("bare bytes", [0x61, 0x3A, 0x20, 0xFF, 0x0A]),
        Malformed("a surrogate", [0x61, 0x3A, 0x20, 0xED, 0xA0, 0x80, 0x0A]),
        Malformed("a letter in two bytes that needs one", [0x61, 0x3A, 0x20, 0xC1, 0x81, 0x0A]),
        Malformed("NUL", "a: \0\n"),
        Malformed("too long", "a: " + String(repeating: "b", count: 60 * 1024) + "\n"),
    ]) func anythingElseIsNone(_ malformed: Malformed) {
        #expect(RegionFields(malformed.text) == nil)
    }

    /// There is one text for the same fields, so whatever is read is written again byte for byte.
    @Test func nothingElseIsReadThanIsWritten() {
        var generator = SeededGenerator(state: 6)
        let letters = Array("ab-0 :%\nC3A9\r\t\u{7F}é".utf8)
        var read = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<12, using: &generator)
            var text = (0..<count).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] }
            if Bool.random(using: &generator) { text = Array("a: ".utf8) + text + [10] }
            guard let fields = RegionFields(text) else { continue }
            read += 1
            #expect(fields.text == text)
        }
        #expect(read > 1000)
    }

    /// SplitMix64.
    private struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }

    @Test func aTextJustFits() {
        let text = Array(("a: " + String(repeating: "b", count: RegionFields.longestText - 4) + "\n").utf8)
        #expect(text.count == RegionFields.longestText)
        #expect(RegionFields(text) != nil)
    }

    @Test(arguments: [
        ("0", 0), ("17", 17), ("9223372036854775807", Int64.max), ("9223372036854775808", nil), ("-1", nil),
        ("+1", nil),
        ("01", nil), ("", nil), (" 1", nil), ("1 ", nil), ("1e3", nil), ("١", nil),
    ]) func numbersHaveOneForm(_ text: String, _ number: Int64?) {
        #expect(RegionFields.number(text) == number)
    }

    @Test func numbersHaveAMaximum() {
        #expect(RegionFields.number("10", max: 10) == 10)
        #expect(RegionFields.number("11", max: 10) == nil)
    }
}
