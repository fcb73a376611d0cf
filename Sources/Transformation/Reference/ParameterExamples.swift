/// The examples of the reference page, one for each parameter and some for the language itself.
package enum ParameterExamples {
    /// All whose parameter is carried out.
    package static let all = parameters.filter { isAvailable($0.name) } + language

    /// The example of a parameter.
    package static func example(of parameter: String) -> Example? { byName[parameter] }

    private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

    private static let parameters = geometry + appearance + effects + output + layers + text

    private static func isAvailable(_ parameter: String) -> Bool {
        ParameterTable.declaration(of: parameter)?.availability == .now
    }

    private static let geometry = [
        Example("w", "w-200"),
        Example("h", "h-100"),
        Example("ar", "w-160,ar-1-1"),
        Example("c", "w-120,h-160,c-force"),
        Example("cm", "w-200,h-160,cm-pad_resize,bg-F3E2C0"),
        Example("fo", "w-120,h-160,fo-right"),
        Example("x", "cm-extract,w-240,h-180,x-1040,y-700"),
        Example("y", "cm-extract,w-240,h-180,x-1040,y-620"),
        Example("xc", "cm-extract,w-240,h-180,xc-1150,yc-760"),
        Example("yc", "cm-extract,w-240,h-180,xc-1000,yc-560"),
        Example("dpr", "w-120,dpr-2"),
        Example("z", "w-160,h-160,fo-face,z-2"),
    ]

    private static let appearance = [
        Example("bg", "w-200,h-160,cm-pad_resize,bg-blurred"),
        Example("o", "w-240,o-40"),
        Example("r", "w-160,h-160,r-max"),
        Example("rt", "w-200,rt-N10"),
        Example("fl", "w-240,fl-h"),
        Example("bl", "w-240,bl-4"),
        Example("e-grayscale", "w-240,e-grayscale"),
    ]

    private static let effects = [
        Example("t", "t-true,w-200,bg-gold", of: Example.cutout),
        Example("cr", "w-240,cr-C71585_25_3F8FE0"),
        Example("e-contrast", "w-240,e-contrast"),
        Example("e-colorize", "w-240,e-colorize-co-teal_in-40"),
        Example("e-sharpen", "w-240,e-sharpen-90"),
        Example("e-usm", "w-240,e-usm-2-2-1.5-0.02"),
        Example("e-gradient", "w-240,e-gradient-ld-top_from-navy_to-00000000_sp-0.7"),
        Example("e-distort", "w-200,e-distort-a-60"),
        Example("b", "w-200,b-8_gold"),
        Example("e-shadow", "w-240,e-shadow-st-80_x-4_y-4", of: Example.cutout),
    ]

    private static let output = [
        Example("f", "w-240,f-webp"),
        Example("q", "w-240,f-jpg,q-5"),
        Example("orig", "orig-true", of: Example.animation),
        Example("n", "n-thumb"),
        Example("lo", "w-240,lo-true,f-png"),
        Example("pr", "w-240,f-jpg,pr-true"),
        Example("cp", "w-240,cp-true"),
        Example("md", "w-240,md-true"),
        Example("c2pa", "w-240,c2pa-true"),
        Example("di", "w-240,di-kleiber.jpg", of: "missing.jpg"),
        Example("pg", "pg-6", of: Example.animation + "/ik-thumbnail.jpg"),
        Example("dn", "f-png,dn-48", of: Example.drawing),
    ]

    private static let layers = [
        Example("i", "w-240:l-image,i-swift.svg,w-100,l-end"),
        Example("ie", "w-240:l-image,ie-c3dpZnQuc3Zn,w-70,l-end"),
        Example("lx", "w-240:l-image,i-swift.svg,w-60,lx-N10,ly-10,l-end"),
        Example("ly", "w-240:l-image,i-swift.svg,w-60,lx-20,ly-N0,l-end"),
        Example("lxc", "w-240:l-image,i-swift.svg,w-60,lxc-180,ly-5,l-end"),
        Example("lyc", "w-240:l-image,i-swift.svg,w-60,lx-5,lyc-100,l-end"),
        Example("lap", "w-240:l-image,i-swift.svg,w-60,lx-N10,ly-N10,lap-bottom_right,l-end"),
        Example("lfo", "w-240:l-image,i-swift.svg,w-60,lfo-bottom_left,l-end"),
        Example("lm", "w-240:l-image,i-kleiber-cutout.png,w-160,lm-cutter,l-end"),
        Example("al", "w-240:l-image,i-ik_canvas,bg-2A9D8F,al-6,w-bw_div_2,h-bh,lx-0,ly-0,l-end"),
        Example("lso", "w-240:l-image,i-swift.svg,w-60,lso-5,l-end"),
        Example("leo", "w-240:l-image,i-swift.svg,w-60,leo-15,l-end"),
        Example("ldu", "w-240:l-image,i-swift.svg,w-60,ldu-10,l-end"),
    ]

    private static let text = [
        Example("fs", "w-240:l-text,i-Nuthatch,fs-36,co-crimson,l-end"),
        Example("ff", "w-240:l-text,i-Nuthatch,ff-Lobster,fs-44,co-crimson,l-end"),
        Example("co", "w-240:l-text,i-Nuthatch,co-FFD700,fs-36,lfo-left,l-end"),
        Example("ia", "w-240:l-text,i-A nuthatch climbs down,w-140,ia-right,fs-24,bg-white,l-end"),
        Example("pa", "w-240:l-text,i-Nuthatch,pa-10_30,bg-FFFFFF70,r-max,fs-24,l-end"),
        Example("tg", "w-240:l-text,i-Nuthatch,tg-b_i,fs-36,co-crimson,l-end"),
        Example("lh", "w-240:l-text,i-A nuthatch climbs down,w-140,lh-44,fs-24,bg-white,l-end"),
    ]

    /// What is no parameter.
    static let language = [
        Example("chain", "w-200,h-130:rt-90"),
        Example("expression", "w-iw_div_12,h-ih_div_8_sub_12"),
        Example("if", "w-240:if-ar_gt_1,e-grayscale,if-else,bl-5,if-end"),
        Example(
            "layers",
            """
            w-240:l-image,i-ik_canvas,bg-gold,w-bw_sub_40,h-50,r-10,lfo-bottom,l-text,i-Sitta europaea,fs-18,lx-N12,ly-16,l-end,\
            l-image,i-swift.svg,w-40,lfo-left,l-end,l-end
            """),
    ]
}
