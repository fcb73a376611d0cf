import Memory
import PictureHeaders
import RenderJobs
import Transformation

/// What a job is taken to cost, by one who knows what is drawn, and in which size.
struct KnownCost {
    let job: RenderJob
    let plan: Plan
    let original: SharedMemory
    let inputs: JobInputs

    var drawsAnything: Bool {
        ([original] + job.inputs.compactMap { inputs[$0.name] }).contains { $0.kindOfDrawing != nil }
    }

    /// - Parameter size: that of the original, if that is a drawing whose header was read.
    func value(size: Size?) -> RenderCost {
        let parts = job.inputs.compactMap { input in
            inputs[input.name].map { (input.name, RenderCost.Part($0.header(size: nil), count: $0.count)) }
        }
        return RenderCost(
            of: plan, original: .init(original.header(size: size), count: original.count),
            inputs: Dictionary(parts) { first, _ in first }, limits: job.limits, rasterisesSVG: job.rasterisesSVG)
    }
}

extension SharedMemory {
    /// All that may be one is taken for one; a worker, which has no sanitiser, does not know all of them.
    fileprivate var kindOfDrawing: PictureHeader.Kind? {
        withBytes { bytes in
            if KnownKind.isMarkup(bytes) { return .svg }
            return PictureHeader.Kind(of: bytes) == .pdf ? .pdf : nil
        }
    }

    fileprivate func header(size: Size?) -> PictureHeader? {
        guard let kind = kindOfDrawing else { return withBytes { PictureHeader(of: $0) } }
        return PictureHeader(kind, width: size?.width ?? 0, height: size?.height ?? 0)
    }
}
