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
        ("of an SVG", .svg, 0, 0, "f-png,q-80:w-300", .fast),
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

    @Test func whatIsUnknownIsSmall() throws {
        #expect(try Self.cost("f-jpeg,q-80:w-200", nil).lane == .fast)
        #expect(try Self.cost("f-jpeg,q-80:w-200", nil, bytes: 40_000_000).lane == .heavy)
    }

    /// What a decoder has to hold whole costs memory by its source, what comes line by line by what comes out.
    @Test func memory() throws {
        let plan = "f-jpeg,q-80:w-400"
        let streamed = try Self.cost(plan, Self.header(.jpeg, 8_000, 5_000)).bytes
        #expect(streamed < 20_000_000)
        let progressive = try Self.cost(plan, Self.header(.jpeg, 8_000, 5_000) { $0.isHeldWhole = true }).bytes
        #expect(progressive > 200_000_000)
        #expect(try Self.cost(plan, Self.header(.avif, 8_000, 5_000)).bytes > 300_000_000)
        #expect(try Self.cost(plan, Self.header(.png, 8_000, 5_000) { $0.isHeldWhole = true }).bytes > 100_000_000)
        // As wide and as high: all of what is written is in memory.
        #expect(try Self.cost("f-jpeg,q-80", Self.header(.jpeg, 8_000, 5_000)).bytes > 250_000_000)
    }

    /// No header and no plan is too much for it.
    @Test func anythingMayBeAsked() throws {
        for kind in PictureHeader.Kind.allCases {
            for side in [0, 1, 65_535, 0xFFFF_FFFF, .max] {
                let header = try Self.header(kind, side, side) {
                    ($0.frames, $0.channels, $0.bitsPerChannel) = (10_000, 5, 32)
                }
                for plan in ["f-auto", "f-png,w-65535", "f-gif,bl-100,h-0.5,w-0.5", "f-jpg:rt-30", "w-9:dpr-5,h-9"] {
                    guard case .variant(let plan) = try Transformation([plan]).resolve(accepting: []) else { continue }
                    let cost = RenderCost(of: plan, original: .init(header, count: .max), limits: Self.limits)
                    #expect(cost.bytes >= 0 && cost.seconds > 0 && cost.seconds.isFinite)
                }
            }
        }
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
