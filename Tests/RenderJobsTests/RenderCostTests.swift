import PictureHeaders
import RenderJobs
import Testing
import Transformation

/// What a job is taken to cost. The figures of real renders are `deploy/bench costs`; here is what follows from them.
struct RenderCostTests {
    private static let limits = RenderJob.Limits(
        sourcePixels: 100_000_000, outputPixels: 50_000_000, frames: 200, documentBytes: 5_000_000)

    private static func header(
        _ kind: PictureHeader.Kind, _ width: Int, _ height: Int, change: (inout PictureHeader) -> Void = { _ in }
    ) throws -> PictureHeader {
        // The only way to make one is to read one.
        let bytes: [UInt8] = [
            0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1,
            8, 2, 0, 0, 0,
        ]
        var header = try #require(PictureHeader(of: bytes))
        (header.kind, header.width, header.height, header.isLossless) = (kind, width, height, false)
        change(&header)
        return header
    }

    private static func cost(
        _ plan: String, _ header: PictureHeader?, bytes: Int = 2_000_000
    ) throws -> RenderCost {
        RenderCost(of: try Plan(canonical: plan), original: .init(header, count: bytes), limits: limits)
    }

    @Test(arguments: [
        ("a thumbnail of a photograph", PictureHeader.Kind.jpeg, 4_000, 3_000, "f-jpeg,q-80:w-400", RenderLane.fast),
        ("the same as AVIF", .jpeg, 4_000, 3_000, "f-avif,q-50:w-400", .fast),
        ("of a photograph of 100 megapixels", .jpeg, 12_000, 8_300, "f-webp,q-80:w-300", .fast),
        ("of a small AVIF", .avif, 1_200, 800, "f-jpeg,q-80:w-300", .fast),
        ("of a big AVIF", .avif, 8_000, 5_000, "f-jpeg,q-80:w-300", .heavy),
        ("of a big PNG", .png, 8_000, 5_000, "f-jpeg,q-80:w-300", .heavy),
        ("a large AVIF", .jpeg, 8_000, 5_000, "f-avif,q-50", .heavy),
        ("a large PNG of a photograph", .jpeg, 4_000, 3_000, "f-png,q-80:w-2000", .heavy),
        ("of an SVG", .svg, 0, 0, "f-png,q-80:w-300", .heavy),
        ("of a PDF", .pdf, 0, 0, "f-png,q-80:w-300", .heavy),
    ])
    func lanes(
        _ name: String, _ kind: PictureHeader.Kind, _ width: Int, _ height: Int, _ plan: String, _ lane: RenderLane
    ) throws {
        #expect(try Self.cost(plan, Self.header(kind, width, height)).lane == lane, "\(name)")
    }

    @Test func framesMakeALaneOfTheirOwnWhereAllOfThemAreMade() throws {
        let gif = try Self.header(.gif, 400, 400) { $0.frames = 40 }
        #expect(try Self.cost("f-gif,q-80:w-200", gif).lane == .animated)
        #expect(try Self.cost("f-webp,q-80:w-200", gif).lane == .animated)
        #expect(try Self.cost("f-jpeg,q-80:w-200", gif).lane == .fast)
        #expect(try Self.cost("f-webp,q-80:pg-1:w-200", gif).lane == .fast)
    }

    /// The decoder may know what it is; and no host is too small to let it try.
    @Test func whatIsUnknownIsHeavy() throws {
        let cost = try Self.cost("f-jpeg,q-80:w-200", nil, bytes: 200)
        #expect(cost.lane == .heavy)
        #expect(cost.bytes > RenderCost.fastBytes)
        #expect(cost.bytes < RenderAdmission(grant: 1, workers: 64, slots: 8).memory)
    }

