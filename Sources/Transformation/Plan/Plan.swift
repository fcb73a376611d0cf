/// The fully resolved value that a transformation becomes for one request: named transformations expanded, format
/// negotiated, defaults applied. Two URLs that mean the same have equal plans and the same `canonical` text.
package struct Plan: Hashable, Sendable {
    /// In the order in which they run. Empty for a request without transformation, which is still optimised.
    package let stages: [Stage]
    package let output: Output
    /// The page or frame that the plan works on, from 1; nil: the whole animation, the first page of what is no animation.
    package let page: Int?
    /// What is looked up where there is no original.
    package let defaultImage: ObjectPath?
    /// The one text of this plan (`CanonicalPlan`). Made once, for the keys, the purges and the render process.
    package let canonical: String

    package init(stages: [Stage], output: Output, page: Int? = nil, defaultImage: ObjectPath? = nil) {
        self.stages = stages
        self.output = output
        self.page = page
        self.defaultImage = defaultImage
        canonical = Self.canonical(stages, output, page, defaultImage)
    }

    /// A plan without conditions.
    package init(steps: [Step], output: Output) {
        self.init(stages: steps.map { .step($0) }, output: output)
    }

    /// Whether the answer depends on the `Accept` header.
    package var varies: Bool {
        if case .auto = output.format { true } else { false }
    }
}

/// What a request asks for.
package enum Resolution: Hashable, Sendable {
    /// The stored bytes, untouched: `orig-true`.
    case original
    case variant(Plan)

    /// The text for cache keys and entity tags; distinct for distinct meanings.
    package var canonical: String {
        switch self {
        case .original: "orig-true"
        case .variant(let plan): plan.canonical
        }
    }

    /// Whether the answer depends on the `Accept` header.
    package var varies: Bool {
        switch self {
        case .original: false
        case .variant(let plan): plan.varies
        }
    }
}
