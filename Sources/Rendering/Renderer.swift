import Deadlines
package import Memory
package import RenderJobs
import SVGSanitising
import Transformation
import Vips

/// Carries out one plan on one original: decode, steps, encode. libvips has to be started before.
package struct Renderer {
    private let limit = TimeLimit()

    package init() {}

    /// - Parameter tell: whom to tell what may be held, before anything is drawn.
    package func render(
        _ job: RenderJob, _ original: SharedMemory, _ inputs: JobInputs = .none,
        telling tell: @escaping (MemoryLimit) -> Void = { _ in }
    ) throws(RenderFailure) -> (VariantFacts, SharedMemory) {
        limit.deadline = job.deadline
        let start = Deadline.now
        let plan: Plan
        do { plan = try Plan(canonical: job.plan) } catch { throw .internalFailure(log: "plan: \(error)") }

        let cost = KnownCost(job, plan, original, inputs, telling: tell)
        return try original.withBytes { bytes throws(RenderFailure) in
            try withReadable(bytes, limits: job.limits) { (bytes, drawing) throws(RenderFailure) in
                if let drawing, !job.onlyMeasures, !job.rasterisesSVG, plan.keepsDrawing {
                    return try kept(drawing, since: start)
                }
                let source = try Source(
                    bytes, page: plan.page, density: plan.output.density, limits: job.limits, limit: limit)
                cost.note(source)
                let choice = try OutputChoice(plan.output, of: plan, source: source, rasterisesSVG: job.rasterisesSVG)
                if job.onlyMeasures {
                    return (source.facts(as: choice.format, count: original.count, since: start), original)
                }
                return try render(job, plan, inputs, source, drawing, choice, cost, since: start)
            }
        }
    }

    private func render(
        _ job: RenderJob, _ plan: Plan, _ inputs: JobInputs, _ source: Source, _ drawing: SanitisedDrawing?,
        _ first: OutputChoice, _ cost: KnownCost, since start: Deadline
    ) throws(RenderFailure) -> (VariantFacts, SharedMemory) {
        var choice = first
        if choice.keepsSVG, let drawing { return try kept(drawing, since: start) }
        let run = StepRun(
            sourceSize: source.size, baseSize: nil,
            painter: LayerPainter(inputs: inputs, cost: cost, limits: job.limits, limit: limit), limits: job.limits,
            limit: limit)
        let decoder = Decoder(source: source, limit: limit)
        var (image, output) = try run.carryOut(plan, from: decoder, allFrames: choice.isAnimated)
        if output != plan.output {
            choice = try OutputChoice(output, of: plan, source: source, rasterisesSVG: job.rasterisesSVG)
            if choice.keepsSVG, let drawing { return try kept(drawing, since: start) }
        }
        try choice.settle(on: image)
        if !choice.isAnimated { image = try classify(.damaged) { () throws(VipsError) in try image.frame(0) } }
        let finishing = Finishing(plan, output, choice.format, source: source)
        return try encode(image, finishing, choice, since: start)
    }

    private func kept(
        _ drawing: SanitisedDrawing, since start: Deadline
    ) throws(RenderFailure) -> (VariantFacts, SharedMemory) {
        (VariantFacts(of: drawing, since: start), try shared(drawing.bytes.span.bytes))
    }

    private func encode(
        _ image: Image, _ finishing: borrowing Finishing, _ choice: OutputChoice, since start: Deadline
    ) throws(RenderFailure) -> (VariantFacts, SharedMemory) {
        let finished = try classify(.damaged) { () throws(VipsError) in try finishing.prepare(image) }
        let transformation = start.elapsed
        let encodeStart = Deadline.now
        let encoded = try classify(.encoding) { () throws(VipsError) in
            try finished.encoded(as: choice.encoding, with: finishing.attachments)
        }
        let facts = VariantFacts(
            format: choice.format, width: finished.width, height: finished.height, frames: finished.frameCount,
            count: encoded.count, transformation: transformation, encode: encodeStart.elapsed)
        return (facts, try shared(encoded))
    }

    private enum Fault { case damaged, encoding }

    /// Classifies by where libvips failed, never by what it says (design §5).
    private func classify<Result>(
        _ fault: Fault, _ body: () throws(VipsError) -> Result
    ) throws(RenderFailure) -> Result {
        do { return try body() } catch {
            if limit.hasPassed { throw .outOfTime }
            switch fault {
            case .damaged: throw .damaged(log: "\(error)")
            case .encoding: throw .internalFailure(log: "\(error)")
            }
        }
    }

    private func shared(_ encoded: EncodedBytes) throws(RenderFailure) -> SharedMemory {
        try encoded.withBytes { bytes throws(RenderFailure) in try shared(bytes) }
    }

    private func shared(_ bytes: RawSpan) throws(RenderFailure) -> SharedMemory {
        do throws(SharedMemoryError) {
            var writer = try SharedMemoryWriter(maximum: bytes.byteCount)
            try writer.append(bytes)
            return try writer.finish()
        } catch {
            throw .internalFailure(log: "\(error)")
        }
    }
}
