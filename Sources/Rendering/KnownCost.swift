import Memory
import PictureHeaders
import RenderJobs
import Transformation

/// What a job is taken to cost, by one who learns what is drawn, and in which size; says so whenever that is known better.
final class KnownCost {
    private let job: RenderJob
    private let plan: Plan
    private let original: SharedMemory
    private let inputs: JobInputs
    private let tell: (MemoryLimit) -> Void
    /// Of drawings whose headers were read, by the inputs' names; the original has none. Of pages of one document, the
    /// largest.
    private var sizes: [String?: Size] = [:]

    init(
        _ job: RenderJob, _ plan: Plan, _ original: SharedMemory, _ inputs: JobInputs,
        telling tell: @escaping (MemoryLimit) -> Void
    ) {
        (self.job, self.plan, self.original, self.inputs, self.tell) = (job, plan, original, inputs, tell)
        let all = [original] + job.inputs.compactMap { inputs[$0.name] }
        if all.contains(where: { $0.kindOfDrawing != nil }) { say() }
    }

    /// A header was read: that of a drawing, or of a page of it.
    ///
    /// - Parameter input: which it is of; `nil`: of the original.
    func note(_ source: borrowing Source, of input: String? = nil) {
        guard source.format.isVector, source.size.pixels > sizes[input]?.pixels ?? -1 else { return }
        sizes[input] = source.size
        say()
    }

    private func say() {
        let parts = job.inputs.compactMap { input in
            inputs[input.name].map {
                (input.name, RenderCost.Part($0.header(size: sizes[input.name]), count: $0.count))
            }
        }
        let cost = RenderCost(
            of: plan, original: .init(original.header(size: sizes[nil]), count: original.count),
            inputs: Dictionary(parts) { first, _ in first }, limits: job.limits, rasterisesSVG: job.rasterisesSVG)
        tell(MemoryLimit(for: cost))
    }
}

extension SharedMemory {
    /// All that may be one is taken for one; a worker, which has no sanitiser, does not know all of them.
    fileprivate var kindOfDrawing: PictureHeader.Kind? {
        withBytes { bytes in
            if PictureHeader.Kind.isMarkup(bytes) { return .svg }
            return PictureHeader.Kind(of: bytes) == .pdf ? .pdf : nil
        }
    }

    fileprivate func header(size: Size?) -> PictureHeader? {
        guard let kind = kindOfDrawing else { return withBytes { PictureHeader(of: $0) } }
        return PictureHeader(kind, width: size?.width ?? 0, height: size?.height ?? 0)
    }
}
