import Testing
import Transformation

/// What a request without a signature may ask for, and what becomes of the rest.
@Suite("Ladders")
struct LadderTests {
    private static let named = ["odd": "w-333,h-77,q-3,bl-5", "hinted": "w-auto"]

    private static func ladder(_ mode: Ladder.Mode, parameters: Set<String>? = nil) -> TransformationRules {
        var ladder = Ladder()
        (ladder.widths, ladder.heights, ladder.qualities) = ([320, 640, 1280], [180, 360], [50, 80])
        (ladder.mode, ladder.parameters) = (mode, parameters)
        return TransformationRules(ladder: ladder)
    }

    private func canonical(
        _ text: String, _ rules: TransformationRules, hints: ClientHints = ClientHints()
    ) throws -> String {
        try plan(text, named: Self.named, hints: hints, rules: rules).canonical
    }

    // MARK: Rungs are as without a ladder

    @Test(
        "What is on the ladder is taken",
        arguments: [
            "w-320", "h-180", "w-640,h-360,c-force", "q-50", "w-320,dpr-2", "w-160,dpr-2", "w-640,ar-16-9",
            "rt-90,bl-7",
            "n-odd", "n-odd,w-320", "w-320:rt-90:h-180", "l-image,i-a.png,w-320,l-end", "l-text,i-a,w-320,l-end",
            "l-image,i-ik_canvas,w-320,h-180,l-end", "l-image,i-ik_canvas,bg-FF0000,l-end",
            "if-w_gt_500,w-320,if-else,h-180,if-end", "w-0", "w-70000", "cm-extract,w-320,h-180,x-iw_div_2,y-7",
            "w-0640",
            "w-320.0", "w-100_add_220", "lo-true,f-png",
        ])
    func onTheLadder(_ text: String) throws {
        for mode in [Ladder.Mode.reject, .roundUp, .exact] {
            let rules = Self.ladder(mode)
            #expect(try canonical(text, rules) == canonical(text, TransformationRules()))
        }
    }

    // MARK: Others are refused or go up

    struct Case: CustomTestStringConvertible {
        let text: String
        /// The parameter and value that are blamed.
        let blamed: (String, String)
        /// What it becomes where values go up; nil where it is refused, too.
        let risen: String?
        var testDescription: String { text }

        init(_ text: String, _ parameter: String, _ value: String, risen: String?) {
            (self.text, blamed, self.risen) = (text, (parameter, value), risen)
        }
    }

    static let cases = [
        Case("w-319", "w", "319", risen: "w-320"),
        Case("w-321", "w", "321", risen: "w-640"),
        Case("w-1", "w", "1", risen: "w-320"),
        Case("w-5000", "w", "5000", risen: "w-1280"),
        Case("h-361", "h", "361", risen: "h-360"),
        Case("w-640,h-200,c-force", "h", "200", risen: "w-640,h-360,c-force"),
        Case("w-320,dpr-1.5", "w", "480", risen: "w-640"),
        Case("w-1280,dpr-2", "w", "2560", risen: "w-1280"),
        Case("w-320,ar-16-10", "h", "200", risen: "w-320,h-360"),
        Case("q-51", "q", "51", risen: "q-80"),
        Case("q-81", "q", "81", risen: "q-80"),
        Case("rt-90:w-7", "w", "7", risen: "rt-90:w-320"),
        Case("n-odd,w-7", "w", "7", risen: "n-odd,w-320"),
        Case("if-w_gt_500,w-7,if-else,w-320,if-end", "w", "7", risen: "w-320"),
        Case("if-w_gt_500,q-7,if-end", "q", "7", risen: "if-w_gt_500,q-50,if-end"),
        Case("l-image,i-a.png,w-7,l-end", "w", "7", risen: "l-image,i-a.png,w-320,l-end"),
        Case(
            "l-image,i-a.png,l-image,i-b.png,h-7,l-end,l-end", "h", "7",
            risen: "l-image,i-a.png,l-image,i-b.png,h-180,l-end,l-end"),
        Case("l-image,i-ik_canvas,w-320,h-7,l-end", "h", "7", risen: "l-image,i-ik_canvas,w-320,h-180,l-end"),
        Case("l-text,i-a,w-7,l-end", "w", "7", risen: "l-text,i-a,w-320,l-end"),
        Case("w-0.5", "w", "0.5", risen: nil),
        Case("w-iw_div_2", "w", "iw_div_2", risen: nil),
        Case("h-ih", "h", "ih", risen: nil),
        Case("w-320,ar-iar_div_2", "ar", "iar_div_2", risen: nil),
        Case("w-320,dpr-iar", "dpr", "iar", risen: nil),
        Case("w-320,ar-1-1000", "ar", "1-1000", risen: nil),
        Case("l-image,i-a.png,w-bw_div_2,l-end", "w", "bw_div_2", risen: nil),
        Case("l-text,i-a,w-0.5,l-end", "w", "0.5", risen: nil),
        Case("l-image,i-ik_canvas,h-bh,l-end", "h", "bh", risen: nil),
    ]