    /// What a decoder has to hold whole costs memory by its source, what comes line by line by what comes out.
    @Test func memory() throws {
        let plan = "f-jpeg,q-80:w-400"
        let streamed = try Self.cost(plan, Self.header(.jpeg, 8_000, 5_000)).bytes
        #expect(streamed < 20_000_000)
        let progressive = try Self.cost(plan, Self.header(.jpeg, 8_000, 5_000) { $0.isHeldWhole = true }).bytes
        #expect(progressive > 200_000_000)
        let subsampled = try Self.cost(
            plan, Self.header(.jpeg, 8_000, 5_000) { ($0.isHeldWhole, $0.samplesPerPixel) = (true, 1.5) })
        #expect((110_000_000..<150_000_000).contains(subsampled.bytes))
        #expect(try Self.cost(plan, Self.header(.avif, 8_000, 5_000)).bytes > 300_000_000)
        #expect(try Self.cost(plan, Self.header(.png, 8_000, 5_000) { $0.isHeldWhole = true }).bytes > 100_000_000)
        let streamedTIFF = try Self.cost(plan, Self.header(.tiff, 8_000, 5_000)).bytes
        #expect(streamedTIFF < 40_000_000)
        let tiled = try Self.cost(plan, Self.header(.tiff, 8_000, 5_000) { $0.blockLines = 500 }).bytes
        #expect(tiled - streamedTIFF == 2 * 8_000 * 500 * 3)
        let wide = try Self.cost(
            plan, Self.header(.tiff, 8_000, 5_000) { ($0.blockLines, $0.bitsPerChannel) = (.max, 32) })
        #expect(wide.bytes - streamedTIFF == 2 * 8_000 * 5_000 * 3 * 4)
        // Trimming needs all pixels of the source.
        #expect(try Self.cost("f-jpeg,q-80:t-10,w-400", Self.header(.jpeg, 8_000, 5_000)).bytes > 120_000_000)
        // As wide and as high: all of what is written is in memory.
        #expect(try Self.cost("f-jpeg,q-80", Self.header(.jpeg, 8_000, 5_000)).bytes > 250_000_000)
    }

    /// It may be far more than its estimate, so nothing but the host bounds it.
    @Test func whatNoHeaderTellsIsGuessed() throws {
        let tiff = try Self.header(.tiff, 4_000, 3_000)
        for (plan, header, isGuessed) in [
            ("f-jpeg,q-80:w-400", tiff, false), ("f-jpeg,q-80:pg-1:w-400", tiff, false),
            ("f-jpeg,q-80:pg-2:w-400", tiff, true), ("f-jpeg,q-80:pg-2:w-400", try Self.header(.gif, 9, 9), false),
            ("f-jpeg,q-80:w-400", try Self.header(.tiff, 9, 9) { $0.channels = 5 }, true),
            ("f-jpeg,q-80:w-400", nil, true),
        ] {
            let cost = try Self.cost(plan, header)
            #expect(cost.isGuessed == isGuessed && cost.fitted(to: 1).isGuessed == isGuessed, "\(plan)")
        }
    }

