import Testing
import Transformation

/// Reference §2.1 and pairs 104–109.
@Suite struct ColourTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let text: String
        let colour: Colour
        let canonical: String
        var testDescription: String { "bg-\(text) → \(canonical)" }

        init(_ text: String, _ red: UInt8, _ green: UInt8, _ blue: UInt8, _ opacity: Int, _ canonical: String) {
            self.text = text
            colour = Colour(red: red, green: green, blue: blue, opacity: opacity)
            self.canonical = canonical
        }
    }

    static let cases = [
        Case("FFAABB50", 255, 170, 187, 50, "FFAABB50"),
        Case("FF000000", 255, 0, 0, 0, "FF000000"),
        Case("FF000001", 255, 0, 0, 1, "FF000001"),
        Case("FF000099", 255, 0, 0, 99, "FF000099"),
        Case("0f0fac75", 15, 15, 172, 75, "0F0FAC75"),
        Case("AAAA544D", 170, 170, 84, 4, "AAAA5404"),
        Case("AAAA549A", 170, 170, 84, 9, "AAAA5409"),
        Case("FFFFFFFF", 255, 255, 255, 0, "FFFFFF00"),
        Case("F3F3F3", 243, 243, 243, 100, "F3F3F3"),
        Case("af0", 170, 255, 0, 100, "AAFF00"),
        Case("red", 255, 0, 0, 100, "FF0000"),
        Case("LightSkyBlue", 135, 206, 250, 100, "87CEFA"),
        Case("lightgoldenrodyellow", 250, 250, 210, 100, "FAFAD2"),
    ]

    @Test(arguments: cases)
    func parses(_ test: Case) throws {
        let step = try #require(try plan("bg-\(test.text)").steps.first)
        #expect(step.background == test.colour)
        #expect(step.canonical == "bg-\(test.canonical)")
    }

    @Test(arguments: [
        "", "F", "FFFF", "FFFFF", "FFFFFFF", "GG0000", "FF0000ZZ", "#FF0000", "reddish", "FF00001１", "FF0000005",
    ])
    func refuses(_ text: String) {
        #expect(throws: TransformationError.self) { try plan("bg-\(text)") }
    }

    @Test("102, 103: under a translucent picture the background's own opacity is ignored")
    func translucent() throws {
        #expect(try steps("o-50,bg-0000FF30") == steps("o-50,bg-blue"))
    }
}
