import Testing
import Transformation

/// Layers: reference §9.
@Suite struct LayerTests {
    private func layer(_ text: String) throws -> Layer {
        let layers = try plan(text).steps.flatMap(\.layers)
        try #require(layers.count == 1)
        return layers[0]
    }

    struct Reading: CustomTestStringConvertible, Sendable {
        let text: String
        let canonical: String
        var testDescription: String { text }

        init(_ text: String, _ canonical: String) {
            (self.text, self.canonical) = (text, canonical)
        }
    }

    /// `bG9nby5wbmc` is logo.png, `SGVsbG8` is Hello.
    @Test(
        "What is read, as the plan spells it",
        arguments: [
            Reading("l-image,i-logo.png,l-end", "l-image,ie-bG9nby5wbmc:t-10,l-end"),
            Reading("l-image,ie-bG9nby5wbmc%3D,l-end".replacing("%3D", with: "="), "l-image,ie-bG9nby5wbmc:t-10,l-end"),
            Reading("l-image,i-wrong.png,ie-bG9nby5wbmc,l-end", "l-image,ie-bG9nby5wbmc:t-10,l-end"),
            Reading("l-image,i-@@logo.png@@,l-end", "l-image,ie-bG9nby5wbmc:t-10,l-end"),
            Reading("l-image,i-logo.png,t-false,l-end", "l-image,ie-bG9nby5wbmc,t-false,l-end"),
            Reading("l-image,i-logo.png,w-40,t-5,l-end", "l-image,ie-bG9nby5wbmc:t-5,w-40,l-end"),
            Reading("l-image,w-40,i-logo.png:t-5,l-end", "l-image,ie-bG9nby5wbmc:w-40:t-5,l-end"),
            Reading("l-image,i-logo.png,lfo-bottom_left,l-end", "l-image,ie-bG9nby5wbmc,lfo-bottom_left:t-10,l-end"),
            Reading("l-image,i-logo.png,lfo-center,l-end", "l-image,ie-bG9nby5wbmc:t-10,l-end"),
            Reading(
                "l-image,i-logo.png,lfo-left,lx-5,l-end", "l-image,ie-bG9nby5wbmc,lx-5,ly-0:t-10,l-end"),
            Reading("l-image,i-logo.png,ly-N0,l-end", "l-image,ie-bG9nby5wbmc,lx-0,ly-N0:t-10,l-end"),
            Reading(
                "l-image,i-logo.png,lxc-100,lyc-bh_div_2,lap-top_left,l-end",
                "l-image,ie-bG9nby5wbmc,lxc-100,lyc-bh_div_2,lap-top_left:t-10,l-end"),
            Reading("l-image,i-logo.png,lap-top_left,l-end", "l-image,ie-bG9nby5wbmc:t-10,l-end"),
            Reading("l-image,i-logo.png,lm-cutter,l-end", "l-image,ie-bG9nby5wbmc,lm-cutter:t-10,l-end"),
            Reading("l-image,i-logo.png,w-5,pg-3,l-end", "l-image,ie-bG9nby5wbmc,pg-3:t-10,w-5,l-end"),
            Reading("l-image,i-ik_canvas,l-end", "l-image,i-ik_canvas,l-end"),
            Reading(
                "l-image,i-ik_canvas,bg-red,w-bw,h-bh_div_10,r-max,e-gradient,l-end",
                "l-image,i-ik_canvas,w-bw,h-bh_div_10,bg-FF0000:e-gradient,r-max,l-end"),
            Reading("l-image,i-ik_canvas,bg-FF0000,al-5,l-end", "l-image,i-ik_canvas,bg-FF000050,l-end"),
            Reading("l-image,i-ik_canvas,bg-FF0000,al-0.5,l-end", "l-image,i-ik_canvas,bg-FF000050,l-end"),
            Reading("l-image,i-ik_canvas,bg-red,al-5,l-end", "l-image,i-ik_canvas,bg-FF0000,l-end"),
            Reading("l-image,i-ik_canvas,bg-FF000020,al-5,l-end", "l-image,i-ik_canvas,bg-FF000020,l-end"),
            Reading("l-image,i-@@ik_canvas,l-end", "l-image,i-ik_canvas,l-end"),
            Reading(
                "l-image,i-ik_canvas,bg-FF0000,al-5:bg-red,l-end", "l-image,i-ik_canvas,bg-FF000050:bg-FF0000,l-end"),
            Reading("l-text,i-Hello,al-5,l-end", "l-text,ie-SGVsbG8,co-00000050,l-end"),
            Reading("l-text,i-Hello,ff-a.TTF@@,l-end", "l-text,ie-SGVsbG8,ff-a.TTF,l-end"),
            Reading("l-text,i-Hello,l-end", "l-text,ie-SGVsbG8,l-end"),
            Reading("l-text,ie-SGVsbG8%3D,l-end".replacing("%3D", with: "="), "l-text,ie-SGVsbG8,l-end"),
            Reading("l-text,i-Hello,fs-45,ia-center,co-000000,l-end", "l-text,ie-SGVsbG8,l-end"),
            Reading(
                "l-text,i-Hello,ff-Open Sans,fs-bh_div_20,co-FFF000,al-7,ia-left,w-300,pa-5_6,lh-60,tg-i_b,bg-red,l-end",
                "l-text,ie-SGVsbG8,ff-Open Sans,fs-bh_div_20,co-FFF00070,ia-left,w-300,pa-5_6_5_6,lh-60,tg-b_i,bg-FF0000,l-end"
            ),
            Reading("l-text,i-Hello,ff-@@f@@a.TTF,l-end", "l-text,ie-SGVsbG8,ff-f/a.TTF,l-end"),
            Reading("l-text,i-Hello,pa-5,r-10,rt-N45,fl-h,l-end", "l-text,ie-SGVsbG8,pa-5:r-10,fl-h,rt-315,l-end"),
            Reading("l-text,i-Hello,pa-bw_mul_0.01,l-end", "l-text,ie-SGVsbG8,pa-bw_mul_0.01,l-end"),
            Reading(
                "l-image,i-ik_canvas,w-50:l-text,i-Hello,l-end,l-end",
                "l-image,i-ik_canvas,w-50:l-text,ie-SGVsbG8,l-end,l-end"),
            Reading(
                "l-image,i-logo.png,if-w_gt_5,w-5,if-end,l-end".replacing("png,if", with: "png:if"),
                "l-image,ie-bG9nby5wbmc:t-10:if-w_gt_5,w-5,if-end,l-end"),
        ])
    func reads(_ reading: Reading) throws {
        #expect(try steps(reading.text) == reading.canonical)
        #expect(try steps(reading.canonical) == reading.canonical)
    }

