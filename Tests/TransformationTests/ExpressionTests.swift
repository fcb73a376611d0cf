import Testing
import Transformation

/// Pairs 208–222 of the URL language reference, §17.10.
@Suite struct ExpressionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let number: Int
        let expression: String
        let width: Int
        var source = Size(width: 600, height: 600)
        var testDescription: String { "\(number): \(expression) = \(width)" }
    }

    static let cases = [
        Case(number: 208, expression: "ih_mul_0.8_add_iw_mul_0.4", width: 720),
        Case(number: 209, expression: "iw_add_100_div_2", width: 650),
        Case(number: 210, expression: "iw_sub_100_mod_7", width: 3),
        Case(number: 211, expression: "2_add_3_pow_2", width: 25),
        Case(number: 212, expression: "10_mul_2_pow_2", width: 400),
        Case(number: 213, expression: "2_pow_3_pow_2", width: 64),
        Case(number: 214, expression: "100_sub_20_sub_30", width: 50),
        Case(number: 215, expression: "100_div_5_mul_2", width: 40),
        Case(number: 216, expression: "17_mod_5_add_1", width: 5),
        Case(number: 0, expression: "2_pow_8_mod_5", width: 8),
        Case(number: 0, expression: "10_mod_4_pow_2", width: 4),
        Case(number: 0, expression: "7_sub_1_add_2_mul_3_mod_5_pow_3", width: 8),
        Case(number: 0, expression: "iw_mul_2_div_3_sub_100_add_1_mod_400_pow_1", width: 301),
        Case(number: 217, expression: "500_add_200", width: 700),
        Case(number: 36, expression: "iw_div_2", width: 300),
        Case(number: 222, expression: "iar_div_2_mul_10000", width: 8889, source: Size(width: 1280, height: 720)),
    ]

    @Test(arguments: cases)
    func width(_ test: Case) throws {
        let resize = try #require(try plan("w-\(test.expression)").steps.first?.resize)
        let geometry = try resize.geometry(
            current: test.source, source: test.source, limits: OutputLimits(pixels: .max))
        #expect(geometry.output.width == test.width)
    }

    @Test("218, 219: c… is the picture before the step, i… the source")
    func variables() throws {
        let source = Size(width: 600, height: 600)
        let current = Size(width: 300, height: 300)
        let limits = OutputLimits(pixels: .max)
        let scaled = try #require(try plan("w-cw_mul_0.8").steps.first?.resize)
        #expect(try scaled.geometry(current: current, source: source, limits: limits).output.width == 240)
        let restored = try #require(try plan("w-iw").steps.first?.resize)
        #expect(try restored.geometry(current: current, source: source, limits: limits).output.width == 600)
    }

    @Test(arguments: ["iw_div_0", "iw_mod_0", "iw_pow_999", "0_sub_iw", "iw_sub_700", "iw_sub_700_pow_0.5"])
    func withoutUsableValue(_ expression: String) throws {
        let resize = try #require(try plan("w-\(expression)").steps.first?.resize)
        let size = Size(width: 600, height: 600)
        #expect(throws: TransformationError.undefinedExpression(parameter: "w", value: expression)) {
            try resize.geometry(current: size, source: size, limits: OutputLimits(pixels: .max))
        }
    }

    @Test func tooLargeResult() throws {
        let resize = try #require(try plan("w-iw_pow_99").steps.first?.resize)
        let size = Size(width: 600, height: 600)
        #expect(throws: TransformationError.limitExceeded(.outputSide, maximum: 65_535)) {
            try resize.geometry(current: size, source: size, limits: OutputLimits(pixels: .max))
        }
    }

    @Test(arguments: [
        "iw_", "_iw", "iw_div", "iw__div_2", "iw_div_2_", "iw_over_2", "bw_div_2", "idn", "iw_div_N2", "iw_div_2e3",
        "1_div_0",
        "iw div 2", "IW", "2_pow_9999",
    ])
    func malformed(_ expression: String) {
        #expect(throws: TransformationError.self) { try plan("w-\(expression)") }
    }

    @Test func operatorLimit() throws {
        let longest = "iw" + String(repeating: "_add_1", count: Expression.maximumOperators)
        #expect(try steps("w-\(longest)") == "w-\(longest)")
        let tooLong = TransformationError.limitExceeded(.operators, maximum: Expression.maximumOperators)
        for place in ["w-", "h-", "ar-", "cm-extract,x-", "dpr-", "dn-"] {
            #expect(throws: tooLong, "\(place)") { try plan("\(place)\(longest)_add_1") }
        }
        for place in ["l-image,i-a.png,lx-", "l-image,i-a.png,ly-N", "l-text,i-a,pa-"] {
            #expect(throws: tooLong, "\(place)") { try plan("\(place)\(longest)_add_1,l-end") }
        }
        #expect(throws: tooLong) { try plan("b-\(longest)_add_1_FF0000") }
        // What is no expression at all is no limit's matter.
        #expect(throws: TransformationError.self) { try plan("w-" + String(repeating: "a_", count: 100)) }
        #expect(throws: TransformationError.self) {
            try plan("w-iw" + String(repeating: "_add_1", count: 2_000))
        }
    }
}
