import Testing
import Transformation

/// What must hold for any transformation, tried on many.
@Suite struct CanonicalPropertyTests {
    private static let pieces: [[String]] = [
        [
            "w-300", "w-0.25", "w-iw_div_2", "w-1", "w-65535", "w-299.7", "w-0", "w-90000",
            "w-cw_mul_0.333_add_iw_pow_0.5", "w-2_pow_3", "w-auto",
        ],
        ["h-200", "h-0.5", "h-ih_mul_0.8_add_iw_mul_0.4", "h-7", "h-0.000001", "h-0.9999999"],
        ["ar-4-3", "ar-16.5-9.5", "ar-1.5", "ar-iar_div_2", "ar-1-1000000", "ar-0.000001-3", "ar-car"],
        ResizeStrategy.allCases.map { "c-\($0.rawValue)" }, ResizeStrategy.allCases.map { "cm-\($0.rawValue)" },
        [
            "fo-center", "fo-top", "fo-left", "fo-bottom", "fo-right", "fo-top_left", "fo-top_right", "fo-bottom_left",
            "fo-bottom_right", "fo-auto", "fo-face", "fo-custom", "fo-cat_dog",
        ],
        ["z-2", "z-0.5", "z-1", "z-1.25"],
        ["x-10", "x-N5", "x-iw_sub_cw", "x-0.5"], ["y-3.3", "y-ih_div_4"], ["xc-100", "xc-0.5", "xc-iw_div_2"],
        ["yc-99"],
        ["dpr-2", "dpr-0.1", "dpr-1.25", "dpr-1", "dpr-iar", "dpr-5", "dpr-auto"],
        [
            "bg-red", "bg-FF000040", "bg-abc", "bg-12345600", "bg-blurred", "bg-blurred_auto_0", "bg-blurred_0_N255",
            "bg-blurred_25", "bg-dominant", "bg-gradient_dominant_2", "bg-gradient_dominant_4",
        ], ["e-grayscale"], ["bl-3", "bl-0", "bl-2.50", "bl-900"],
        ["r-5", "r-max", "r-1_2_3_4", "r-max_0_0_1.5"], ["fl-h", "fl-v", "fl-v_h"],
        ["rt-90", "rt-N40", "rt-0.5", "rt-auto", "rt-1000"],
        ["t-true", "t-5", "t-false"], ["cr-red", "cr-red_50", "cr-FF0000_5_00FF0030"],
        ["e-contrast", "e-contrast-1"], ["e-colorize", "e-colorize-co-red_in-15", "e-colorize-in-0"],
        ["e-sharpen", "e-sharpen-10", "e-sharpen-0", "e-sharpen-900"],
        ["e-usm", "e-usm-0-1-0.5-0.05", "e-usm-1-0-1-0"],
        ["e-gradient", "e-gradient-ld-top_right_sp-iw_div_2", "e-gradient-from-red_to-00FF0010_sp-0.25"],
        ["e-distort-a-45", "e-distort-a-N360", "e-distort-p-N5_0_100_20_100_80_0_100"],
        ["b-5_red", "b-ih_div_20_FF000050", "b-0-red"],
        ["e-shadow", "e-shadow-bl-15_st-40_x-10_y-N5", "e-shadow-st-0"],
        [
            "l-image,i-a@@b.png,l-end", "l-image,ie-YS5wbmc,t-false,lx-N5,lyc-bh_div_2,l-end",
            "l-image,i-ik_canvas,bg-red,al-5,w-bw:l-text,i-a b,fs-bh_div_20,pa-1_2,l-end:rt-N5,l-end",
            "l-text,i-x,w-0.5,ia-left,tg-b,lfo-top,l-end", "l-text,i-x,co-red,al-5,pa-bw_div_9,lh-50,ff-a@@b.otf,l-end",
            "l-image,i-@@ik_canvas,w-5,lx-bw_sub_900,ly-N2,l-end", "l-image,i-a,lap-right,lxc-N5,pg-3,t-false,l-end",
            "l-image,i-a,lm-displace,lx-5,ly-N5:if-w_gt_5,w-5,if-else,t-true,if-end,l-end",
        ],
        ["o-50", "o-0", "o-100"], ["q-1", "q-100"],
        ["f-auto", "f-jpg", "f-png", "f-orig", "f-avif", "f-webp", "f-svg"],
        ["lo-true", "lo-false"], ["pr-true", "pr-false"], ["cp-true", "cp-false"], ["md-true", "md-false"],
    ]