    @Test("Layers are kept in the order in which they are written")
    func order() throws {
        let text = "w-5,l-image,i-a.png,l-end,l-image,i-b.png,l-end:l-image,i-a.png,l-end"
        let plan = try plan(text)
        #expect(plan.steps.map(\.layers.count) == [2, 1])
        #expect(plan.inputs.map(\.path.reference) == ["a.png", "b.png"])
    }

    @Test("Inputs of nested layers, of all branches, and of fonts")
    func inputs() throws {
        let plan = try plan(
            """
            l-image,i-a.png,l-image,i-b.png,l-end,l-text,i-x,ff-f@@a.ttf,l-end,l-end\
            :if-w_gt_5,l-image,i-c.png,l-end,if-else,l-image,i-a.png,l-end,if-end
            """)
        #expect(plan.inputs.map(\.name) == ["picture a.png", "picture b.png", "font f/a.ttf", "picture c.png"])
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        let text: String
        let says: String
        var testDescription: String { text }

        init(_ text: String, says: String) {
            (self.text, self.says) = (text, says)
        }
    }

    @Test(
        "What is refused, and what the error says",
        arguments: [
            Refusal("l-image,w-5,l-end", says: "l-image needs i or ie"),
            Refusal("l-text,fs-5,l-end", says: "l-text needs i or ie"),
            Refusal("l-image,i-,l-end", says: "parameter i: value ''"),
            Refusal("l-image,i-a@@..@@b,l-end", says: "parameter i: value 'a@@..@@b'"),
            Refusal("l-image,i-@@,l-end", says: "parameter i: value '@@'"),
            Refusal("l-image,ie-%%%,l-end", says: "parameter ie"),
            Refusal("l-image,ie-gICA,l-end", says: "parameter ie"),
            Refusal("l-image,i-a,f-png,l-end", says: "outside of layers"),
            Refusal("l-image,i-a,n-x,l-end", says: "outside of layers"),
            Refusal("l-image,i-a,fs-5,l-end", says: "inside a text layer"),
            Refusal("l-text,i-a,bl-5,l-end", says: "outside of text layers"),
            Refusal("l-text,i-a,l-image,i-b,l-end,l-end", says: "outside of text layers"),
            Refusal("lx-5", says: "inside a layer"),
            Refusal("l-text,i-a,fs-x,l-end", says: "parameter fs"),
            Refusal("l-text,i-a,tg-u,l-end", says: "parameter tg"),
            Refusal("l-text,i-a,pa-1_2_3_4_5,l-end", says: "parameter pa"),
            Refusal("l-text,i-a,al-10,l-end", says: "parameter al"),
            Refusal("l-text,i-a,al-0.05,l-end", says: "parameter al"),
            Refusal("l-text,i-a,ff-a@@..@@b.ttf,l-end", says: "parameter ff"),
            Refusal("l-image,i-a,lm-screen,l-end", says: "multiply, cutter, cutout, displace"),
            Refusal("l-image,i-a,lfo-middle,l-end", says: "parameter lfo"),
            Refusal("l-image,i-a:if-w_gt_5,lx-5,if-end,l-end", says: "cannot stand inside an if block"),
            // A number below 0 is spelled with N, which means something else here.
            Refusal("l-image,i-a,lx-3_sub_5,l-end", says: "parameter lx"),
            Refusal("l-image,i-a,lap-right,lyc-N3_sub_5,l-end", says: "parameter lyc"),
            Refusal("xc-3_sub_5", says: "parameter xc"), Refusal("l-text,i-a,fs-3_sub_5,l-end", says: "parameter fs"),
            Refusal("l-text,i-a,fs-0,l-end", says: "1 to 5000 pixels"),
            Refusal("l-text,i-a,fs-6000,l-end", says: "1 to 5000 pixels"),
            Refusal("l-text,i-a,lh-0,l-end", says: "parameter lh"),
            Refusal("l-text,i-a,pa-70000,l-end", says: "parameter pa"),
            Refusal("l-text,i-a,pa-1_sub_2,l-end", says: "parameter pa"),
            Refusal("l-image,i-ik_canvas,w-100,ar-2-1,l-end", says: "parameter ar means nothing in ik_canvas"),
            Refusal("l-image,i-ik_canvas,w-auto,l-end", says: "parameter w means nothing in ik_canvas"),
            Refusal("l-text,i-a,w-auto,l-end", says: "parameter w means nothing in a text"),
            Refusal("l-image,i-a,al-5,l-end", says: "parameter al means nothing"),
            Refusal("l-video,i-a.mp4,l-end", says: "'l-video' is not available"),
            Refusal("w-bw_div_2", says: "inside layers only"), Refusal("b-bw_red", says: "inside layers only"),
            Refusal("e-gradient-sp-bh", says: "inside layers only"),
        ])
    func refuses(_ refusal: Refusal) {
        let error = #expect(throws: TransformationError.self) { try plan(refusal.text) }
        #expect(error?.description.contains(refusal.says) == true, "\(error?.description ?? "")")
    }

