import Configuration
import Testing
import Transformation

/// What a URL endpoint lets strangers ask for.
struct LadderTests {
    static func endpoint(_ yaml: String) -> String {
        "accounts: [{ id: demo, privateKeys: [k], urlEndpoints: [{ urlPrefix: \"\", \(yaml) }] }]"
    }

    private func ladder(_ yaml: String) throws -> Ladder {
        try #require(try parse(Self.endpoint(yaml)).accounts.first?.urlEndpoints.first).ladder
    }

    @Test func heightsAreAsWidthsWhereTheyAreNotNamed() throws {
        let same = try ladder("widths: [640, 320]")
        #expect(same.widths == [320, 640] && same.heights == [320, 640] && same.mode == .reject)
        let other = try ladder("widths: [640, 320], heights: [100]")
        #expect(other.widths == [320, 640] && other.heights == [100])
        #expect(try ladder("heights: [100], ladder: exact").widths.isEmpty)
    }

    @Test func noParametersAreNotAllOfThem() throws {
        #expect(try ladder("quality: 70").parameters == nil)
        #expect(try ladder("parameters: []").parameters == [])
        #expect(
            try ladder("parameters: [w, e-shadow, lx, l, if, n]").parameters == ["w", "e-shadow", "lx", "l", "if", "n"])
    }

    @Test func stepsAreAtMostThoseOfAnyURL() throws {
        #expect(try ladder("quality: 70").steps == nil)
        #expect(try ladder("steps: 1").steps == 1)
        #expect(try ladder("steps: 10").steps == 10)
        let fewer = "limits: { steps: 3 }\n"
        #expect(problems(fewer + Self.endpoint("steps: 3")).isEmpty)
        #expect(
            problems(fewer + Self.endpoint("steps: 4")) == [
                "accounts[0].urlEndpoints[0].steps: has to be a whole number from 1 to 3, not \"4\""
            ])
    }

    @Test func noNamesOfAQueryAreNotAllOfThem() throws {
        func names(_ yaml: String) throws -> Set<String>? {
            try parse(Self.endpoint(yaml)).accounts.first?.urlEndpoints.first?.queryNames
        }
        #expect(try names("quality: 70") == nil)
        #expect(try names("query: []") == [])
        #expect(try names("query: [v, version]") == ["v", "version"])
        #expect(
            problems(Self.endpoint("query: v")) == [
                "accounts[0].urlEndpoints[0].query: has to be a list [ … ] of 0 to 50 values, each a text of 1 to 100 "
                    + "characters"
            ])
    }

    private static let sides = "has to be a list [ … ] of 1 to 100 values, each a whole number from 1 to 65535"
    private static let parameters =
        "has to be a list [ … ] of 0 to 200 values, each a parameter of the URL language, such as w"

    private static let needed =
        "required (or heights, or qualities) because ladder says what becomes of values that they do not name"

    @Test(arguments: [
        ("widths: []", "widths: \(sides)"),
        ("widths: 320", "widths: \(sides)"),
        ("widths: required", "widths: \(sides)"),
        ("widths: { a: 1 }", "widths: \(sides)"),
        ("widths: [[320]]", "widths[0]: has to be a whole number from 1 to 65535"),
        ("widths:", "widths: has no value"),
        ("heights: []", "heights: \(sides)"),
        ("qualities: 80", "qualities: has to be a list [ … ] of 1 to 100 values, each a whole number from 1 to 100"),
        ("parameters: w", "parameters: \(parameters)"),
        ("parameters: { w: 1 }", "parameters: \(parameters)"),
        ("widths: [0]", "widths[0]: has to be a whole number from 1 to 65535, not \"0\""),
        ("heights: [70000]", "heights[0]: has to be a whole number from 1 to 65535, not \"70000\""),
        ("widths: [320, 320]", "widths[1]: is the same as accounts[0].urlEndpoints[0].widths[0]"),
        ("qualities: [101]", "qualities[0]: has to be a whole number from 1 to 100, not \"101\""),
        ("widths: [1], ladder: nearest", "ladder: has to be one of reject, roundUp, exact, not \"nearest\""),
        ("ladder: reject", "widths: \(needed)"),
        ("parameters: [w, width]", "parameters[1]: \"width\" is no parameter of the URL language, such as w"),
        ("parameters: [w-300]", "parameters[0]: \"w-300\" is no parameter of the URL language, such as w"),
        ("steps: 0", "steps: has to be a whole number from 1 to 10, not \"0\""),
        ("steps: 11", "steps: has to be a whole number from 1 to 10, not \"11\""),
        ("steps: [1]", "steps: has to be a whole number from 1 to 10"),
        ("steps:", "steps: has no value"),
        ("steps: 1, ladder: exact", "widths: \(needed)"),
        ("parameters: [w, w]", "parameters[1]: is the same as accounts[0].urlEndpoints[0].parameters[0]"),
    ])
    func isReported(_ yaml: String, _ expected: String) {
        #expect(problems(Self.endpoint(yaml)) == ["accounts[0].urlEndpoints[0].\(expected)"])
    }
}