    private static let conditions = [
        "w_gt_300", "h_lte_200.50", "ar_lt_4-3", "iar_gte_8-6", "iw_ne_7_and_ih_eq_9", "w_lt_5_or_h_gt_9_and_ar_gt_1",
    ]

    private static func text(using generator: inout SeededGenerator, nesting: Int = 2) -> String {
        let chain = (0..<Int.random(in: 1...(nesting == 2 ? 4 : 2), using: &generator)).map { _ in
            if nesting > 0, Int.random(in: 0..<4, using: &generator) == 0 {
                let condition = conditions.randomElement(using: &generator) ?? ""
                let alternative = Bool.random(using: &generator)
                return "if-\(condition),\(text(using: &generator, nesting: nesting - 1))"
                    + (alternative ? ",if-else,\(text(using: &generator, nesting: nesting - 1))" : "") + ",if-end"
            }
            let groups = pieces.shuffled(using: &generator).prefix(Int.random(in: 1...9, using: &generator))
            return groups.compactMap { $0.randomElement(using: &generator) }.joined(separator: ",")
        }
        return chain.joined(separator: ":")
    }

    @Test func canonicalTextIsReadBackAndStable() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<10_000 {
            let text = Self.text(using: &generator)
            let accepted = AcceptedFormats(rawValue: UInt8.random(in: 0...3, using: &generator))
            let hints = ClientHints(width: 333, pixelRatio: Number(2))
            let plan = try plan(
                text, accepting: accepted, hints: Bool.random(using: &generator) ? hints : ClientHints())
            let canonical = plan.canonical
            #expect(try Plan(canonical: canonical) == plan, "\(text)")
            #expect(try Plan(canonical: canonical).canonical == canonical, "\(text)")
            #expect(canonical.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        }
    }

    @Test func orderInsideAStepHasNoMeaning() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<2_000 {
            let groups = Self.pieces.shuffled(using: &generator).prefix(8)
            let items = groups.compactMap { $0.randomElement(using: &generator) }
            let shuffled = items.shuffled(using: &generator)
            #expect(
                try plan(items.joined(separator: ",")).canonical == plan(shuffled.joined(separator: ",")).canonical,
                "\(items)")
        }
    }

    @Test("Literals that are folded into pixels mean what the same values mean as expressions")
    func foldingChangesNoGeometry() throws {
        var generator = SeededGenerator(seed: 6)
        let limits = OutputLimits(pixels: .max)
        for _ in 0..<3_000 {
            let side = Int.random(in: 1...4_000, using: &generator)
            let source = Size(width: side, height: Int.random(in: 1...4_000, using: &generator))
            let ratio = "\(Int.random(in: 1...20, using: &generator))-\(Int.random(in: 1...20, using: &generator))"
            let factor = ["0.1", "0.5", "1", "1.25", "2", "3.7"].randomElement(using: &generator) ?? "1"
            let tails = [",ar-\(ratio)", ",h-333", "", ",ar-\(ratio),cm-pad_resize"]
            let tail = tails.randomElement(using: &generator) ?? ""
            let literal = try plan("w-\(side),dpr-\(factor)\(tail)").steps.first?.resize
            let expression = try plan("w-iw,dpr-\(factor)\(tail)").steps.first?.resize
            let one = Result { try literal?.geometry(current: source, source: source, limits: limits) }
            let two = Result { try expression?.geometry(current: source, source: source, limits: limits) }
            #expect((try? one.get()) == (try? two.get()), "\(source) \(factor) \(tail)")
        }
    }

    @Test("Normalising changes no geometry: the canonical plan gives the same sizes as the plan")
    func geometryIsThatOfTheCanonicalText() throws {
        var generator = SeededGenerator(seed: 3)
        let limits = OutputLimits(pixels: .max)
        for _ in 0..<3_000 {
            let plan = try plan(Self.text(using: &generator))
            let again = try Plan(canonical: plan.canonical)
            let size = Size(
                width: Int.random(in: 1...5_000, using: &generator),
                height: Int.random(in: 1...5_000, using: &generator))
            for (first, second) in zip(plan.steps, again.steps) {
                let one = Result { try first.resize?.geometry(current: size, source: size, limits: limits) }
                let two = Result { try second.resize?.geometry(current: size, source: size, limits: limits) }
                #expect((try? one.get()) == (try? two.get()))
            }
        }
    }
}
