import Explaining
import Testing
import Transformation

/// Which format a picture gets, and what is not known before it is made.
struct FormatTests {
    struct Case: CustomTestStringConvertible {
        let format: Output.Format
        let original: ImageFormat?
        let keepsSVG: Bool
        let chosen: ImageFormat?
        var testDescription: String { "\(format) of \(original?.rawValue ?? "?") \(keepsSVG)" }

        init(_ format: Output.Format, of original: ImageFormat? = nil, keepsSVG: Bool = true, _ chosen: ImageFormat?) {
            (self.format, self.original, self.keepsSVG, self.chosen) = (format, original, keepsSVG, chosen)
        }
    }

    @Test(arguments: [
        Case(.fixed(.png), .png), Case(.fixed(.png), of: .svg, .png),
        Case(.source, nil), Case(.source, of: .gif, .gif), Case(.source, of: .heic, nil), Case(.source, of: .svg, .svg),
        Case(.source, of: .svg, keepsSVG: false, nil),
        Case(.auto(accepting: [.webp, .avif]), .webp), Case(.auto(accepting: .webp), of: .svg, .svg),
        Case(.auto(accepting: .webp), of: .svg, keepsSVG: false, .webp),
        Case(.auto(accepting: .avif), nil), Case(.auto(accepting: .avif), of: .jpeg, .avif),
        Case(.auto(accepting: .avif), of: .gif, nil),
        Case(.auto(accepting: []), nil), Case(.auto(accepting: []), of: .jpeg, .jpeg),
        Case(.auto(accepting: []), of: .png, .png), Case(.auto(accepting: []), of: .tiff, nil),
    ])
    func `The format is chosen as far as it is known`(_ expected: Case) {
        let plan = Plan(steps: [], output: Output(format: expected.format, quality: 80))
        let format = ExplainedFormat(
            plan, by: .endpoint, original: expected.original, keepsSVG: expected.keepsSVG)
        #expect(format.chosen == expected.chosen)
        #expect(format.reason.hasPrefix("format of the URL endpoint"))
    }

    @Test(
        arguments: [
            ("e-usm-2-2-0.8-0.024", [.avif, .webp], ImageFormat.jpeg, ImageFormat.webp),
            ("f-avif,cp-true", [.avif], .png, .png),
            ("f-avif,e-usm-2-2-0.8-0.024:r-5", [.avif], .jpeg, nil), ("cp-true", [.avif], nil, nil),
            ("md-true", .avif, .jpeg, .avif), ("f-orig,cp-true", [], .avif, nil), ("f-orig,cp-true", [], .webp, .webp),
            ("lo-true", [.avif], .jpeg, .png), ("lo-true", [], .gif, nil), ("lo-true,pg-2", [], .gif, .png),
            ("lo-true", [.webp], .jpeg, .webp), ("pg-2", [.avif], .gif, .avif), ("pg-2", [], .gif, .png),
            ("if-w_gt_5,lo-true,if-end", [.avif], .jpeg, nil), ("if-w_gt_5,lo-true,if-end", [.webp], .jpeg, .webp),
            ("f-avif:if-w_gt_5,cp-true,if-end", [], .jpeg, nil), ("f-png:if-w_gt_5,cp-true,if-end", [], .jpeg, .png),
            ("f-avif", [], .gif, .avif),
        ] as [(String, AcceptedFormats, ImageFormat?, ImageFormat?)])
    func `What is kept whole or sharpened by a mask counts too`(
        _ text: String, _ accepted: AcceptedFormats, _ original: ImageFormat?, _ chosen: ImageFormat?
    ) throws {
        let plan = try #require(try Transformation([text]).resolve(accepting: accepted).plan)
        let format = ExplainedFormat(plan, by: .url, original: original)
        #expect(format.chosen == chosen)
        let keepsAwayAVIF = text.contains("usm") || (text.contains("cp-true") && !text.contains("if-"))
        #expect(
            format.reason.contains(text.contains("usm") ? "e-usm" : "cp-true") == keepsAwayAVIF
                || format.chosen == .webp)
    }

    @Test(
        arguments: [
            ("if-w_gt_5,w-5,f-png,if-end", true, .svg), ("if-w_gt_5,lo-true,if-end", true, .svg),
            ("if-w_gt_5,r-5,if-end", true, .svg), ("f-orig:if-w_gt_5,w-5,f-png,if-end", true, .svg),
            ("f-svg:if-w_gt_5,w-5,f-png,if-end", true, .svg), ("f-png:if-w_gt_5,w-5,f-jpg,if-end", true, nil),
            ("if-w_gt_5,w-5,f-png,if-end", false, nil),
        ] as [(String, Bool, ImageFormat?)])
    func `What stays an SVG does whatever a branch says`(
        _ text: String, _ keepsSVG: Bool, _ chosen: ImageFormat?
    ) throws {
        let plan = try #require(try Transformation([text]).resolve().plan)
        #expect(ExplainedFormat(plan, by: .url, original: .svg, keepsSVG: keepsSVG).chosen == chosen)
    }

    @Test func `Who says it is named`() {
        let plan = Plan(steps: [], output: Output(format: .fixed(.jpeg), quality: 80))
        #expect(ExplainedFormat(plan, by: .url).reason == "f in the URL names it")
        #expect(ExplainedFormat(plan, by: .thumbnail).reason == "ik-thumbnail.jpg in the URL names it")
    }

    @Test(arguments: [
        ("w-300,h-300,e-grayscale:rt-90:b-5_red,bg-white", ImageFormat.jpeg), ("w-300:r-max", nil), ("rt-45", nil),
        ("o-50", nil), ("b-5_FF000050", nil), ("w-1,h-2,cm-pad_resize,bg-FF000050", nil), ("e-distort-a-40", nil),
        ("if-w_gt_5,r-5,if-end", nil), ("if-w_gt_5,w-5,if-end", .jpeg), ("if-w_gt_5,w-5,f-png,if-end", nil),
        ("l-image,i-a.png,l-end", .jpeg), ("l-image,i-a.png,lm-cutout,l-end", nil), ("r-max,bg-white", .jpeg),
    ])
    func `What may bring transparency leaves it open whether a JPEG is enough`(
        _ text: String, _ chosen: ImageFormat?
    ) throws {
        let plan = try #require(try Transformation([text]).resolve().plan)
        #expect(ExplainedFormat(plan, by: .endpoint, original: .jpeg).chosen == chosen)
    }
}
