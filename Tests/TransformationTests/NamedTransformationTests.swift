import Testing
import Transformation

/// Reference §8.4, pairs 174 and 175, and the rule of design §4.3.
@Suite struct NamedTransformationTests {
    static let named = [
        "blur_thumbnail": "tr:w-300,h-200,bl-10", "thumb": "w-150,h-150", "chain": "w-400,q-30:rt-90",
        "webp": "f-webp,q-60",
        "loop": "w-1:n-loop", "original": "orig-true", "smart": "w-150,bg-genfill", "broken": "w-junk",
    ]

    @Test(
        "174",
        arguments: [
            ("n-blur_thumbnail", "w-300,h-200,bl-10"), ("n-chain", "w-400:rt-90"),
            ("n-thumb:rt-90", "w-150,h-150:rt-90"),
            ("rt-90,n-thumb", "w-150,h-150:rt-90"), ("n-chain,fl-h", "w-400:rt-90:fl-h"),
            ("n-thumb:n-chain", "w-150,h-150:w-400:rt-90"),
            ("w-9:n-webp", "w-9"),
        ])
    func expands(_ text: String, _ expected: String) throws {
        #expect(try steps(text, named: Self.named) == expected)
    }

    @Test func outputIsForTheWhole() throws {
        #expect(try plan("n-chain", named: Self.named).output.quality == 30)
        #expect(try plan("n-chain,q-90", named: Self.named).output.quality == 90)
        #expect(try plan("q-90:n-chain", named: Self.named).output.quality == 30)
        #expect(try plan("n-webp,w-1", named: Self.named).output == Output(format: .fixed(.webp), quality: 60))
        #expect(try Transformation(["n-original,w-5"]).resolve(named: Self.named) == .original)
    }

    @Test("175: unknown, in any other case, self-including or broken ones are refused")
    func refused() {
        #expect(throws: TransformationError.unknownNamedTransformation("doesnotexist")) {
            try plan("n-doesnotexist", named: Self.named)
        }
        #expect(throws: TransformationError.unknownNamedTransformation("Thumb")) {
            try plan("n-Thumb", named: Self.named)
        }
        #expect(throws: TransformationError.nestedNamedTransformation("loop")) { try plan("n-loop", named: Self.named) }
        #expect(throws: TransformationError.notAvailable(parameter: "bg-genfill")) {
            try plan("n-smart", named: Self.named)
        }
        #expect(throws: TransformationError.self) { try plan("n-broken", named: Self.named) }
    }

    @Test(
        "Only named ones: what may pass unsigned under `unsigned: named`",
        arguments: [
            (["n-thumb"], true), (["n-thumb:n-chain"], true), (["n-thumb", "n-chain"], true), ([], false),
            ([""], false),
            (["w-1"], false), (["n-thumb,w-1"], false), (["n-thumb:w-1"], false), (["n-thumb", "w-1"], false),
            (["n-a,n-b"], false),
            (["n-thumb,unknown-1"], false), (["orig-true"], false), (["n-thumb:orig-true"], false),
            (["n-thumb,q-80"], false),
        ] as [([String], Bool)])
    func onlyNamed(_ texts: [String], _ expected: Bool) throws {
        let rules = TransformationRules(unknownParameters: .ignore)
        #expect(try Transformation(texts, rules: rules).isOnlyNamed == expected)
    }

    @Test func validation() {
        for text in [
            "w-1", "tr:w-300,h-200,bl-10", "w-150,fo-auto", "l-image,i-a,l-end", "e-bgremove:w-5", "orig-true",
            "if-w_gt_1,w-2,if-end",
        ] {
            #expect(throws: Never.self, "\(text)") { try Transformation.validate(named: text) }
        }
        for text in [
            "", "tr:", "n-a", "w-1:n-a", "w-junk", "unknown-1", "w-1,,", "fo-auto,w-junk", "l-image,i-a", "fo-auto,n-a",
        ] {
            #expect(throws: TransformationError.self, "\(text)") { try Transformation.validate(named: text) }
        }
    }
}
