import Testing
import Transformation

@Suite("Reference §8, §17.8: output parameters")
struct OutputTests {
    struct Case: CustomTestStringConvertible {
        let canonical: String
        let texts: [String]
        var accepted: AcceptedFormats = []
        var testDescription: String { canonical }

        init(_ canonical: String, _ texts: String..., accepting accepted: AcceptedFormats = []) {
            (self.canonical, self.texts, self.accepted) = (canonical, texts, accepted)
        }
    }

    static let plans = [
        Case("f-auto,q-80", "", "lo-false", "pr-false,cp-false", "md-true:md-false", "c2pa-false", "dpr-2"),
        Case("f-auto,q-80,lo-true", "lo-true", "lo-true,pr-true", "lo-false:lo-true"),
        Case("f-auto,q-80,pr-true", "pr-true", "w-0,pr-true"),
        Case("f-webp,q-80", "f-webp", "f-webp,pr-true", "pr-true:f-webp"),
        Case("f-webp,q-80,lo-true", "f-webp,lo-true"),
        Case("f-jpeg,q-80,pr-true", "f-jpg,pr-true", "f-jpeg,pr-true,lo-true"),
        Case("f-png,q-80", "f-png", "f-png,lo-true", "f-png,pr-true,lo-true"),
        Case("f-jpeg,q-80,cp-true", "f-jpg,cp-true"),
        Case("f-jpeg,q-80,md-true", "f-jpg,md-true", "f-jpg,md-true,cp-true"),
        Case("f-gif,q-80", "f-gif", "f-gif,cp-true", "f-gif,md-true,lo-true"),
        Case("f-svg,q-80", "f-svg", "f-svg,dn-300", "f-svg,md-true"),
        Case("f-jpeg,q-80,dn-72", "f-jpg,dn-72", "f-jpg,dn-36_mul_2", "f-jpg,dn-72.0", "f-jpg,dn-71.5"),
        Case("f-auto,q-80,dn-idn_mul_2", "dn-idn_mul_2", "dn-5,w-0:dn-idn_mul_2.0"),
        Case("f-orig,q-80,lo-true,pr-true,cp-true,md-true,dn-9", "dn-9,md-true,cp-true,pr-true,lo-true,f-orig"),
    ]

    @Test(arguments: plans)
    func canonical(_ test: Case) throws {
        for text in test.texts {
            let plan = try plan(text, accepting: test.accepted)
            #expect(plan.canonical == test.canonical, "\(text)")
            #expect(try Plan(canonical: plan.canonical) == plan, "\(text)")
        }
    }

    static let withoutAVIF = [
        Case("f-auto_webp,q-80,cp-true", "f-avif,cp-true", "cp-true", "cp-true:f-avif", accepting: [.avif, .webp]),
        Case("f-auto,q-80,cp-true", "f-avif,cp-true", "f-auto,cp-true", accepting: .avif),
        Case("f-auto,q-80,md-true", "f-avif,cp-true,md-true", accepting: .avif),
        Case("f-auto_avif,q-80,md-true", "md-true", accepting: .avif),
        Case("f-avif,q-80,md-true", "f-avif,md-true", accepting: .avif),
        Case("f-webp,q-80,cp-true", "f-webp,cp-true", accepting: .avif),
        Case(
            "f-auto_webp,q-80:e-usm-2-2-0.8-0.024", "f-avif,e-usm-2-2-0.8-0.024", "e-usm-2-2-0.8-0.024",
            accepting: [.avif, .webp]),
        Case("f-avif,q-80:e-sharpen", "f-avif,e-sharpen", accepting: .avif),
    ]

    @Test("159, 160: never AVIF with cp-true or e-usm", arguments: withoutAVIF)
    func excluded(_ test: Case) throws {
        try canonical(test)
        #expect(try plan(test.texts[0], accepting: test.accepted).varies == test.canonical.hasPrefix("f-auto"))
    }

    @Test("What cannot matter for one format stays where a branch may name another")
    func branches() throws {
        let mixed = try plan("f-webp,pr-true:if-w_gt_50,f-jpg,cp-true,lo-false,md-false,if-end")
        #expect(
            mixed.canonical == "f-webp,q-80,pr-true:if-w_gt_50,f-jpeg,lo-false,cp-true,md-false,if-end")
        #expect(try Plan(canonical: mixed.canonical) == mixed)
        func output(_ width: Int) -> Output {
            var queue = StageQueue(mixed)
            let size = Size(width: width, height: 9)
            while queue.next(current: size, source: size) != nil {}
            return queue.output
        }
        #expect(output(100).switches == [.progressive, .profile] && output(100).format == .fixed(.jpeg))
        #expect(output(10).switches == [.progressive] && output(10).format == .fixed(.webp))
        #expect(mixed.mayKeepProfile)
        #expect(try Transformation(["pr-true"]).resolve().canonical == "f-auto,q-80,pr-true")
        #expect(
            try plan("if-w_gt_50,pr-true,if-end:pr-false").canonical == "f-auto,q-80",
            "what follows the block wins")
    }

    @Test("dn cannot depend on a condition, neither by way of a name")
    func densityInBranches() {
        #expect(throws: TransformationError.conditional(parameter: "dn")) { try plan("if-w_gt_50,dn-72,if-end") }
        #expect(throws: TransformationError.conditional(parameter: "dn")) {
            try plan("if-w_gt_50,n-print,if-end", named: ["print": "w-5,dn-300"])
        }
    }

    @Test(arguments: [
        ("dn-72", 300.0, 72), ("dn-idn_mul_2", 300, 600), ("dn-idn_mul_2", 299.9994, 600), ("dn-idn_mul_90", 72, 1_200),
        ("dn-idn_div_900", 72, 1), ("dn-iw_div_2", 72, 50), ("dn-1200", 1, 1_200),
    ])
    func densities(_ text: String, _ stored: Double, _ expected: Int) throws {
        let density = try plan(text).output.density
        #expect(try density?.value(source: Size(width: 100, height: 50), density: stored) == expected)
    }

    @Test func densitiesWithoutAValue() throws {
        for text in ["dn-idn_div_0", "dn-idn_sub_500", "dn-bw"] {
            let density = try plan(text).output.density
            #expect(throws: TransformationError.self) {
                try density?.value(source: Size(width: 100, height: 50), density: 72)
            }
        }
    }

    @Test(
        "Values that are none",
        arguments: [
            "lo-yes", "lo-", "lo", "pr-1", "cp-TRUE", "md-all", "dn-", "dn", "dn-0", "dn-0.4", "dn-1201", "dn-N72",
            "dn-big", "dn-idn_idn", "w-idn", "w-idn_mul_2", "b-idn_red", "f-eps",
        ])
    func invalid(_ text: String) {
        let error = #expect(throws: TransformationError.self) { try plan(text) }
        guard case .invalidValue = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func noEndpointHasSVGAsItsDefault() {
        #expect(FormatChoice("svg") == nil)
        #expect(throws: TransformationError.notAvailable(parameter: "c2pa")) { try plan("c2pa-true") }
    }

    @Test(arguments: [
        "f-webp,q-80,pr-false", "f-jpeg,q-80,pr-true,lo-true", "f-auto,q-80,lo-true,lo-true", "f-auto,q-80,dn-72.0",
        "f-auto,lo-true,q-80", "f-webp,q-80,lo-false",
    ])
    func notCanonical(_ text: String) {
        #expect(throws: TransformationError.notCanonical) { try Plan(canonical: text) }
    }
}