    /// What they take above their pixels is counted before anybody knows it; on a small host it is what there is.
    @Test func drawings() throws {
        // What is not drawn is known.
        #expect(try Self.cost("f-svg,q-80", Self.header(.svg, 0, 0), bytes: 100_000).lane == .fast)
        let conditional = "f-svg,q-80:if-w_gt_9,w-9,if-end"
        #expect(try Self.cost(conditional, Self.header(.svg, 0, 0), bytes: 100_000).lane == .heavy)
        let page = try Self.header(.pdf, 0, 0)
        let cost = try Self.cost("f-png,q-80:w-300", page)
        #expect(cost.drawingBytes == MemoryLimit.allowance && cost.bytes > cost.drawingBytes)
        #expect(MemoryLimit(for: cost).most < MemoryLimit.allowance + 50_000_000)
        let smallest = RenderAdmission(grant: 1, workers: 64, slots: 8).memory
        #expect(try Self.cost("f-png,q-80:w-300", page).fitted(to: smallest).bytes == smallest)
        #expect(try Self.cost("f-png,q-80:w-300", Self.header(.jpeg, 4_000, 3_000)).fitted(to: 1).bytes > 1_000_000)
        // Seventeen times as many pixels as without it.
        guard case .variant(let densePlan) = try Transformation(["dn-300,f-png"]).resolve(accepting: []) else { return }
        let dense = try Self.cost(densePlan.canonical, page).bytes - MemoryLimit.allowance
        #expect(dense > 10 * (try Self.cost("f-png,q-80", page).bytes - MemoryLimit.allowance) / 2)
        #expect(try Self.cost("f-png,q-80", Self.header(.svg, 5_000, 5_000)).bytes > 200_000_000)
        let text = "f-jpeg,q-80:w-400,l-image,i-page.pdf,w-100,l-end"
        guard case .variant(let plan) = try Transformation([text]).resolve(accepting: []) else { return }
        let name = try #require(plan.inputs.first).name
        let base = RenderCost.Part(try Self.header(.jpeg, 4_000, 3_000), count: 2_000_000)
        let laid = RenderCost(of: plan, original: base, inputs: [name: .init(page, count: 9_000)], limits: Self.limits)
        #expect(laid.drawingBytes == MemoryLimit.allowance)
    }

    /// What a header says is too much, as a render process would say it.
    @Test(
        arguments: [
            ("as much as may be", .png, 10_000, 1, nil, nil),
            ("more", .png, 10_001, 1, nil, .sourceLimit("pixels", maximum: 100_000_000)),
            ("of a kind of one frame", .tiff, 10_000, 9, nil, nil),
            ("all frames", .gif, 1_001, 100, nil, .sourceLimit("pixels", maximum: 100_000_000)),
            ("some of them", .gif, 1_001, 100, 9, nil),
            ("more frames", .webp, 1, 201, nil, .sourceLimit("frames", maximum: 200)),
            ("one of them", .webp, 1, 201, 1, nil),
            ("of which nobody knows the size", .svg, 0, 1, nil, nil),
            ("beyond all numbers", .avif, .max, 1, nil, .sourceLimit("pixels", maximum: 100_000_000)),
        ] as [(String, PictureHeader.Kind, Int, Int, Int?, RenderFailure?)])
    func excess(
        _ name: String, _ kind: PictureHeader.Kind, _ width: Int, _ frames: Int, _ page: Int?, _ failure: RenderFailure?
    ) throws {
        let header = try Self.header(kind, width, width == 1 ? 1 : 10_000) { $0.frames = frames }
        #expect(RenderCost.Part(header, count: 9).excess(over: Self.limits, page: page) == failure, "\(name)")
        #expect(RenderCost.Part(nil, count: 9).excess(over: Self.limits, page: page) == nil)
    }

    /// No header and no plan is too much for it.
    @Test func anythingMayBeAsked() throws {
        for kind in PictureHeader.Kind.allCases {
            for side in [0, 1, 65_535, 0xFFFF_FFFF, .max] {
                let header = try Self.header(kind, side, side) {
                    ($0.frames, $0.channels, $0.bitsPerChannel) = (10_000, 5, 32)
                }
                let turns = Array(repeating: "rt-30", count: 10).joined(separator: ":")
                for plan in [
                    turns, "f-auto", "f-png,w-65535", "f-gif,bl-100,h-0.5,w-0.5", "f-jpg:rt-30", "w-9:dpr-5,h-9",
                ] {
                    guard case .variant(let plan) = try Transformation([plan]).resolve(accepting: []) else { continue }
                    let cost = RenderCost(of: plan, original: .init(header, count: .max), limits: Self.limits)
                    #expect(cost.bytes >= 0 && cost.seconds > 0 && cost.seconds.isFinite)
                }
            }
        }
    }

