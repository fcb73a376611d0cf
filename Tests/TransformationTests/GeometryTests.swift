import Testing
import Transformation

/// The conformance pairs of reference §17.2, §17.3, §17.5 and §17.1 that speak of sizes.
@Suite struct GeometryTests {
    /// Where the picture or the window lies.
    enum Detail: Sendable {
        case none
        case window(x: Int, y: Int, of: Size)
        case picture(Size, x: Int, y: Int)
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let number: Int
        let source: Size
        let text: String
        let output: Size
        let detail: Detail
        var testDescription: String { "\(number): \(source.width)×\(source.height) \(text)" }

        init(_ number: Int, _ source: (Int, Int), _ text: String, _ output: (Int, Int), _ detail: Detail = .none) {
            self.number = number
            self.source = Size(width: source.0, height: source.1)
            self.text = text
            self.output = Size(width: output.0, height: output.1)
            self.detail = detail
        }
    }

    static let square = (600, 600)
    static let plant = (640, 865)
    static let wide = (1280, 853)
    static let video = (1280, 720)

    static let placement = [
        Case(1, square, "", (600, 600)),
        Case(2, square, "w-300,h-300", (300, 300)),
        Case(3, square, "w-200,h-200", (200, 200)),
        Case(11, square, "h-300,w-300", (300, 300)),
        Case(12, wide, "w-400,h-300:rt-90", (300, 400)),
        Case(17, wide, "h-300.00,w-300.00:rt-90", (300, 300)),
        Case(18, wide, "ar-4:3,w-400", (400, 300)),
    ]

    static let sides = [
        Case(21, square, "w-200", (200, 200)),
        Case(22, square, "h-200", (200, 200)),
        Case(23, square, "w-0.4", (240, 240)),
        Case(24, square, "h-0.4", (240, 240)),
        Case(25, square, "ar-4-3,w-400", (400, 300)),
        Case(26, square, "w-200,h-200,ar-4-3", (200, 200)),
        Case(27, video, "ar-4-1,h-100", (400, 100)),
        Case(28, plant, "w-200", (200, 270)),
        Case(29, plant, "h-200", (148, 200)),
        Case(30, wide, "w-400", (400, 267)),
        Case(31, wide, "h-300", (450, 300)),
        Case(32, wide, "w-0.25", (320, 213)),
        Case(33, square, "w-1200", (1200, 1200)),
        Case(34, square, "w-1200,c-at_max", (600, 600)),
        Case(35, square, "w-70000", (600, 600)),
        Case(36, square, "w-iw_div_2", (300, 300)),
        Case(37, square, "h-ih_mul_0.5", (300, 300)),
        Case(38, wide, "ar-16-9,w-640", (640, 360)),
        Case(39, wide, "ar-2.5-1,w-500", (500, 200)),
        Case(40, wide, "ar-iar_div_2,w-400", (400, 533)),
    ]

