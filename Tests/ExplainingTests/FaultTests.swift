import Explaining
import Testing
import Transformation

/// What is wrong with a transformation, and where it stands.
struct FaultTests {
    struct Case: CustomTestStringConvertible {
        let texts: [String]
        let parameter: String?
        let value: String?
        /// The text, from 1, and the bytes before the fault; `nil`: nowhere in particular.
        let place: [Int]?
        var testDescription: String { texts.joined(separator: " | ") }

        init(_ texts: String..., parameter: String? = nil, value: String? = nil, at place: [Int]?) {
            (self.texts, self.parameter, self.value, self.place) = (texts, parameter, value, place)
        }
    }

    private static func explained(_ texts: [String]) -> ExplainedTransformation {
        ExplainedTransformation(texts, in: .init(named: ["inner": "w-junk"]))
    }

    @Test(arguments: [
        Case("w-x", parameter: "w", value: "x", at: [1, 0]),
        Case("w-300,h-x200", parameter: "h", value: "x200", at: [1, 6]),
        Case("w-300", "h-20:q-900", parameter: "q", value: "900", at: [2, 5]),
        Case("ow-1", parameter: "ow", at: [1, 0]), Case("w-1:nonsense-5", parameter: "nonsense", at: [1, 4]),
        Case("n-missing", parameter: "n", value: "missing", at: [1, 0]),
        Case("w-1,,h-2", at: [1, 3]), Case("l-image,i-a.png", at: [1, 8]),
        Case("l-image,i-a.png,w-x,l-end", parameter: "w", value: "x", at: [1, 16]),
        Case("if-h_gt_2,w-x,if-end", parameter: "w", value: "x", at: [1, 10]),
        Case("rt-90:rt-x", parameter: "rt", value: "x", at: [1, 6]),
        Case("n-inner", parameter: "w", value: "junk", at: nil),
        Case((0..<11).map { "w-\($0 + 1)" }.joined(separator: ":"), at: nil),
    ])
    func `A fault has its place`(_ expected: Case) throws {
        let explained = Self.explained(expected.texts)
        let fault = try #require(explained.fault)
        #expect(explained.resolution == nil)
        #expect(fault.parameter == expected.parameter)
        #expect(fault.value == expected.value)
        #expect(fault.position.map { [$0.text, $0.offset] } == expected.place)
        #expect(!fault.message.isEmpty)
    }

    @Test func `What is allowed is said`() throws {
        let fault = try #require(Self.explained(["q-900"]).fault)
        #expect(fault.allowed == ParameterTable.declaration(of: "q")?.allowed)
    }
}
