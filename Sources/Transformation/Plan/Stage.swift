/// What stands at one place of a plan: a step, or a block of which one branch runs.
package indirect enum Stage: Hashable, Sendable {
    case step(Step)
    case conditional(ConditionalStage)

    var isStep: Bool {
        if case .step = self { true } else { false }
    }

    /// Steps on the longest way through.
    var longestPath: Int {
        switch self {
        case .step: 1
        case .conditional(let block): max(block.consequence.longestPath, block.alternative.longestPath)
        }
    }
}

/// An `if` block. Which branch runs is only known when the picture is there, so the plan carries both (reference §11).
package struct ConditionalStage: Hashable, Sendable {
    package var condition: Condition
    package var consequence: Branch
    /// Empty where the URL has no `if-else`.
    package var alternative: Branch
}

/// What runs in one case: steps, and what they say of the output.
package struct Branch: Hashable, Sendable {
    package private(set) var stages: [Stage] = []
    /// Wins over the output named before the block; blocks inside the branch win over it.
    package private(set) var output = OutputParameters()

    init() {}

    var isEmpty: Bool { self == Branch() }

    var longestPath: Int { stages.reduce(0) { $0 + $1.longestPath } }

    mutating func append(_ step: Step) {
        if !step.isEmpty { stages.append(.step(step)) }
    }

    /// Appends what another chain does, in place.
    mutating func append(contentsOf other: Branch) {
        name(other.output)
        stages += other.stages
    }

    /// Appends a block; if both branches do the same, it is no block.
    mutating func append(_ block: ConditionalStage) {
        if block.consequence == block.alternative {
            append(contentsOf: block.consequence)
        } else {
            stages.append(.conditional(block))
        }
    }

    /// Takes output parameters, which win over everything that was named before them (reference §3.1).
    mutating func name(_ later: OutputParameters) {
        guard later != OutputParameters() else { return }
        forget(later)
        output.merge(later)
    }

    private mutating func forget(_ named: OutputParameters) {
        output = output.without(named)
        guard !stages.allSatisfy(\.isStep) else { return }
        var kept = Branch()
        kept.output = output
        for stage in stages {
            switch stage {
            case .step(let step): kept.append(step)
            case .conditional(var block):
                block.consequence.forget(named)
                block.alternative.forget(named)
                kept.append(block)
            }
        }
        self = kept
    }
}