    @Test func aCostIsANumber() {
        let cost = RenderCost(lane: .fast, bytes: -1, seconds: .nan)
        #expect(cost.bytes == 0 && cost.seconds == 10_000)
    }

    /// Half of a host of 1 GB.
    @Test func aPhotographAsAVIFIsForTheSmallestHostToo() throws {
        let admission = RenderAdmission(grant: 500_000_000, workers: 1, slots: 256)
        let settings = RenderGate.Settings(
            processors: 2, hasFastPlace: true, memory: admission.memory, waiting: admission.waiting)
        let cost = try Self.cost("f-avif,q-50", Self.header(.jpeg, 4_000, 3_000), bytes: 5_000_000)
        #expect(cost.bytes > settings.largestBesideOthers)
        #expect(cost.bytes <= settings.largestJob)
    }

    struct Large: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        /// As measured.
        let seconds: Double
        let bytes: Double
    }

    private static let text = "l-text,i-Apus,fs-40,l-end"
    private static let block = "l-image,i-ik_canvas,w-7000,h-7000,bg-FF000080"

    static let large = [
        Large(
            testDescription: "texts on a layer that is larger than its base",
            text: "w-50,l-image,i-kleiber.jpg,w-7000,h-7000,c-force,\(text),\(text),\(text),\(text),l-end",
            seconds: 5.8, bytes: 361e6),
        Large(
            testDescription: "blocks on blocks",
            text: "w-50,\(block),\(block),\(block),l-end,l-end,l-end", seconds: 5.1, bytes: 623e6),
    ]

    /// What lies on the layer costs by the layer's size, however small the variant is.
    @Test(arguments: large)
    func layersCostByTheirOwnSize(_ one: Large) throws {
        guard case .variant(let plan) = try Transformation([one.text]).resolve(accepting: []) else {
            Issue.record("no plan")
            return
        }
        let bird = RenderCost.Part(try Self.header(.jpeg, 2_310, 1_299), count: 500_000)
        let inputs = Dictionary(uniqueKeysWithValues: plan.inputs.map { ($0.name, bird) })
        let cost = RenderCost(of: plan, original: bird, inputs: inputs, limits: Self.limits)
        #expect(cost.lane == .heavy)
        #expect((0.6...1.6).contains(Double(cost.bytes) / one.bytes), "\(cost)")
        #expect((0.6...2.5).contains(cost.seconds / one.seconds), "\(cost)")
    }

    @Test func anUnknownLayerIsHeavy() throws {
        guard case .variant(let plan) = try Transformation(["w-50,l-image,i-a.jpg,w-9,l-end"]).resolve(accepting: [])
        else { return }
        let original = RenderCost.Part(try Self.header(.jpeg, 400, 300), count: 2_000)
        let name = try #require(plan.inputs.first).name
        let cost = RenderCost(
            of: plan, original: original, inputs: [name: .init(nil, count: 90)], limits: Self.limits)
        #expect(cost.lane == .heavy)
    }

    @Test func layersCostSomethingToo() throws {
        let text = "f-jpg,q-80:w-400,l-image,i-logo.png,w-100,l-end"
        guard case .variant(let parsed) = try Transformation([text]).resolve(accepting: []) else {
            Issue.record("no plan")
            return
        }
        let original = RenderCost.Part(try Self.header(.jpeg, 4_000, 3_000), count: 2_000_000)
        let big = RenderCost.Part(try Self.header(.avif, 8_000, 5_000), count: 2_000_000)
        let name = try #require(parsed.inputs.first).name
        let small = RenderCost(of: parsed, original: original, limits: Self.limits)
        let large = RenderCost(of: parsed, original: original, inputs: [name: big], limits: Self.limits)
        #expect(large.bytes > small.bytes + 300_000_000)
        #expect(large.lane == .heavy)
    }
}

extension PictureHeader {
    fileprivate init?(of bytes: [UInt8]) { self.init(of: bytes.span.bytes) }
}