    static let strategies = [
        Case(41, plant, "w-300,h-200", (300, 200), .window(x: 0, y: 102, of: Size(width: 300, height: 405))),
        Case(42, plant, "w-300,h-200,c-maintain_ratio", (300, 200)),
        Case(43, plant, "w-300,h-200,c-force", (300, 200)),
        Case(44, plant, "w-300,h-200,c-at_max", (148, 200)),
        Case(45, plant, "w-850,h-1000,c-at_max_enlarge", (740, 1000)),
        Case(46, plant, "w-850,h-1000,c-at_max", (640, 865)),
        Case(47, plant, "w-300,h-200,c-at_least", (300, 405)),
        Case(
            48, plant, "w-300,h-200,cm-pad_resize,bg-F3F3F3", (300, 200),
            .picture(Size(width: 148, height: 200), x: 76, y: 0)),
        Case(
            49, plant, "w-300,h-200,cm-pad_resize,bg-F3F3F3,fo-left", (300, 200),
            .picture(Size(width: 148, height: 200), x: 0, y: 0)),
        Case(
            50, plant, "w-100,h-200,cm-pad_resize,bg-F3F3F3,fo-top", (100, 200),
            .picture(Size(width: 100, height: 135), x: 0, y: 0)),
        Case(
            51, plant, "w-200,h-200,cm-extract", (200, 200),
            .window(x: 220, y: 332, of: Size(width: 640, height: 865))),
        Case(
            52, plant, "w-300,h-300,cm-extract,fo-bottom_right", (300, 300),
            .window(x: 340, y: 565, of: Size(width: 640, height: 865))),
        Case(
            53, plant, "w-300,h-300,cm-extract,x-100,y-300", (300, 300),
            .window(x: 100, y: 300, of: Size(width: 640, height: 865))),
        Case(
            54, plant, "w-300,h-300,cm-extract,xc-300,yc-500", (300, 300),
            .window(x: 150, y: 350, of: Size(width: 640, height: 865))),
        Case(
            56, square, "w-700,h-700,cm-pad_extract,bg-F3F3F3", (700, 700),
            .picture(Size(width: 600, height: 600), x: 50, y: 50)),
        Case(57, square, "h-700,w-700,cm-pad_extract,bg-272B38", (700, 700)),
        Case(
            58, square, "w-300,h-300,cm-pad_extract", (300, 300),
            .window(x: 150, y: 150, of: Size(width: 600, height: 600))),
        Case(
            59, square, "w-iw_div_2,h-ih_div_2,cm-extract,x-iw_mul_0.2,y-ih_mul_0.2", (300, 300),
            .window(x: 120, y: 120, of: Size(width: 600, height: 600))),
        Case(60, video, "w-400,h-200", (400, 200)),
        Case(
            61, video, "w-400,h-200,cm-pad_resize,bg-F3F3F3", (400, 200),
            .picture(Size(width: 356, height: 200), x: 22, y: 0)),
        Case(62, video, "w-200,h-200,c-force", (200, 200)),
        Case(63, video, "w-200,h-200,c-at_max", (200, 113)),
        Case(64, video, "w-200,h-200,c-at_least", (356, 200)),
        Case(
            65, video, "w-400,h-300,c-maintain_ratio,fo-left", (400, 300),
            .window(x: 0, y: 0, of: Size(width: 533, height: 300))),
        Case(
            66, video, "h-300,w-300,cm-extract", (300, 300),
            .window(x: 490, y: 210, of: Size(width: 1280, height: 720))),
        Case(67, wide, "w-400,h-300", (400, 300), .window(x: 25, y: 0, of: Size(width: 450, height: 300))),
        Case(68, wide, "w-400,h-300,c-at_max", (400, 267)),
        Case(69, wide, "w-400,h-300,c-at_least", (450, 300)),
        Case(70, wide, "w-300,h-400,c-at_least", (600, 400)),
        Case(71, wide, "h-300:w-1080,c-at_max", (450, 300)),
        Case(73, plant, "w-480,h-472,c-maintain_ratio_no_enlarge,fo-bottom,q-75,f-auto", (480, 472)),
    ]

    static let pixelRatio = [
        Case(92, wide, "w-200,dpr-2", (400, 267)),
        Case(93, wide, "dpr-2", (1280, 853)),
        Case(94, square, "w-3000,dpr-2", (3000, 3000)),
        Case(95, square, "w-5,dpr-0.1", (5, 5)),
        Case(96, wide, "w-200,h-100,dpr-1.5", (300, 150)),
        Case(92, wide, "w-iw_div_4,dpr-2", (640, 427)),
        Case(94, square, "w-iw_mul_5,dpr-2", (3000, 3000)),
    ]

