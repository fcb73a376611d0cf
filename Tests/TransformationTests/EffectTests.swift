import Testing
import Transformation

/// The parameters of reference §6, spelled as its rows 119–141 and 150 do, and in other ways.
@Suite struct EffectTests {
    struct Equivalence: CustomTestStringConvertible, Sendable {
        let canonical: String
        let texts: [String]
        var testDescription: String { canonical }

        init(_ canonical: String, _ texts: String...) {
            self.canonical = canonical
            self.texts = texts
        }
    }

    static let equivalences = [
        Equivalence(
            "", "t-false", "e-sharpen-0", "e-usm-2-0-1-0", "e-usm-2-2-0-0", "e-shadow-st-0", "b-0_red", "b-0.4_red",
            "e-colorize-in-0", "e-colorize-co-FF000000", "e-gradient-from-FF000000", "t-5,t-false"),
        Equivalence("e-contrast", "e-contrast", "e-contrast-", "e-contrast-true", "e-contrast-1", "e-contrast-N50"),
        Equivalence("e-sharpen", "e-sharpen", "e-sharpen-", "e-sharpen-true", "e-sharpen-50", "e-sharpen-50.0"),
        Equivalence("e-sharpen-10", "e-sharpen-10"),
        Equivalence("e-sharpen-100", "e-sharpen-100", "e-sharpen-101", "e-sharpen-2000"),
        Equivalence("e-usm-2-2-0.8-0.024", "e-usm-2-2-0.8-0.024", "e-usm-2.00-2.0-0.80-0.0240", "e-usm", "e-usm-true"),
        Equivalence("e-usm-0-5-1-0.05", "e-usm-0-5-1-0.05"),
        Equivalence("e-usm-100-100-100-1", "e-usm-500-101-1000-2"),
        Equivalence("b-5_FFF000", "b-5_FFF000", "b-5-FFF000", "b-5_fff000", "b-5_FF0,b-5_FFF000", "b-4.5_FFF000"),
        Equivalence("b-5_A94D34", "b-5-A94D34"),
        Equivalence("b-5_00AAFF55", "b-5_00AAFF55", "b-5-00AAFF55"),
        Equivalence("b-ih_div_20_FF0000", "b-ih_div_20_red", "b-ih_div_20-red"),
        Equivalence("b-cw_mod_5_AAAA54", "b-cw_mod_5_AAAA54"),
        Equivalence("b-15_FF00FF", "b-10_add_5_FF00FF", "b-15_magenta"),
        Equivalence("cr-FF0000", "cr-FF0000", "cr-red_35", "cr-FF000020"),
        Equivalence("cr-FF0000_50", "cr-red_50"),
        Equivalence("cr-FF0000_50_00FF00", "cr-FF0000_50_00FF00", "cr-red_50.0_lime"),
        Equivalence("cr-FF0000_35_00FF00", "cr-red_35_lime"),
        Equivalence(
            "e-colorize", "e-colorize", "e-colorize-true", "e-colorize-co-gray", "e-colorize-in-100_co-808080"),
        Equivalence("e-colorize-co-FF0000_in-15", "e-colorize-co-FF0000_in-15", "e-colorize-in-15_co-red"),
        Equivalence(
            "e-gradient", "e-gradient", "e-gradient-", "e-gradient-ld-180", "e-gradient-ld-bottom",
            "e-gradient-from-white_to-00000000_sp-1", "e-gradient-sp-1.2"),
        Equivalence(
            "e-gradient-ld-45_from-FF000050_to-FFFFFF50_sp-0.5",
            "e-gradient-ld-45_from-FF000050_to-FFFFFF50_sp-0.5",
            "e-gradient-sp-0.50_to-FFFFFF50_ld-top_right_from-FF000050"
        ),
        Equivalence(
            "e-gradient-ld-0_from-008000_to-00FF0010", "e-gradient-ld-top_from-green_to-00FF0010_sp-1"),
        Equivalence("e-gradient-ld-315", "e-gradient-ld-top_left", "e-gradient-ld-topleft", "e-gradient-ld-315.0"),
        Equivalence("e-gradient-sp-120", "e-gradient-sp-120", "e-gradient-sp-60_mul_2"),
        Equivalence("e-gradient-ld-90_sp-iw_div_2", "e-gradient-sp-iw_div_2_ld-right"),
        Equivalence("e-shadow", "e-shadow", "e-shadow-bl-10", "e-shadow-y-2_x-2_st-30_bl-10"),
        Equivalence(
            "e-shadow-bl-15_st-40_x-10_y-N5", "e-shadow-bl-15_st-40_x-10_y-N5", "e-shadow-y--5_x-10_st-40_bl-15"),
        Equivalence(
            "e-distort-p-50_50_150_50_150_150_50_150", "e-distort-p-50_50_150_50_150_150_50_150",
            "e-distort-p-50_50_150.0_50_150_150_50_150"),
        Equivalence("e-distort-p-N10_0_100_20_100_80_0_100", "e-distort-p-N10_0_100_20_100_80_0_100"),
        Equivalence("e-distort-a-45", "e-distort-a-45", "e-distort-a-45.0"),
        Equivalence("e-distort-a-N45", "e-distort-a-N45", "e-distort-a--45"),
        Equivalence("t-10", "t-true", "t", "t-", "t-10"),
        Equivalence("t-99", "t-1,t-99"),
        Equivalence(
            "t-5,w-5,cr-FF0000,e-grayscale,e-contrast,e-colorize,bl-2,e-sharpen,e-usm-1-1-1-0,e-gradient,"
                + "e-distort-a-9,r-3,b-1_000000,fl-h,rt-45,e-shadow,o-50",
            "o-50,e-shadow,rt-45,fl-h,b-1_black,r-3,e-distort-a-9,e-gradient,e-usm-1-1-1-0,e-sharpen,bl-2,e-colorize,"
                + "e-contrast,e-grayscale,cr-red,w-5,t-5"),
    ]