    @Test("What is no rung is refused", arguments: cases) func refused(_ item: Case) throws {
        let error = #expect(throws: TransformationError.self) { try canonical(item.text, Self.ladder(.reject)) }
        guard case .notOnLadder(let parameter, let value, let rungs) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect((parameter, value) == item.blamed)
        #expect([[320, 640, 1280], [180, 360], [50, 80]].contains(rungs))
        #expect(error?.code == .invalid)
    }

    @Test("What is no rung goes up to one", arguments: cases) func risen(_ item: Case) throws {
        guard let risen = item.risen else {
            let error = #expect(throws: TransformationError.self) { try canonical(item.text, Self.ladder(.roundUp)) }
            guard case .notOnLadder = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            return
        }
        // One plan, and so one variant and one entity tag, for all that rise to it.
        #expect(try canonical(item.text, Self.ladder(.roundUp)) == canonical(risen, TransformationRules()))
    }

    @Test("A ladder that is off takes everything", arguments: cases) func off(_ item: Case) throws {
        #expect(try canonical(item.text, Self.ladder(.exact)) == canonical(item.text, TransformationRules()))
    }

    @Test("A message names the rungs")
    func message() {
        let error = #expect(throws: TransformationError.self) { try canonical("w-333", Self.ladder(.reject)) }
        #expect(
            error?.description
                == "parameter w: value '333' is not allowed without a signature; allowed: 320, 640, 1280")
    }

    @Test("Only what has rungs is bound")
    func halfLadders() throws {
        var ladder = Ladder()
        ladder.qualities = [50]
        #expect(try canonical("w-iw_div_2,q-50", TransformationRules(ladder: ladder)).contains("w-iw_div_2"))
        ladder.qualities = []
        ladder.heights = [100]
        #expect(try canonical("w-7,h-100", TransformationRules(ladder: ladder)).contains("w-7,h-100"))
        #expect(throws: TransformationError.self) { try canonical("w-7,ar-1-2", TransformationRules(ladder: ladder)) }
    }

    // MARK: Screens

    @Test(
        "What hints ask for goes up, whatever the ladder does",
        arguments: [
            ("w-auto", 250, "", "w-320"), ("w-auto", 330, "", "w-640"), ("w-auto", 7_000, "", "w-1280"),
            ("w-auto", 0, "", ""),
            ("w-320,dpr-auto", 0, "1.5", "w-640"), ("w-320,dpr-auto", 0, "", "w-320"),
            ("w-auto,dpr-auto", 600, "2", "w-640"),
            ("n-hinted", 250, "", "w-300"),
        ])
    func hints(_ text: String, _ width: Int, _ ratio: String, _ expected: String) throws {
        let hints = ClientHints(width: width == 0 ? nil : "\(width)", pixelRatio: ratio.isEmpty ? nil : ratio)
        for mode in [Ladder.Mode.reject, .roundUp] {
            let found = try plan(text, named: Self.named, hints: hints, rules: Self.ladder(mode))
            #expect(found.stages.map(\.canonical).joined() == expected)
        }
    }

    @Test("What is written beside a hint has to be a rung") func writtenBesideHints() {
        let hints = ClientHints(width: nil, pixelRatio: "2")
        #expect(throws: TransformationError.notOnLadder(parameter: "w", value: "333", rungs: [320, 640, 1280])) {
            try canonical("w-333,dpr-auto", Self.ladder(.reject), hints: hints)
        }
    }

    // MARK: Parameters

    private static let some: Set<String> = ["w", "e-grayscale", "l", "i"]

    @Test(
        "Parameters that are named, and stored ones, are taken",
        arguments: ["w-320", "e-grayscale", "n-odd", "w-320,e-grayscale:n-odd", "l-image,i-a.png,w-320,l-end"])
    func allowedParameters(_ text: String) throws {
        let rules = Self.ladder(.reject, parameters: Self.some)
        #expect(try canonical(text, rules) == canonical(text, TransformationRules()))
    }

    @Test(
        "Others need a signature",
        arguments: [
            ("h-180", "h"), ("w-320,q-80", "q"), ("e-contrast", "e-contrast"), ("orig-true", "orig"), ("f-png", "f"),
            ("l-image,i-a.png,lx-5,l-end", "lx"), ("if-w_gt_5,w-320,if-end", "if"), ("n-odd,bl-5", "bl"),
            ("l-image,i-a.png,rt-5,l-end", "rt"), ("di-a.png", "di"),
        ])
    func refusedParameters(_ text: String, _ parameter: String) throws {
        for mode in [Ladder.Mode.reject, .roundUp, .exact] {
            let error = #expect(throws: TransformationError.self) {
                try canonical(text, Self.ladder(mode, parameters: Self.some))
            }
            #expect(error == .needsSignature(parameter: parameter, allowed: ["e-grayscale", "i", "l", "n", "w"]))
        }
    }

    @Test("Layers need a signature where they are not named") func refusedLayers() {
        #expect(throws: TransformationError.needsSignature(parameter: "l", allowed: ["i", "n", "w"])) {
            try canonical("l-image,i-a.png,l-end", Self.ladder(.reject, parameters: ["w", "i"]))
        }
    }

    @Test("No parameters at all but stored ones") func noParameters() throws {
        let rules = Self.ladder(.reject, parameters: [])
        #expect(try canonical("n-odd", rules) == canonical("n-odd", TransformationRules()))
        #expect(throws: TransformationError.needsSignature(parameter: "w", allowed: ["n"])) {
            try canonical("w-320", rules)
        }
    }

    // MARK: Steps

    private static func rules(steps: Int?) -> TransformationRules {
        var ladder = Ladder()
        ladder.steps = steps
        return TransformationRules(ladder: ladder)
    }

    static let chains: [(String, Int)] = [
        ("w-320,h-180,q-3", 1), ("n-odd", 1), ("n-odd,w-7", 1),
        ("l-image,i-a.png,w-7,l-end,l-text,i-a,l-end", 1), ("if-w_gt_5,w-7,if-else,h-7,if-end", 1),
        ("l-image,i-a.png,l-image,i-b.png,w-7,l-end,l-end", 1),
        ("w-7:h-7", 2), ("w-7:w-7", 2), ("n-odd:n-odd", 2), ("tr:w-7:n-odd", 2), ("l-image,i-a.png,w-7:rt-90,l-end", 2),
        ("if-w_gt_5,w-7:h-7,if-end", 2), ("if-w_gt_5,w-7,if-else,h-7:bl-5,if-end", 2),
        ("w-320:h-640:w-640:fo-left,w-640,h-320", 4), ("w-7:l-image,i-a.png,w-7:rt-90:w-9,l-end", 4),
        ("if-w_gt_5,w-7:h-7,if-else,h-7:w-7,if-end:rt-90", 4),
    ]

    @Test("A chain is bound by the steps that the URL has written", arguments: chains)
    func boundChains(_ text: String, _ steps: Int) throws {
        let free = try canonical(text, TransformationRules())
        for bound in 1...5 where bound >= steps {
            #expect(try canonical(text, Self.rules(steps: bound)) == free)
        }
        for bound in 1...5 where bound < steps {
            #expect(throws: TransformationError.chainNeedsSignature(steps: steps, maximum: bound)) {
                try canonical(text, Self.rules(steps: bound))
            }
        }
    }

    @Test("The texts of path and query are one chain") func chainOfTexts() throws {
        #expect(try !Transformation(["w-7", "h-7"], rules: Self.rules(steps: 2)).isEmpty)
        // Only one answer comes of it.
        #expect(try Transformation(["w-7:h-7", "orig-true"], rules: Self.rules(steps: 1)).isOriginal)
        let error = #expect(throws: TransformationError.self) {
            try Transformation(["w-7", "h-7"], rules: Self.rules(steps: 1))
        }
        #expect(error?.description == "a chain of 2 steps is not allowed without a signature; allowed: at most 1")
        #expect(error?.code == .invalid)
    }

    @Test("What a stored transformation chains is its owner's") func storedChains() throws {
        let named = ["long": "w-7:h-7:bl-5"]
        let free = try plan("n-long", named: named, rules: TransformationRules()).canonical
        #expect(try plan("n-long", named: named, rules: Self.rules(steps: 1)).canonical == free)
    }

    @Test("Hints of stored transformations are known, whatever parameters are allowed") func storedHints() throws {
        let rules = Self.ladder(.reject, parameters: [])
        #expect(try Transformation(["n-hinted"], rules: rules).hints(named: Self.named) == .width)
    }
}