    @Test("Layers are counted with those of named transformations")
    func layerLimit() throws {
        let layer = "l-image,i-a.png,l-end"
        let eleven = Array(repeating: layer, count: 11).joined(separator: ",")
        _ = try plan(eleven)
        #expect(throws: TransformationError.limitExceeded(.layers, maximum: 20)) {
            try plan("n-x:\(eleven)", named: ["x": eleven])
        }
    }

    @Test("A text has so many characters, however it is written", arguments: ["i-\u{e4}", "ie-w6TDpMOk"])
    func longTexts(item: String) throws {
        let (name, piece) = (item.prefix { $0 != "-" }, item.drop { $0 != "-" }.dropFirst())
        // The encoded piece stands for three of them.
        let pieces = name == "i" ? 2_001 : 667
        let (longest, longer) = (
            String(repeating: "\(piece)", count: pieces - 1), String(repeating: "\(piece)", count: pieces)
        )
        guard case .text(let block) = try layer("l-text,\(name)-\(longest),l-end").content else {
            Issue.record("no text")
            return
        }
        #expect(block.text.unicodeScalars.count == (name == "i" ? 2_000 : 1_998))
        #expect(throws: TransformationError.limitExceeded(.textLength, maximum: 2_000)) {
            try plan("l-text,\(name)-\(longer),l-end")
        }
        var rules = TransformationRules()
        rules.limits.textLength = 3
        _ = try plan("l-text,i-abc,l-end", rules: rules)
        #expect(throws: TransformationError.limitExceeded(.textLength, maximum: 3)) {
            try plan("l-text,i-abcd,l-end", rules: rules)
        }
    }
}