    /// What the reference proposes where it has no pair (§4.3), and the edges.
    static let further = [
        Case(0, (100, 50), "w-200,h-80,c-maintain_ratio_no_enlarge", (100, 50)),
        Case(0, (400, 50), "w-200,h-80,c-maintain_ratio_no_enlarge", (200, 50)),
        Case(0, (400, 300), "w-200,h-80,c-maintain_ratio_no_enlarge", (200, 80)),
        Case(0, (100, 50), "w-200,c-maintain_ratio_no_enlarge", (100, 50)),
        Case(
            0, (100, 50), "w-201,h-81,cm-pad_resize_no_enlarge", (201, 81),
            .picture(Size(width: 100, height: 50), x: 50, y: 15)),
        Case(
            0, (100, 50), "w-50,h-50,cm-pad_resize_no_enlarge", (50, 50),
            .picture(Size(width: 50, height: 25), x: 0, y: 12)),
        Case(
            0, (100, 50), "w-200,cm-pad_resize_no_enlarge", (200, 100),
            .picture(Size(width: 100, height: 50), x: 50, y: 25)),
        Case(0, (100, 50), "w-80,h-70,cm-pad_extract", (80, 70), .picture(Size(width: 80, height: 50), x: 0, y: 10)),
        Case(
            0, (100, 50), "w-80,h-70,cm-pad_extract_no_shrink", (100, 70),
            .picture(Size(width: 100, height: 50), x: 0, y: 10)),
        Case(0, (100, 50), "w-80,cm-extract", (80, 50), .window(x: 10, y: 0, of: Size(width: 100, height: 50))),
        Case(0, (100, 50), "w-800,h-20,cm-extract", (100, 20), .window(x: 0, y: 15, of: Size(width: 100, height: 50))),
        Case(
            0, (100, 50), "w-20,h-20,cm-extract,x-95,y-N5", (20, 20),
            .window(x: 80, y: 0, of: Size(width: 100, height: 50))),
        Case(
            0, (100, 50), "w-20,h-20,cm-extract,x-iw_sub_cw_sub_9", (20, 20),
            .window(x: 0, y: 15, of: Size(width: 100, height: 50))),
        Case(0, (1, 10_000), "w-1", (1, 10_000)),
        Case(0, (10_000, 1), "w-10", (10, 1)),
        Case(0, (1280, 853), "w-33.4", (33, 22)),
        Case(0, (1280, 853), "w-0", (1280, 853)),
        Case(0, (1280, 853), "w-0.5:w-0.5", (320, 214)),
    ]

    /// Focus and zoom, §17.4, where no face or object is needed; the window is moved when the pixels are known.
    static let focus = [
        Case(72, wide, "cm-extract,w-0.5,h-0.5,fo-auto:w-1000,h-1000", (1000, 1000)),
        Case(74, (1920, 1280), "w-400,h-400", (400, 400), .window(x: 100, y: 0, of: Size(width: 600, height: 400))),
        Case(75, (1920, 1280), "w-400,h-400,fo-car", (400, 400)),
        Case(76, (1920, 1280), "w-600,h-400,fo-car,cm-extract", (600, 400)),
        Case(82, plant, "w-200,h-300,fo-auto", (200, 300)),
        Case(83, plant, "w-150,h-150,fo-face", (150, 150)),
        Case(
            84, plant, "w-150,h-150,fo-face,z-2.0", (150, 150),
            .window(x: 75, y: 128, of: Size(width: 300, height: 406))),
        Case(85, plant, "w-150,h-150,fo-face,z-0.5", (150, 150)),
        Case(86, plant, "w-500,h-100,fo-custom", (500, 100)),
        Case(87, plant, "w-500,h-100,fo-custom,cm-extract", (500, 100)),
    ]

    @Test(arguments: placement + sides + strategies + pixelRatio + further + focus)
    func pair(_ test: Case) throws {
        var current = test.source
        var last: StepGeometry?
        for step in try plan(test.text).steps {
            if let resize = step.resize {
                let geometry = try resize.geometry(
                    current: current, source: test.source, limits: OutputLimits(pixels: .max))
                check(geometry, from: current)
                current = geometry.output
                last = geometry
            }
            if let degrees = step.rotation, degrees == Number(90) {
                current = Size(width: current.height, height: current.width)
            }
        }
        #expect(current == test.output)
        switch test.detail {
        case .none: break
        case .window(let x, let y, let scaled):
            #expect(last?.scaled == scaled)
            #expect(last?.crop == Rectangle(x: x, y: y, width: test.output.width, height: test.output.height))
        case .picture(let size, let x, let y):
            #expect((last?.crop?.size ?? last?.scaled) == size)
            #expect(last?.canvas == StepGeometry.Canvas(size: test.output, x: x, y: y))
        }
    }

