import Testing
import Transformation

@Suite struct ParameterTests {
    @Test func everyParameterIsDeclaredOnce() {
        let names = ParameterTable.all.map(\.name)
        #expect(Set(names).count == names.count)
        for declaration in ParameterTable.all {
            #expect(!declaration.allowed.isEmpty && !declaration.summary.isEmpty && !declaration.places.isEmpty)
            #expect(ParameterTable.declaration(of: declaration.name)?.name == declaration.name)
        }
    }

    @Test("The code index of the reference is declared")
    func codeIndex() {
        let codes = """
            ac al ar b bg bl c c2pa cm co cp cr di dn dpr du e-bgremove e-changebg e-colorize e-contrast \
            e-distort e-dropshadow e-edit e-genvar e-gradient e-grayscale e-removedotbg e-retouch e-shadow \
            e-sharpen e-upscale e-usm eo f ff fl fo fol fs fsh h i ie ia lap ldu leo lso lfo lh lm lo lx ly lxc \
            lyc md n o orig pa pg pr q r rt so sr t tg vc w x y xc yc z
            """
        for code in codes.split(separator: " ") {
            #expect(ParameterTable.declaration(of: String(code)) != nil, "\(code)")
        }
    }

    @Test(
        "What is not carried out is answered by name",
        arguments: [
            ("c2pa-true", "c2pa"),
            ("e-bgremove", "e-bgremove"), ("so-5", "so"), ("vc-h264", "vc"),
            ("bg-genfill", "bg-genfill"), ("bg-genfill-prompt-beach", "bg-genfill-prompt-beach"),
            ("f-mp4", "f-mp4"),
            ("l-video,i-a,l-end", "l-video"), ("if-w_gt_1,e-bgremove,if-end", "e-bgremove"),
        ])
    func notAvailable(_ text: String, _ parameter: String) {
        #expect(throws: TransformationError.notAvailable(parameter: parameter)) { try plan(text) }
    }

    @Test(
        "What asks for nothing is accepted",
        arguments: ["t-false", "lo-false", "pr-false", "md-false", "cp-false", "c2pa-false", "orig-false"])
    func harmless(_ text: String) throws {
        #expect(try steps(text).isEmpty)
    }

    @Test(
        "Values out of range or out of shape",
        arguments: [
            "w", "w-", "w--5", "w-N5", "w-1e9", "w-NaN", "w-nan", "w-inf", "w-0x10", "w-１００", "w-300px", "w-300.",
            "w-.5", "w- 300",
            "w-+3", "w-1.2.3", "h-junk", "h-auto", "ar-auto", "w-auto_5", "dpr-auto_5", "fo-face_cat", "fo-cat_",
            "fo-autos", "z-", "z-0", "z-N2",
            "z-big", "bg-", "bg-blurred_", "bg-blurred_101", "bg-blurred_2.5", "bg-blurred_N5", "bg-blurred_auto_256",
            "bg-blurred_auto_N256", "bg-blurred_5_5_5", "bg-blurry", "bg-dominants", "bg-gradient",
            "bg-gradient_dominant_3",
            "bg-dominant_gradient", "bg-genfillet", "ar-0-3,w-1", "ar-4-0,w-1", "ar-a-b,w-1", "ar-4-3-2,w-1", "c-cover",
            "cm-", "fo-middle", "fo-", "x-", "x-left", "xc-N5", "dpr-0", "dpr-6", "dpr-0.05", "dpr-x", "q-0", "q-101",
            "q-80.5", "q-N5", "q-",
            "q-auto", "f-", "f-bmp", "f-JPG", "f-heic", "f-tiff", "rt-", "rt-east", "rt-NN4", "rt-4-5", "fl-x", "fl-",
            "fl-h_h", "bl-", "bl-N1",
            "bl-x", "e-grayscale-50", "o-101", "o-0.8", "o-N1", "r-", "r-1_2", "r-1_2_3_4_5", "r-N5", "r-big",
            "r-70000", "orig-yes", "orig",
            "n-", "n",
        ])
    func invalid(_ text: String) {
        let error = #expect(throws: TransformationError.self) { try plan(text) }
        guard case .invalidValue(let parameter, _, let allowed) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.hasPrefix(parameter))
        #expect(error?.description.contains(allowed) == true)
        #expect(error?.code == .invalid)
    }

    @Test("Unknown parameters are named, or ignored where the endpoint says so")
    func unknown() throws {
        #expect(throws: TransformationError.unknownParameter("rndm_trnsf")) { try plan("rndm_trnsf-abcd") }
        #expect(throws: TransformationError.unknownParameter("e-vignette")) { try plan("w-1,e-vignette-5") }
        #expect(throws: TransformationError.unknownParameter("W")) { try plan("W-300") }
        let lenient = TransformationRules(unknownParameters: .ignore)
        #expect(try plan("rndm_trnsf-abcd,w-5", rules: lenient) == plan("w-5"))
        #expect(throws: TransformationError.self) { try plan("rndm_trnsf-abcd,w-junk", rules: lenient) }
    }

    @Test(
        "206: the overlay keys of before 2023", arguments: ["oi-logo.png", "ot-hello", "w-1,otf-Arial", "or-5", "oa-2"])
    func obsolete(_ text: String) {
        for policy in [TransformationRules.UnknownParameters.reject, .ignore] {
            let error = #expect(throws: TransformationError.self) {
                try plan(text, rules: TransformationRules(unknownParameters: policy))
            }
            #expect(error?.description.contains("l-image") == true)
        }
    }

    @Test("What belongs inside a layer", arguments: ["lx-10", "al-2", "i-a.png", "lso-5"])
    func misplaced(_ text: String) {
        let error = #expect(throws: TransformationError.self) { try plan(text) }
        #expect(error?.description.contains("inside a layer") == true)
    }

    @Test("Descriptions are one short line of printable ASCII, whatever came in")
    func descriptions() {
        let long = String(repeating: "é\u{202E}%\r\n", count: 500)
        let errors: [TransformationError] = [
            .unknownParameter(long), .invalidValue(parameter: "w", value: long, allowed: "x"),
            .notAvailable(parameter: long),
            .syntax(.emptyItem, near: long), .unknownNamedTransformation(long),
            .undefinedExpression(parameter: "w", value: long),
            .limitExceeded(.steps, maximum: 10), .malformedURL(.brokenEscape), .notCanonical,
        ]
        for error in errors {
            #expect(error.description.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
            #expect(error.description.utf8.count < 400)
        }
    }
}
