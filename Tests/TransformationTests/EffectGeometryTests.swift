import Testing
import Transformation

@Suite struct EffectGeometryTests {
    private func geometry(
        _ text: String, on size: Size, source: Size? = nil, pixels: Int = .max
    ) throws -> EffectGeometry {
        let plan = try plan(text)
        guard case .step(let step)? = plan.stages.first else { throw Unexpected.original }
        return try step.effectGeometry(
            on: size, in: ExpressionContext(source: source ?? size, current: size), limits: OutputLimits(pixels: pixels)
        )
    }

    private static let square = Size(width: 200, height: 100)

    @Test(
        "Widths of borders",
        arguments: [
            ("b-5_red", 5), ("b-cw_mul_0.05_yellow", 10), ("b-ih_div_20_red", 5), ("b-cw_mod_7_red", 4),
            ("b-ch_sub_iw_mul_0.5_red", 0), ("b-ch_div_1000_red", 0),
        ])
    func borders(_ text: String, _ pixels: Int) throws {
        #expect(try geometry(text, on: Self.square).border == pixels)
    }

    @Test("141: 160×433 gets 8 pixels of border")
    func borderOfTheReference() throws {
        let size = Size(width: 160, height: 433)
        #expect(try geometry("b-cw_mul_0.05_yellow", on: size, source: Size(width: 640, height: 865)).border == 8)
    }

