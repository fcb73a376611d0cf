import Memory
import PictureHeaders
import RenderJobs
import Transformation

/// What the headers of all that goes into a picture say, before a render process is asked.
struct JobEstimate {
    let cost: RenderCost
    /// The limit of originals that one of them exceeds, however much memory there is.
    let excess: RenderFailure?

    init(_ plan: Plan, _ job: RenderJob, _ original: SharedMemory, _ inputs: [JobInput]) {
        let first = RenderCost.Part(original)
        let others: [(String, RenderCost.Part)] = inputs.map { ($0.name, RenderCost.Part($0.bytes)) }
        cost = RenderCost(
            of: plan, original: first, inputs: Dictionary(others) { first, _ in first }, limits: job.limits,
            rasterisesSVG: job.rasterisesSVG)
        excess = first.excess(over: job.limits, page: plan.page) ?? Self.excess(of: others, over: job.limits)
    }

    /// A layer shows one frame.
    private static func excess(
        of inputs: [(String, RenderCost.Part)], over limits: RenderJob.Limits
    ) -> RenderFailure? {
        for (name, part) in inputs {
            if let excess = part.excess(over: limits, page: 1) { return .input(name, excess) }
        }
        return nil
    }
}

extension RenderCost.Part {
    fileprivate init(_ bytes: SharedMemory) {
        self.init(bytes.withBytes { PictureHeader(of: $0) ?? Self.drawing(of: $0) }, count: bytes.count)
    }

    /// Of what only all of it tells to be a drawing, if it does.
    private static func drawing(of bytes: RawSpan) -> PictureHeader? {
        PictureHeader.Kind.mayBeDrawing(bytes) ? PictureHeader(.svg, width: 0, height: 0) : nil
    }
}
