import Testing
import Transformation

/// The grammar of reference §1.4: what parses into a tree, and what does not.
@Suite struct SyntaxTests {
    typealias Fault = TransformationError.SyntaxFault

    @Test("14: the chain inside a layer belongs to the layer")
    func layerChain() throws {
        let chain = try Syntax.parse("l-image,i-a.png,w-10:rt-90,l-end:w-50")
        #expect(chain.count == 2)
        guard case .items(let items) = chain[0], case .layer(let layer) = items[0] else {
            Issue.record("no layer")
            return
        }
        #expect(layer.kind == .image)
        #expect(layer.chain.count == 2)
        #expect(chain[1] == .items([.parameter(.init(key: "w", value: "50"))]))
    }

    @Test(
        "15, 16, 183, 205: nested layers after a comma and after a colon",
        arguments: [
            "l-image,i-women-dress.jpeg,h-1:l-image,i-logo-white_SJwqB4Nfe.png,w-2,l-end,l-end",
            "l-image,i-ik_canvas,w-500,h-120:l-text,i-Hello,r-0,l-end:l-image,i-logo.png,l-end,l-end",
            "l-image,i-women-dress.jpeg,h-400,b-10_red,lfo-bottom_left,l-image,i-a.png,w-150,lfo-top_right,l-end,l-end",
            "w-400:l-text,i-Brand,fs-bw_div_25,co-FFFFFF,bg-0A254075,pa-10_18,r-10,lx-N24,ly-24,lap-top_right,l-end",
            "l-text,i-Every thing,lx-10,ly-20,lfo-center,lso-5,leo-15,ldu-10,w-bw_mul_0.5,fs-20,ff-Arial,co-0000ff,l-end",
            "l-video,i-play-pause-loop.mp4,l-end", "l-subtitles,i-subtitle.srt,fol-2_A1CCDD50,fsh-A1CCDD_3,l-end",
            "h-300,w-400,ar-4-3,q-40,c-force,e-usm-2-2-0.8-0.024,e-shadow-bl-15_st-40_x-10_y-N5,orig-true,l-image,i-logo.png,l-end",
        ])
    func layers(_ text: String) throws {
        #expect(try !Syntax.parse(text).isEmpty)
    }