    @Test(arguments: equivalences)
    func equivalent(_ test: Equivalence) throws {
        for text in test.texts {
            #expect(try steps(text) == test.canonical, "\(text)")
        }
        let plan = try plan(test.canonical)
        #expect(try Plan(canonical: plan.canonical) == plan)
    }

    @Test(
        "Values out of range or out of shape",
        arguments: [
            "e-contrast-much", "e-contrast-false", "e-sharpen-N1", "e-sharpen-x", "e-sharpen-5-5", "e-usm-2-2-0.8",
            "e-usm-2-2-0.8-0.024-1", "e-usm-2-2-0.8-x", "e-usm-2-N2-0.8-0", "e-usm-2_2_0.8_0", "e-shadow-10",
            "e-shadow-bl-16", "e-shadow-bl-N1", "e-shadow-st-101", "e-shadow-x-101", "e-shadow-y-N101", "e-shadow-z-5",
            "e-shadow-bl-5_5", "e-shadow-false", "e-gradient-ld-360", "e-gradient-ld-N1", "e-gradient-ld-middle",
            "e-gradient-from-nocolour", "e-gradient-to-", "e-gradient-sp-0", "e-gradient-sp-0.001",
            "e-gradient-sp-70000", "e-gradient-sp-N5", "e-gradient-sp-iw_div", "e-gradient-red", "e-colorize-red",
            "e-colorize-co-nocolour", "e-colorize-in-101", "e-colorize-in-N1", "b-5", "b", "b-", "b-_red", "b-red",
            "b-5_nocolour", "b-N5_red", "b-70000_red", "b-5_5_red", "b-ih_div_red", "cr", "cr-", "cr-nocolour",
            "cr-red_101", "cr-red_N1", "cr-red_x", "cr-red_5_nocolour", "cr-red_5_blue_7", "t-0", "t-100", "t-5.5",
            "t-N5", "t-yes", "e-distort", "e-distort-", "e-distort-a-0", "e-distort-a-361", "e-distort-a-4.5",
            "e-distort-a-x", "e-distort-x-5", "e-distort-45", "e-distort-p-50_50_150_50_150_150_50",
            "e-distort-p-50_50_150_50_150_150_50_150_1", "e-distort-p-a_50_150_50_150_150_50_150",
            "e-distort-p-0_0_70000_0_70000_5_0_5",
        ])
    func invalid(_ text: String) {
        let error = #expect(throws: TransformationError.self) { try plan(text) }
        guard case .invalidValue(let parameter, _, let allowed) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.hasPrefix(parameter))
        #expect(!allowed.isEmpty)
    }

    @Test(
        "Corners that no picture can have: mirrored, folded, dented, flat",
        arguments: [
            "150_50_50_50_50_150_150_150", "50_150_150_150_150_50_50_50", "0_0_100_0_0_100_100_100",
            "80_80_100_0_100_100_0_100", "0_0_100_0_50_50_0_100", "0_0_100_0_100_0_0_100", "0_0_50_50_100_100_0_150",
            "5_5_5_5_5_5_5_5", "0_0_100_0_100_100_50_0",
        ])
    func impossibleCorners(_ corners: String) {
        #expect(throws: TransformationError.self) { try plan("e-distort-p-\(corners)") }
    }
}