    /// What every geometry promises to who renders it.
    private func check(_ geometry: StepGeometry, from current: Size) {
        #expect(geometry.scaled.width >= 1 && geometry.scaled.height >= 1)
        #expect(geometry.horizontalScale == Double(geometry.scaled.width) / Double(current.width))
        #expect(geometry.verticalScale == Double(geometry.scaled.height) / Double(current.height))
        if let crop = geometry.crop {
            #expect(crop.x >= 0 && crop.y >= 0 && crop.size.width >= 1 && crop.size.height >= 1)
            #expect(crop.x + crop.size.width <= geometry.scaled.width)
            #expect(crop.y + crop.size.height <= geometry.scaled.height)
        }
        if let canvas = geometry.canvas {
            let picture = geometry.crop?.size ?? geometry.scaled
            #expect(canvas.x >= 0 && canvas.y >= 0)
            #expect(canvas.x + picture.width <= canvas.size.width && canvas.y + picture.height <= canvas.size.height)
        }
    }

    @Test("Every strategy, focus and size keeps its promises", arguments: ResizeStrategy.allCases)
    func promises(_ strategy: ResizeStrategy) throws {
        let sources = [(1, 1), (7, 3), (640, 865), (1, 60), (60, 1), (1280, 853)]
        for text in ["w-1", "h-1", "w-300,h-200", "w-1,h-999", "w-999,h-1", "w-0.3,h-0.9", "w-641,h-866", "w-7,ar-3-1"]
        {
            let resize = try #require(try plan("\(text),cm-\(strategy.rawValue),fo-bottom_right").steps.first?.resize)
            for (width, height) in sources {
                let source = Size(width: width, height: height)
                let geometry = try resize.geometry(current: source, source: source, limits: OutputLimits(pixels: .max))
                check(geometry, from: source)
            }
        }
    }

    @Test(
        "55: a window placed by its centre may not leave the picture",
        arguments: [
            "w-300,h-300,cm-extract,xc-50,yc-50", "w-300,h-300,cm-extract,xc-600", "w-700,h-300,cm-extract,xc-320",
            "w-300,cm-extract,xc-9999999",
        ])
    func windowOutOfBounds(_ text: String) throws {
        let resize = try #require(try plan(text).steps.first?.resize)
        let size = Size(width: 640, height: 865)
        let error = #expect(throws: TransformationError.self) {
            try resize.geometry(current: size, source: size, limits: OutputLimits(pixels: .max))
        }
        guard case .windowOutOfBounds(let parameter, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(parameter == "xc")
    }

    @Test func limits() throws {
        let limits = OutputLimits(pixels: 1_000_000)
        let size = Size(width: 100, height: 10_000)
        let large = try #require(try plan("w-101").steps.first?.resize)
        #expect(throws: TransformationError.limitExceeded(.outputPixels, maximum: 1_000_000)) {
            try large.geometry(current: size, source: size, limits: limits)
        }
        let long = try #require(try plan("w-60000").steps.first?.resize)
        let error = #expect(throws: TransformationError.limitExceeded(.outputSide, maximum: 65_535)) {
            try long.geometry(current: size, source: size, limits: limits)
        }
        #expect(error?.code == .limit)
        let cover = try #require(try plan("w-1000,h-1000").steps.first?.resize)
        let thin = Size(width: 1, height: 100_000)
        #expect(throws: TransformationError.limitExceeded(.scaledSide, maximum: 10_000_000)) {
            try cover.geometry(current: thin, source: thin, limits: limits)
        }
    }

    @Test func hugeSizesDoNotTrap() throws {
        let size = Size(width: .max, height: .max)
        for strategy in ResizeStrategy.allCases {
            let resize = try #require(try plan("w-300,h-200,cm-\(strategy.rawValue),x-iw,y-ih").steps.first?.resize)
            _ = try? resize.geometry(current: size, source: size, limits: OutputLimits(pixels: .max))
        }
    }
}
