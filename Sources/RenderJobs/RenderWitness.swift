import Transformation

/// Who keeps account of what becomes of render processes at the jobs of one original, and may forbid one more attempt.
package struct RenderWitness: Sendable {
    /// How one attempt ended.
    package enum End: Sendable {
        /// With an outcome, or without the job having been begun.
        case alive
        /// The render process died of the original.
        case died
        /// It died, and nobody knows whether of the original: it was killed from outside, as the kernel does where memory runs
        /// out, or something was laid over the original that it may as well have died of.
        case killed
        /// It was killed at the hard limit, having had most of the limit and worked most of that time.
        case late
    }

    /// Called right before a job is given to a process; gives whom to tell of its end, or `nil` if it must not be given.
    package let begin: @Sendable () -> (@Sendable (End) -> Void)?

    package init(begin: @escaping @Sendable () -> (@Sendable (End) -> Void)?) {
        self.begin = begin
    }

    /// Nobody does.
    package static let none = RenderWitness { { _ in } }
}

extension RenderJob {
    /// Whether anything is laid over the original: pictures, texts, areas. A plan that cannot be read may have it.
    package var hasLayers: Bool {
        guard inputs.isEmpty, let plan = try? Plan(canonical: plan) else { return true }
        return plan.stages.hasLayers
    }
}

extension [Stage] {
    fileprivate var hasLayers: Bool {
        contains { stage in
            switch stage {
            case .step(let step): !step.layers.isEmpty
            case .conditional(let block): block.stages.hasLayers
            }
        }
    }
}