    @Test func effectsHaveKeysOfTwoParts() throws {
        let chain = try Syntax.parse("e-sharpen-10,e-grayscale,e-usm-2-2-0.8-0.024,di-,t")
        #expect(
            chain == [
                .items([
                    .parameter(.init(key: "e-sharpen", value: "10")), .parameter(.init(key: "e-grayscale", value: nil)),
                    .parameter(.init(key: "e-usm", value: "2-2-0.8-0.024")), .parameter(.init(key: "di", value: "")),
                    .parameter(.init(key: "t", value: nil)),
                ])
            ])
    }

    @Test("223, 227: conditions")
    func conditions() throws {
        let chain = try Syntax.parse("if-h_gte_100_and_h_lte_400_or_ar_lt_4-3,w-200:rt-90,if-else,w-300,if-end:w-5")
        #expect(chain.count == 2)
        guard case .condition(let block) = chain[0] else {
            Issue.record("no condition")
            return
        }
        #expect(
            block.condition.alternatives == [
                [
                    .init(property: .h, relation: .gte, value: .number(Number(100))),
                    .init(property: .h, relation: .lte, value: .number(Number(400))),
                ], [.init(property: .ar, relation: .lt, value: .ratio(Number(4), Number(3)))],
            ])
        #expect(block.consequence.count == 2)
        #expect(block.alternative?.count == 1)
    }

    @Test(
        "Nested conditions and layers in branches",
        arguments: [
            "if-w_gt_1,if-h_gt_1,w-2,if-end,if-end",
            "if-w_gt_1,w-3:if-h_gt_1,w-2,if-else,l-image,i-a,l-end,if-end,if-else,w-9,if-end",
            "dpr-2,f-webp:bg-ffffff:if-iar_lt_0.6_or_iar_gt_0.85,w-375,h-498,cm-pad_resize,bg-dominant,if-else,w-375,if-end",
        ])
    func nestedConditions(_ text: String) throws {
        #expect(try !Syntax.parse(text).isEmpty)
    }

    struct Broken: CustomTestStringConvertible, Sendable {
        let text: String
        let fault: Fault
        var testDescription: String { text }

        init(_ text: String, _ fault: Fault) {
            self.text = text
            self.fault = fault
        }
    }

    static let broken = [
        Broken(",,", .emptyItem), Broken(":w-1", .emptyItem), Broken("w-1:", .emptyItem), Broken("w-1,", .emptyItem),
        Broken("w-1::h-2", .emptyItem), Broken("w-1,,h-2", .emptyItem), Broken("l-end", .unexpectedEnd),
        Broken("w-1,if-end", .unexpectedEnd), Broken("if-else", .unexpectedEnd), Broken("l-image", .unterminatedLayer),
        Broken("l-image,i-a", .unterminatedLayer), Broken("l-image:i-a,l-end", .unterminatedLayer),
        Broken("l-image,l-end", .emptyItem), Broken("l-video,i-a,if-end", .unexpectedEnd),
        Broken("l-audio,i-a,l-end", .unknownLayerType), Broken("if-w_gt_1,w-2", .unterminatedCondition),
        Broken("if-w_gt_1", .unterminatedCondition),
        Broken("if-w_gt_1,w-2,if-else,w-3,if-else,w-4,if-end", .unexpectedEnd),
        Broken("if-w_gt_1,w-2,l-end", .unexpectedEnd), Broken("if-w,w-2,if-end", .malformedCondition),
        Broken("if-w_gt_x,w-2,if-end", .malformedCondition),
        Broken("if-w_gt_1_xor_h_gt_1,w-2,if-end", .malformedCondition),
        // 230–232
        Broken("h-400:rt-90,if-h_eq_200,w-100,if-end:rt-90", .conditionNotAlone),
        Broken("h-400:if-h_eq_200,w-100,if-end,bl-10:rt-90", .conditionNotAlone),
        Broken("h-100,if-h_eq_200,w-100,if-end", .conditionNotAlone),
    ]

    @Test(arguments: broken)
    func refuses(_ test: Broken) {
        let error = #expect(throws: TransformationError.self) { try Syntax.parse(test.text) }
        guard case .syntax(let fault, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(fault == test.fault)
    }

    @Test func limits() throws {
        let limits = TransformationLimits()
        func steps(_ count: Int) -> String { Array(repeating: "w-1", count: count).joined(separator: ":") }
        func layers(_ count: Int) -> String {
            Array(repeating: "l-image,i-a,l-end", count: count).joined(separator: ",")
        }
        func deep(_ count: Int) -> String {
            String(repeating: "l-image,i-a,", count: count)
                + Array(repeating: "l-end", count: count).joined(separator: ",")
        }
        func conditions(_ count: Int) -> String {
            String(repeating: "if-w_gt_1,", count: count) + "w-1" + String(repeating: ",if-end", count: count)
        }
        for accepted in [steps(10), layers(20), deep(3), conditions(3)] {
            #expect(try !Syntax.parse(accepted).isEmpty)
        }
        let refused: [(String, TransformationError.Limit, Int)] = [
            (steps(11), .steps, limits.steps), (steps(1_000), .steps, limits.steps),
            (layers(21), .layers, limits.layers), (layers(200), .layers, limits.layers),
            (deep(4), .nesting, limits.nesting),
            (deep(50), .nesting, limits.nesting), (conditions(4), .nesting, limits.nesting),
            (conditions(100), .nesting, limits.nesting),
            (String(repeating: "a", count: limits.textBytes + 1), .textBytes, limits.textBytes),
        ]
        for (text, limit, maximum) in refused {
            #expect(throws: TransformationError.limitExceeded(limit, maximum: maximum)) { try Syntax.parse(text) }
        }
    }

    @Test("18, 25: a ratio written with a colon, and only that")
    func colonRatio() throws {
        #expect(try Syntax.parse("ar-4:3,w-400") == Syntax.parse("ar-4-3,w-400"))
        #expect(try Syntax.parse("w-400,ar-4:3:rt-90").count == 2)
        #expect(try Syntax.parse("ar-4:w-3").count == 2)
    }
}
