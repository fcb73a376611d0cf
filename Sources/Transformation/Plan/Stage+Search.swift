extension ConditionalStage {
    /// Of both branches.
    package var stages: [Stage] { consequence.stages + alternative.stages }
}

extension Stage {
    /// Whether it may run a step of this kind. Layers have steps of their own, which do not count.
    package func mayRun(_ isOfKind: (Step) -> Bool) -> Bool {
        switch self {
        case .step(let step): isOfKind(step)
        case .conditional(let block): block.stages.contains { $0.mayRun(isOfKind) }
        }
    }

    /// Whether it may cut uniform edges.
    package var mayTrim: Bool { mayRun { $0.trim != nil } }
}
