import Testing
import Transformation

@Suite struct PlanTests {
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
            "", "", "tr:", "w-0", "w-70000", "dpr-2", "ar-4-3", "cm-extract,x-5", "c-force", "fo-left", "o-100", "bl-0"),
        Equivalence(
            "", "rt-0", "rt-360", "rt-auto", "rt-N720", "r-0", "r-0_0_0_0", "orig-false", "w-0:h-0", "rt-90,rt-auto"),
        Equivalence(
            "w-300", "w-300", "w-300.00", "w-0300", "tr:w-300", "w-100,w-300", "w-299.5", "w-100_add_200",
            "w-300,c-force"),
        Equivalence(
            "w-300", "w-300,cm-pad_resize", "w-300,fo-left", "w-300,dpr-1", "w-300,x-5", "w-150,dpr-2", "w-0:w-300"),
        Equivalence(
            "w-1,h-2", "h-2,w-1", "w-1,h-2,ar-16-9", "w-1,h-2,c-maintain_ratio", "w-1,h-2,cm-resize",
            "w-1,h-2,fo-center"),
        Equivalence(
            "w-1,h-2,c-force", "c-force,w-1,h-2", "w-1,h-2,cm-force", "w-1,h-2,c-at_max,cm-force",
            "w-1,h-2,c-force,fo-top"),
        Equivalence(
            "w-400,h-300", "w-400,ar-4-3", "h-300,ar-4-3", "ar-8-6,w-400", "ar-4_3,w-400", "ar-4:3,w-400",
            "w-200,dpr-2,ar-4-3"),
        Equivalence("w-400,c-at_max", "w-400,c-at_max", "w-400,cm-at_max", "w-400,c-maintain_ratio_no_enlarge"),
        Equivalence("w-3000", "w-3000,dpr-2", "w-1500,dpr-2.0"),
        Equivalence("w-iw_div_2", "w-iw_div_2.0", "w-iw_div_02"),
        Equivalence("w-0.5,dpr-2", "dpr-2,w-0.50"),
        Equivalence("w-100,ar-iar_div_2", "ar-iar_div_2.0,w-100", "ar-iar_div_2,w-50_mul_2"),
        Equivalence(
            "w-10,h-10,cm-extract,x-5,y-5", "x-5,y-5.2,w-10,h-10,cm-extract,fo-left",
            "xc-9,x-5,yc-9,y-5,w-10,h-10,c-extract"),
        Equivalence("w-10,cm-extract,fo-top,x-5", "x-5,w-10,cm-extract,fo-top_left", "x-5,w-10,cm-extract,fo-top"),
        Equivalence("bg-FFFF00", "bg-yellow", "bg-FF0", "bg-ffff00", "bg-YELLOW", "bg-red,bg-yellow"),
        Equivalence("rt-320", "rt-N40", "rt--40", "rt-320.0", "rt-680", "rt-N400"),
        Equivalence("fl-h_v", "fl-v_h", "fl-h_v"),
        Equivalence("r-20", "r-20", "r-20_20_20_20", "r-20.0"),
        Equivalence("r-10_max_20_30", "r-10_max_20_30"),
        Equivalence(
            "w-5,h-6,fo-auto", "w-5,h-6,fo-auto", "w-5,h-6,fo-face", "w-5,h-6,fo-custom", "fo-cat_dog,h-6,w-5,z-1"),
        Equivalence(
            "w-5,h-6,fo-auto", "w-5,h-6,fo-auto-custom_override", "w-5,h-6,fo-auto,z-2", "w-5,h-6,fo-face,z-0.5"),
        Equivalence("w-5,h-6,fo-face,z-2", "w-5,h-6,fo-face,z-2.0", "z-2,w-5,h-6,fo-trafficLight"),
        Equivalence("w-5", "w-5,fo-auto", "w-5,fo-face,z-3", "fo-car:w-5", "fo-car,ar-2_1:w-5", "w-5,bg-dominant"),
        Equivalence("w-5,h-6,c-force", "w-5,h-6,c-force,fo-auto", "w-5,h-6,c-force,bg-blurred"),
        Equivalence("w-5,h-6,cm-extract,x-1", "w-5,h-6,cm-extract,x-1,fo-auto", "w-5,h-6,cm-extract,x-1,fo-face,z-2"),
        Equivalence(
            "w-5,h-6,cm-pad_resize,bg-blurred", "w-5,h-6,cm-pad_resize,bg-blurred_auto",
            "w-5,h-6,cm-pad_resize,bg-red,bg-blurred_auto_0", "bg-blurred_auto_N0,cm-pad_resize,h-6,w-5,fo-auto"),
        Equivalence(
            "w-5,h-6,cm-pad_resize,bg-gradient_dominant", "w-5,h-6,cm-pad_resize,bg-gradient_dominant",
            "w-5,h-6,cm-pad_resize,bg-gradient_dominant_2"),
        Equivalence("w-5,h-6,cm-pad_resize,bg-FF0000", "w-5,h-6,cm-pad_resize,bg-blurred,bg-red"),
        Equivalence("bl-100", "bl-100", "bl-250"),
        Equivalence("bl-4.5", "bl-4.50"),
        Equivalence("bg-0000FF,o-50", "o-50,bg-blue", "bg-0000FF30,o-50.0"),
        Equivalence("w-400,h-300:rt-90", "w-400,h-300:rt-90", "q-90:h-300,w-400:f-auto:rt-90:q-80"),
        Equivalence(
            "w-5,h-6,fo-left,bg-FF0000,e-grayscale,bl-2,r-3,fl-h,rt-45,o-50",
            "o-50,rt-45,fl-h,r-3,bl-2,e-grayscale,bg-red,fo-left,h-6,w-5"),
    ]

    @Test(arguments: equivalences)
    func equivalent(_ test: Equivalence) throws {
        for text in test.texts {
            #expect(try steps(text) == test.canonical, "\(text)")
            #expect(try plan(text) == plan(test.canonical), "\(text)")
        }
    }

    @Test func differentMeaningsDiffer() throws {
        let texts = [
            "", "w-300", "w-301", "w-0.3", "h-300", "w-300,h-300", "w-300,c-at_max", "w-300,cm-extract",
            "w-300,cm-pad_extract",
            "w-300,h-200,fo-top", "w-300,h-200,fo-bottom", "w-300,h-200,c-force", "w-300,h-200,cm-extract,x-0",
            "w-300:w-300",
            "w-300,h-200,cm-extract,xc-0", "w-300,h-200,cm-extract,y-0", "bg-000000", "bg-00000000",
            "w-300,h-200,cm-pad_resize",
            "w-300,h-200,cm-pad_resize,bg-000000", "rt-90", "rt-270", "fl-h", "fl-v", "fl-h_v", "bl-1", "bl-1.5", "r-1",
            "r-max",
            "o-0", "o-99", "e-grayscale", "f-webp", "f-jpg", "f-orig", "q-79", "w-iw", "w-ih", "w-iw_mul_2", "h-iw",
            "w-cw",
            "e-grayscale:bl-1", "bl-1:e-grayscale", "w-0.5,dpr-2", "w-0.5,dpr-3",
        ]
        let canonicals = try texts.map { try plan($0).canonical }
        #expect(Set(canonicals).count == texts.count)
    }

    @Test func outputOfTheWholeChain() throws {
        let defaults = OutputDefaults(format: .fixed(.png), quality: 70)
        #expect(try plan("w-1", defaults: defaults).output == Output(format: .fixed(.png), quality: 70))
        #expect(
            try plan("f-webp,q-50:w-1:q-60", defaults: defaults).output == Output(format: .fixed(.webp), quality: 60))
        #expect(try plan("f-orig:w-1").output.format == .source)
        #expect(try plan("", accepting: [.avif, .webp]).canonical == "f-auto_avif_webp,q-80")
        #expect(try plan("f-jpg").canonical == "f-jpeg,q-80")
        #expect(try plan("f-auto", defaults: defaults, accepting: .webp).canonical == "f-auto_webp,q-70")
    }

    @Test func variesOnlyWhereTheFormatIsAutomatic() throws {
        #expect(try plan("w-1").varies)
        #expect(try plan("f-auto", defaults: OutputDefaults(format: .fixed(.jpeg))).varies)
        #expect(try !plan("f-webp").varies)
        #expect(try !plan("f-orig").varies)
        #expect(try plan("f-webp", accepting: [.avif, .webp]) == plan("f-webp"))
        #expect(!Resolution.original.varies)
    }

    @Test(
        "8, 9: the original, whatever stands beside it",
        arguments: ["orig-true", "orig-true,w-100,bl-10", "w-junk:orig-true", "b-1,orig-true"])
    func original(_ text: String) throws {
        let transformation = try Transformation([text])
        #expect(transformation.isOriginal)
        #expect(try transformation.resolve() == .original)
        #expect(Resolution.original.canonical == "orig-true")
    }

    @Test("17.13: the step in which a client library writes everything it knows")
    func everything() throws {
        let text = """
            h-300,w-400,ar-4-3,q-40,c-force,cm-extract,fo-left,f-jpeg,r-50,bg-A94D34,b-5-A94D34,rt-90,bl-10,n-some_name,pr-true,\
            lo-true,t-5,md-true,cp-true,di-folder@@file.jpg,dpr-3,x-10,y-20,xc-30,yc-40,fl-h,o-0.8,z-2,vc-h264,ac-aac,so-5,eo-15,\
            du-10,sr-1440_1080,e-grayscale,e-contrast,e-sharpen-10,e-usm-2-2-0.8-0.024,e-shadow-bl-15_st-40_x-10_y-N5,\
            e-gradient-from-red_to-white,orig-true,pg-2_4,h-200,w-300,l-image,i-logo.png,l-end
            """
        #expect(try Transformation([text]).resolve() == .original)
    }

    @Test func pathFirstThenQuery() throws {
        guard case .variant(let plan) = try Transformation(["w-300", "rt-90,q-5", "tr:fl-h"]).resolve() else {
            throw Unexpected.original
        }
        #expect(plan.canonical == "f-auto,q-5:w-300:rt-90:fl-h")
    }

    @Test func stepLimitOfTheWhole() {
        let five = "w-1:w-1:w-1:w-1:w-1"
        #expect(throws: Never.self) { try Transformation([five, five]).resolve() }
        #expect(throws: TransformationError.limitExceeded(.steps, maximum: 10)) {
            try Transformation([five, five, "w-1"])
        }
        #expect(throws: TransformationError.limitExceeded(.steps, maximum: 10)) {
            try Transformation(["n-a", "n-a", "n-a"]).resolve(named: ["a": five])
        }
    }

    @Test("What no render process would read is refused before anything is fetched for it")
    func textOfTheWhole() throws {
        let text = String(repeating: "😀", count: 2_000)
        let twice = "l-text,i-\(text),l-end,l-text,i-\(text),l-end"
        let named = ["a": twice, "b": twice, "c": twice, "d": twice]
        let most = try plan("n-a:n-b:n-c", named: named)
        #expect(try Plan(canonical: most.canonical) == most)
        #expect(throws: TransformationError.limitExceeded(.textBytes, maximum: 65_536)) {
            try plan("n-a:n-b:n-c:n-d", named: named)
        }
    }

    @Test(
        "A canonical text is the only spelling",
        arguments: [
            "", "w-300", "f-jpeg", "q-80,f-jpeg", "f-jpeg,q-80:", "f-jpg,q-80", "f-jpeg,q-080", "f-jpeg,q-0",
            "f-jpeg,q-80:h-1,w-1",
            "f-jpeg,q-80:w-1.0", "f-jpeg,q-80:orig-true", "f-heic,q-80", "f-auto_webp_avif,q-80", "f-jpeg,q-80,w-1",
            "f-jpeg,q-80:q-80",
            "f-jpeg,q-80:n-a", "f-jpeg,q-80:w-1:rt-0", "f-jpeg,q-80:b-1", "orig-true", "f-auto,q-80,dn-5000",
            "f-auto,q-80,xx-true", "f-auto_", "f-auto_webp", "f-auto_webp:q-80", "f-avif_webp,q-80",
            "f-jpeg,q-80,f-png", "f-auto_webp,q-80,f-auto", "tr:f-auto,q-80",
        ])
    func notCanonical(_ text: String) {
        #expect(throws: TransformationError.self) { try Plan(canonical: text) }
    }
}