    @Test func bordersAreWithinTheLimits() throws {
        #expect(try geometry("b-10_red", on: Self.square, pixels: 220 * 120).border == 10)
        #expect(throws: TransformationError.limitExceeded(.outputPixels, maximum: 220 * 120 - 1)) {
            try geometry("b-10_red", on: Self.square, pixels: 220 * 120 - 1)
        }
        #expect(throws: TransformationError.limitExceeded(.outputSide, maximum: 65_535)) {
            try geometry("b-iw_mul_1000_red", on: Self.square)
        }
        #expect(throws: TransformationError.limitExceeded(.outputSide, maximum: 65_535)) {
            try geometry("b-60000_red", on: Self.square)
        }
        for text in ["b-ch_sub_cw_red", "b-cw_div_0_red"] {
            let error = #expect(throws: TransformationError.self) { try geometry(text, on: Self.square) }
            #expect(error?.description.contains("parameter b") == true)
        }
    }

    @Test("124–126: 2 megapixels under a shadow, after the step's resize and rotation")
    func shadows() throws {
        #expect(throws: Never.self) { try geometry("e-shadow", on: Size(width: 2_000, height: 1_000)) }
        #expect(throws: TransformationError.limitExceeded(.shadowPixels, maximum: 2_000_000)) {
            try geometry("e-shadow", on: Size(width: 2_216, height: 1_500))
        }
        #expect(throws: TransformationError.self) {
            try geometry("e-shadow,rt-45", on: Size(width: 2_000, height: 1_000))
        }
        #expect(throws: Never.self) { try geometry("e-shadow,rt-90", on: Size(width: 2_000, height: 1_000)) }
    }

    // MARK: Gradients

    struct GradientCase: CustomTestStringConvertible, Sendable {
        let text: String
        /// x and y of points in the continuous plane and how far along the gradient they are.
        let points: [(Double, Double, Double)]
        var testDescription: String { text }
    }

    static let gradients = [
        GradientCase(text: "e-gradient", points: [(0, 0, 0), (200, 0, 0), (0, 100, 1), (100, 50, 0.5)]),
        GradientCase(text: "e-gradient-ld-top", points: [(0, 0, 1), (200, 100, 0)]),
        GradientCase(text: "e-gradient-ld-right", points: [(0, 0, 0), (200, 0, 1), (50, 100, 0.25)]),
        GradientCase(text: "e-gradient-ld-left", points: [(0, 0, 1), (200, 0, 0)]),
        // From corner to corner at 45 degrees, not along the diagonal.
        GradientCase(
            text: "e-gradient-ld-top_right", points: [(0, 100, 0), (200, 0, 1), (100, 50, 0.5), (0, 0, 1.0 / 3)]),
        GradientCase(text: "e-gradient-ld-bottom_left", points: [(200, 0, 0), (0, 100, 1)]),
        GradientCase(text: "e-gradient-sp-0.5", points: [(0, 0, 0), (0, 50, 1)]),
        GradientCase(text: "e-gradient-sp-20", points: [(0, 0, 0), (0, 20, 1)]),
        GradientCase(text: "e-gradient-sp-ch_div_4", points: [(0, 0, 0), (0, 25, 1)]),
        GradientCase(text: "e-gradient-sp-ch_div_cw", points: [(0, 0, 0), (0, 50, 1)]),
        GradientCase(text: "e-gradient-sp-ch_div_ch", points: [(0, 0, 0), (0, 100, 1)]),
    ]

    @Test(arguments: gradients)
    func gradientLines(_ test: GradientCase) throws {
        let line = try #require(try geometry(test.text, on: Self.square).gradient)
        for (x, y, place) in test.points {
            let found = line.start + line.right * (x - 0.5) + line.down * (y - 0.5)
            #expect(abs(found - place) < 1e-9, "\(x), \(y): \(found)")
        }
    }

    @Test func gradientsWithoutALength() {
        for text in ["e-gradient-sp-cw_sub_cw", "e-gradient-sp-ch_sub_cw", "e-gradient-sp-cw_div_0"] {
            #expect(throws: TransformationError.self) { try geometry(text, on: Self.square) }
        }
    }

    // MARK: Distortion

    @Test(
        "Corners come from corners",
        arguments: [
            "50_50_150_50_150_150_50_150", "0_0_100_20_100_80_0_100", "N30_7_90_0_200_300_0_120", "10_0_20_0_30_9_0_9",
        ])
    func projection(_ text: String) throws {
        let geometry = try #require(try geometry("e-distort-p-\(text)", on: Self.square).distortion)
        let values = text.split(separator: "_").map { Double($0.replacing("N", with: "-")) ?? 0 }
        let (xs, ys) = ([0, 2, 4, 6].map { values[$0] }, [1, 3, 5, 7].map { values[$0] })
        let (left, top) = (try #require(xs.min()), try #require(ys.min()))
        #expect(geometry.canvas.width == Int(try #require(xs.max()) - left))
        #expect(geometry.canvas.height == Int(try #require(ys.max()) - top))
        guard case .projection(let map) = geometry.map else {
            Issue.record("not a projection")
            return
        }
        for (index, origin) in [(0.0, 0.0), (1, 0), (1, 1), (0, 1)].enumerated() {
            let (x, y) = (xs[index] - left, ys[index] - top)
            let below = map.g * x + map.h * y + map.i
            #expect(abs((map.a * x + map.b * y + map.c) / below - origin.0) < 1e-9)
            #expect(abs((map.d * x + map.e * y + map.f) / below - origin.1) < 1e-9)
        }
    }

    @Test func whatBecomesSmallerIsMadeSmallerBefore() throws {
        let size = Size(width: 4_000, height: 3_000)
        let geometry = try #require(try geometry("e-distort-p-0_0_100_0_100_50_0_50", on: size).distortion)
        #expect(geometry.scaled == Size(width: 100, height: 50))
    }

    @Test(
        "Canvases of arcs, by the formulas for a ring's sector",
        arguments: [("a-180", 227, 114), ("a-N180", 227, 114), ("a-90", 251, 123), ("a-360", 200, 200)])
    func arcs(_ text: String, _ width: Int, _ height: Int) throws {
        // 200 around half a circle: radius 63.66, edges at 13.66 and 113.66.
        let canvas = try #require(try geometry("e-distort-\(text)", on: Self.square).distortion?.canvas)
        #expect(abs(canvas.width - width) <= 1 && abs(canvas.height - height) <= 1, "\(canvas)")
    }

    @Test func distortionsAreWithinTheLimits() {
        #expect(throws: TransformationError.limitExceeded(.outputPixels, maximum: 9_999)) {
            try geometry("e-distort-p-0_0_100_0_100_100_0_100", on: Self.square, pixels: 9_999)
        }
        #expect(throws: TransformationError.limitExceeded(.outputSide, maximum: 65_535)) {
            try geometry("e-distort-p-N60000_0_60000_0_60000_5_N60000_5", on: Self.square)
        }
    }
}
