import Testing
import Transformation

/// Where layers lie and how large their parts are: reference §9.2, §9.5, §9.6.
@Suite struct LayerGeometryTests {
    struct Place: CustomTestStringConvertible, Sendable {
        let text: String
        let x, y: Int
        var testDescription: String { text }

        init(_ text: String, _ x: Int, _ y: Int) {
            (self.text, self.x, self.y) = (text, x, y)
        }
    }

    /// A layer of 100×50 on 600×400.
    @Test(
        "Where a layer lies",
        arguments: [
            Place("", 250, 175), Place("lfo-top_left", 0, 0), Place("lfo-right", 500, 175),
            Place("lfo-bottom", 250, 350), Place("lx-35", 35, 0), Place("lx-N35", 465, 0), Place("ly-N0", 0, 350),
            Place("ly-0", 0, 0), Place("lx-10,ly-20,lfo-right", 10, 20), Place("lxc-100,lyc-200", 50, 175),
            Place("lxc-300,ly-N0", 250, 350), Place("lx-bw_sub_cw,ly-bh_sub_ch", 500, 350),
            Place("lx-9999", 500, 0), Place("lx-N9999", 0, 0), Place("lxc-0", 0, 0), Place("lx-bw_sub_900", 0, 0),
            Place("lap-top_right,lx-N24,ly-24", 476, 24), Place("lap-bottom_right,lx-N10", 490, 350),
            Place("lap-center,lx-5,ly-N5", 255, 170), Place("lap-center,lxc-0,lyc-0", 250, 175),
            Place("lap-bottom_right,lxc-N100,lyc-N100", 450, 275), Place("lap-right,ly-10", 500, 185),
            Place("lx-10.5,ly-10.4", 11, 10),
        ])
    func places(_ place: Place) throws {
        let text = "l-image,i-a.png" + (place.text.isEmpty ? "" : "," + place.text) + ",l-end"
        let origin = try placement(text).origin(in: context(Size(width: 100, height: 50)))
        #expect(origin.x == place.x && origin.y == place.y, "\(origin)")
    }

    @Test(
        "A layer larger than its base covers it",
        arguments: [
            Place("", -100, -100), Place("lx-0,ly-0", 0, 0), Place("lx-50,ly-N0", 0, -200),
            Place("lx-N50,ly-5", -200, 0), Place("lfo-bottom_right", -200, -200),
        ])
    func placesOfLargeOnes(_ place: Place) throws {
        let text = "l-image,i-a.png" + (place.text.isEmpty ? "" : "," + place.text) + ",l-end"
        let origin = try placement(text).origin(in: context(Size(width: 800, height: 600)))
        #expect(origin.x == place.x && origin.y == place.y, "\(origin)")
    }

    struct Area: CustomTestStringConvertible, Sendable {
        let text: String
        let size: Size
        var testDescription: String { text }

        init(_ text: String, _ width: Int, _ height: Int) {
            (self.text, size) = (text, Size(width: width, height: height))
        }
    }

    @Test(
        "How large a block is",
        arguments: [
            Area("", 600, 400), Area("w-30", 30, 400), Area("w-bw_div_2,h-bh_div_10", 300, 40),
            Area("h-0.25", 600, 100), Area("w-0", 600, 400),
        ])
    func blocks(_ area: Area) throws {
        let text = "l-image,i-ik_canvas" + (area.text.isEmpty ? "" : "," + area.text) + ",l-end"
        guard case .block(let block)? = try plan(text).steps[0].layers.first?.content else {
            Issue.record("no block")
            return
        }
        #expect(try block.size(in: context(base), limits: OutputLimits(pixels: 1_000_000)) == area.size)
        #expect(throws: TransformationError.limitExceeded(.outputPixels, maximum: 10)) {
            try block.size(in: context(base), limits: OutputLimits(pixels: 10))
        }
    }

    @Test("Rows 195, 196: lengths of a text by the size of its base")
    func measures() throws {
        let measures = try measures("fs-bh_div_20,w-bw_div_2,pa-bw_mul_0.01,lh-bh_div_10")
        #expect(measures.size == 20 && measures.width == 300 && measures.lineHeight == 40)
        #expect(measures.padding == .init(top: 6, right: 6, bottom: 6, left: 6))
        #expect(try self.measures("pa-25_50_75_100").padding == .init(top: 25, right: 50, bottom: 75, left: 100))
        #expect(try self.measures("pa-25_75_60").padding == .init(top: 25, right: 75, bottom: 60, left: 75))
        #expect(try self.measures("pa-25_75").padding == .init(top: 25, right: 75, bottom: 25, left: 75))
        #expect(try self.measures("fs-12").width == nil)
    }

    @Test(
        "Lengths of a text that no text has",
        arguments: ["fs-bw_mul_9", "lh-bw_sub_bw", "fs-bw_sub_bw", "pa-bw_sub_601", "fs-bw_div_0"])
    func unusableMeasures(_ text: String) {
        #expect(throws: TransformationError.self) { try measures(text) }
    }

    private let base = Size(width: 600, height: 400)

    private func context(_ size: Size) -> ExpressionContext {
        ExpressionContext(source: size, current: size, base: base)
    }

    /// As the render process reads it.
    private func canonical(_ text: String) throws -> Plan { try Plan(canonical: plan(text).canonical) }

    private func placement(_ text: String) throws -> LayerPlacement {
        try #require(try canonical(text).steps.first?.layers.first).placement
    }

    private func measures(_ text: String) throws -> TextMeasures {
        let layer = try #require(try canonical("l-text,i-a,\(text),l-end").steps.first?.layers.first)
        guard case .text(let block) = layer.content else { throw Unexpected.original }
        return try block.measures(in: context(base))
    }
}
