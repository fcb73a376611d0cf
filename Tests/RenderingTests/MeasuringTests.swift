import Deadlines
import Memory
import RenderJobs
import Rendering
import Testing
import Transformation
import Vips

/// What a render process tells of an original of which nothing is made.
@Suite struct MeasuringTests {
    private func measure(
        _ original: [UInt8], page: Int? = nil, limits: RenderJob.Limits = standardLimits
    ) throws -> VariantFacts {
        try VipsLibrary.start()
        var writer = try SharedMemoryWriter(maximum: original.count)
        try writer.append(original.span.bytes)
        let plan = Plan(stages: [], output: Output(format: .source, quality: 1), page: page)
        var job = RenderJob(
            plan: plan.canonical, rasterisesSVG: true, limits: limits, deadline: Deadline(in: .seconds(60)),
            originalCount: original.count)
        job.onlyMeasures = true
        let (facts, bytes) = try Renderer().render(job, try writer.finish())
        #expect(bytes.copied == original)
        #expect(facts.count == original.count)
        return facts
    }

    @Test("A side may be longer than any format that is written holds")
    func longSide() throws {
        let facts = try measure(Originals.plain([1, 2, 3], width: 70_000, height: 2).png)
        #expect([facts.width, facts.height, facts.frames] == [70_000, 2, 1])
        #expect(facts.format == .png)
    }

    @Test("Sizes are upright")
    func upright() throws {
        let facts = try measure(try Originals.jpeg(Originals.plain([1, 2, 3], width: 40, height: 20), orientation: 6))
        #expect([facts.width, facts.height] == [20, 40])
        #expect(facts.format == .jpeg)
    }

    @Test("The header is enough: no pixel is decoded")
    func headerAlone() throws {
        let whole = try Originals.jpeg(Originals.speckles(300, 200))
        let facts = try measure(Array(whole.prefix(whole.count / 2)))
        #expect([facts.width, facts.height] == [300, 200])
    }

    @Test("An SVG has a size too")
    func vector() throws {
        let facts = try measure([UInt8](#"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"/>"#.utf8))
        #expect([facts.width, facts.height] == [40, 20])
    }

    @Test("Limits hold, and what is no picture has no size")
    func refused() throws {
        let limits = RenderJob.Limits(sourcePixels: 99, outputPixels: 1, frames: 1, documentBytes: 1)
        let picture = Originals.plain([1, 2, 3], width: 10, height: 10).png
        #expect(throws: RenderFailure.sourceLimit("pixels", maximum: 99)) { try measure(picture, limits: limits) }
        #expect(throws: RenderFailure.notAPicture) { try measure([UInt8]("nothing at all".utf8)) }
    }
}
