import Testing
import Transformation

/// `if` blocks: pairs 223–233 of the URL language reference, §17.11, and what §11 says.
@Suite struct ConditionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let number: Int
        let source: Size
        let text: String
        let output: Size
        var testDescription: String { "\(number): \(source.width)×\(source.height) \(text)" }

        init(_ number: Int, _ source: (Int, Int), _ text: String, _ output: (Int, Int)) {
            self.number = number
            self.source = Size(width: source.0, height: source.1)
            self.text = text
            self.output = Size(width: output.0, height: output.1)
        }
    }

    static let twoWidths = "if-ar_gt_1,w-200,if-else,w-300,if-end"
    static let heights = "if-h_gte_100_and_h_lte_400_or_ar_lt_4-3,w-10,h-10,if-end"
    static let everyday = """
        dpr-2,f-webp:bg-ffffff:if-iar_lt_0.6_or_iar_gt_0.85,w-375,h-498,cm-pad_resize,bg-dominant,if-else,w-375,if-end
        """

    static let pairs = [
        Case(223, (1280, 853), twoWidths, (200, 133)),
        Case(224, (640, 865), twoWidths, (300, 405)),
        Case(225, (640, 865), "if-ar_gt_1,w-200,if-end", (640, 865)),
        Case(226, (640, 865), "h-200,c-pad_resize:if-h_eq_200,w-100,if-end:rt-90", (135, 100)),
        Case(227, (300, 200), heights, (10, 10)),
        Case(228, (300, 500), heights, (10, 10)),
        Case(229, (900, 500), heights, (900, 500)),
        Case(233, (500, 1_000), everyday, (375, 498)),
        Case(233, (700, 1_000), everyday, (375, 536)),
    ]

    static let further = [
        // and binds tighter than or, on both sides.
        Case(0, (10, 500), "if-w_eq_10_or_w_eq_20_and_h_eq_9,w-1,h-1,if-end", (1, 1)),
        Case(0, (20, 9), "if-w_eq_10_or_w_eq_20_and_h_eq_9,w-1,h-1,if-end", (1, 1)),
        Case(0, (20, 8), "if-w_eq_10_or_w_eq_20_and_h_eq_9,w-1,h-1,if-end", (20, 8)),
        // Properties of the step and of the source.
        Case(0, (800, 400), "w-100:if-w_eq_100_and_iw_eq_800_and_h_eq_50_and_ih_eq_400,w-7,h-7,if-end", (7, 7)),
        Case(0, (800, 400), "w-9,h-9:if-ar_eq_1_and_iar_eq_2,w-7,h-7,if-end", (7, 7)),
        Case(0, (800, 400), "rt-90:if-w_eq_400,w-7,h-7,if-end", (7, 7)),
        // Every relation, at, below and above.
        Case(0, (400, 300), "if-ar_eq_4-3,w-1,h-1,if-end", (1, 1)),
        Case(0, (400, 300), "if-ar_eq_1.333333,w-1,h-1,if-end", (1, 1)),
        Case(0, (400, 300), "if-ar_gte_4-3_and_ar_lte_4-3,w-1,h-1,if-end", (1, 1)),
        Case(0, (400, 300), "if-ar_ne_4-3_or_ar_gt_4-3_or_ar_lt_4-3,w-1,h-1,if-end", (400, 300)),
        Case(0, (400, 300), "if-w_gt_399.5_and_w_lt_400.5,w-1,h-1,if-end", (1, 1)),
        Case(0, (400, 300), "if-w_gt_400_or_w_lt_400_or_w_ne_400,w-1,h-1,if-end", (400, 300)),
        Case(0, (400, 300), "if-w_gte_401_or_w_lte_399,w-1,h-1,if-end", (400, 300)),
        // Chains in branches, blocks in branches, and what stands behind them.
        Case(0, (400, 300), "if-w_gt_1,w-200:rt-90:h-50,if-end:w-10", (10, 13)),
        Case(0, (400, 300), "if-w_lt_1,w-7,if-else,w-100:if-w_eq_100,h-5,if-else,h-6,if-end:rt-90,if-end", (5, 7)),
        Case(0, (400, 300), "if-w_gt_1,if-h_gt_1,if-ar_gt_1,w-4,if-end,if-end,if-end", (4, 3)),
        Case(0, (400, 300), "if-w_gt_1,w-200,if-end:if-w_eq_200,w-100,if-end:if-w_eq_100,w-40,if-end", (40, 30)),
        // Expressions of the branch see the picture of the branch.
        Case(0, (400, 300), "w-200:if-h_eq_150,w-cw_div_2:h-ih,if-end", (400, 300)),
    ]

    @Test(arguments: pairs + further)
    func outcome(_ test: Case) throws {
        let plan = try plan(test.text)
        #expect(try plan.size(of: test.source) == test.output)
        #expect(try Plan(canonical: plan.canonical) == plan)
    }

    struct Equivalence: CustomTestStringConvertible, Sendable {
        let canonical: String
        let text: String
        var testDescription: String { text }

        init(_ canonical: String, _ text: String) {
            (self.canonical, self.text) = (canonical, text)
        }
    }

    static let equivalences = [
        Equivalence("if-w_gt_300,w-5,if-end", "tr:if-w_gt_300.0,w-5.00,if-else,rt-360,if-end"),
        Equivalence("if-ar_lt_4-3,w-5:rt-90,if-end", "if-ar_lt_8-6,q-80:w-5:rt-90:q-70,if-end:q-80"),
        Equivalence("if-w_gt_1,rt-0,if-else,w-5,if-end", "if-w_gt_1,w-0,if-else,w-5,if-end"),
        Equivalence("", "if-w_gt_1,w-0,if-end"), Equivalence("", "if-w_gt_1,w-0,if-else,rt-0,if-end"),
        Equivalence("w-5:rt-90:w-6", "if-w_gt_1,w-5:rt-90,if-else,w-5.0:rt-90,if-end:w-6"),
        Equivalence("if-w_gt_1,if-h_gt_1,w-2,if-end,if-end", "if-w_gt_1,if-h_gt_1,w-2,if-else,w-0,if-end,if-end"),
        Equivalence("if-w_gt_1,f-jpeg,q-5:w-2,if-end", "if-w_gt_1,w-2,f-jpg:q-5,if-end"),
        Equivalence("if-w_gt_1,w-2:bl-1,if-else,r-3,if-end", "if-w_gt_1,n-a:bl-1,if-else,n-b,if-end"),
    ]

    @Test(arguments: equivalences)
    func canonical(_ test: Equivalence) throws {
        let named = ["a": "w-2", "b": "tr:r-3"]
        #expect(try steps(test.text, named: named) == test.canonical)
        #expect(try steps(test.canonical) == test.canonical)
    }

    @Test("Output parameters of a branch count where the branch runs, and the later ones win")
    func output() throws {
        func output(_ text: String, width: Int) throws -> Output {
            let plan = try plan(text)
            #expect(try Plan(canonical: plan.canonical) == plan)
            let size = Size(width: width, height: 100)
            var queue = StageQueue(plan)
            while queue.next(current: size, source: size) != nil {}
            return queue.output
        }
        let both = "f-png,q-60:if-w_gt_50,f-webp,q-70:if-w_gt_90,q-75,if-end,if-else,f-jpg,if-end"
        #expect(try output(both, width: 100) == Output(format: .fixed(.webp), quality: 75))
        #expect(try output(both, width: 60) == Output(format: .fixed(.webp), quality: 70))
        #expect(try output(both, width: 40) == Output(format: .fixed(.jpeg), quality: 60))
        #expect(try output(both + ":q-20", width: 100) == Output(format: .fixed(.webp), quality: 20))
        #expect(try output("if-w_gt_50,q-70,if-end", width: 100).quality == 70)
        #expect(try output("if-w_gt_50,q-70,if-end", width: 10).quality == 80)
        let free = try plan("if-w_gt_50,f-auto,if-end", accepting: .webp)
        #expect(free.canonical == "f-auto_webp,q-80:if-w_gt_50,f-auto,if-end")
    }

    @Test("Blocks do nothing where conditions are not known, as on GIF")
    func skipped() throws {
        var queue = StageQueue(try plan("w-5:if-w_gt_1,w-6,if-else,w-7,if-end:w-8"), skippingConditions: true)
        var widths: [Length?] = []
        let size = Size(width: 100, height: 100)
        while let step = queue.next(current: size, source: size) { widths.append(step.resize?.width) }
        #expect(widths == [.pixels(5), .pixels(8)])
    }

    @Test(
        "What is decided before the picture is opened",
        arguments: [("orig-true", "orig"), ("pg-2", "pg"), ("dn-72", "dn"), ("di-a.jpg", "di"), ("w-1:n-o", "orig")])
    func unconditional(_ text: String, _ parameter: String) {
        for block in ["if-w_gt_1,\(text),if-end", "if-w_gt_1,w-2,if-else,if-h_gt_1,\(text),if-end,if-end"] {
            #expect(throws: TransformationError.conditional(parameter: parameter)) {
                try plan(block, named: ["o": "orig-true"])
            }
        }
    }

    @Test(
        arguments: [
            "w", "w_gt", "w_gt_", "w_gt_x", "w_gt_N1", "w_above_1", "x_gt_1", "cw_gt_1", "w_gt_1_and", "w_gt_1_and_",
            "and_w_gt_1", "w_gt_1_xor_h_gt_1", "w_gt_1_and_and_h_gt_1", "w_gt_4-3", "h_gt_4-3", "ar_gt_4-0",
            "ar_gt_4-3-2",
            "ar_gt_-3", "ar_gt_4_3", "W_gt_1", "w_GT_1", "w gt 1", "w_gt_1e3", "w_gt_iw", "",
        ])
    func malformed(_ condition: String) {
        let error = #expect(throws: TransformationError.self) { try plan("if-\(condition),w-2,if-end") }
        guard case .syntax(.malformedCondition, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("230–232 and other texts that are no blocks")
    func refused() {
        let texts = [
            "h-400:rt-90,if-h_eq_200,w-100,if-end:rt-90", "h-400:if-h_eq_200,w-100,if-end,bl-10:rt-90",
            "h-100,if-h_eq_200,w-100,if-end", "if-w_gt_1,w-2", "if-w_gt_1", "if-w_gt_1,", "if-w_gt_1,w-2,if-else",
            "if-w_gt_1,if-end", "if-w_gt_1,w-2,if-else,if-end", "if-end", "if-else,w-2,if-end", "if-w_gt_1:w-2,if-end",
            "if-w_gt_1,w-2,if-else,w-3,if-else,w-4,if-end", "if-w_gt_1,w-2,if-end:if-end", "if", "if-",
            "if-w_gt_1,w-2,if-end,if-w_gt_1,w-2,if-end",
        ]
        for text in texts {
            #expect(throws: TransformationError.self, "\(text)") { try plan(text) }
        }
    }

    @Test("Limits: depth, comparisons, steps on the way and in all branches")
    func limits() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "if-w_gt_1,", count: depth) + "w-1" + String(repeating: ",if-end", count: depth)
        }
        #expect(throws: Never.self) { try plan(nested(3)) }
        for depth in [4, 100, 900] {
            #expect(throws: TransformationError.limitExceeded(.nesting, maximum: 3)) { try plan(nested(depth)) }
        }
        #expect(throws: TransformationError.self) { try Plan(canonical: "f-jpeg,q-80:" + nested(1_000)) }
        func compared(_ count: Int) -> String {
            "if-" + Array(repeating: "w_gt_1", count: count).joined(separator: "_and_") + ",w-2,if-end"
        }
        #expect(throws: Never.self) { try plan(compared(Condition.maximumComparisons)) }
        #expect(throws: TransformationError.limitExceeded(.comparisons, maximum: Condition.maximumComparisons)) {
            try plan(compared(Condition.maximumComparisons + 1))
        }
        #expect(throws: TransformationError.self) { try plan(compared(1_500)) }
        let ten = Array(repeating: "w-2", count: 10).joined(separator: ":")
        #expect(throws: Never.self) { try plan("if-w_gt_1,\(ten),if-else,rt-90,if-end") }
        #expect(throws: TransformationError.limitExceeded(.steps, maximum: 10)) {
            try plan("w-2:if-w_gt_1,\(ten),if-end")
        }
        let wide = Array(repeating: "if-w_gt_1,\(ten),if-else,rt-90:\(ten.dropFirst(4)),if-end", count: 10)
        #expect(throws: TransformationError.limitExceeded(.branchedSteps, maximum: 100)) {
            try plan(wide.joined(separator: ":"))
        }
        let names = Array(repeating: "if-w_gt_1,n-a,if-else,n-b,if-end", count: 10).joined(separator: ":")
        #expect(throws: TransformationError.limitExceeded(.branchedSteps, maximum: 100)) {
            try plan(names, named: ["a": ten, "b": "rt-90:" + ten.dropFirst(4)])
        }
    }

    @Test func storedTransformationsMayHaveConditions() throws {
        let named = ["fit": "if-ar_gt_1,w-200,if-else,h-300,if-end"]
        #expect(try plan("n-fit", named: named) == plan("if-ar_gt_1,w-200,if-else,h-300,if-end"))
        #expect(throws: Never.self) { try Transformation.validate(named: named["fit"] ?? "") }
        #expect(throws: TransformationError.nestedNamedTransformation("x")) {
            try Transformation.validate(named: "if-ar_gt_1,w-200,if-else,n-x,if-end")
        }
        #expect(throws: TransformationError.unknownNamedTransformation("x")) { try plan("if-ar_gt_1,n-x,if-end") }
        // The branches too are "anything but a name".
        #expect(try !Transformation(["if-ar_gt_1,n-fit,if-end"]).isOnlyNamed)
    }
}
