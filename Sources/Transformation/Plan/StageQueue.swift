/// Hands out the steps of a plan that run on one picture; an `if` block is decided when its turn comes.
package struct StageQueue: Sendable {
    /// The next one last.
    private var waiting: [Stage]
    private let skipsConditions: Bool
    /// The plan's output with what the branches that were entered so far say of it.
    package private(set) var output: Output

    /// - Parameter skippingConditions: whether `if` blocks do nothing, as on GIF originals (reference §11).
    package init(_ plan: Plan, skippingConditions: Bool = false) {
        waiting = plan.stages.reversed()
        skipsConditions = skippingConditions
        output = plan.output
    }

    /// The next step, or nil at the end.
    /// - Parameters:
    ///   - current: the picture as the step would find it.
    ///   - source: the untouched source, after orientation.
    package mutating func next(current: Size, source: Size) -> Step? {
        let context = ExpressionContext(source: source, current: current)
        while let stage = waiting.popLast() {
            switch stage {
            case .step(let step): return step
            case .conditional where skipsConditions: continue
            case .conditional(let block):
                let branch = block.condition.holds(in: context) ? block.consequence : block.alternative
                output.merge(branch.output)
                waiting += branch.stages.reversed()
            }
        }
        return nil
    }
}
