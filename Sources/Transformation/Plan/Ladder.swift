/// What a request without a signature may ask for, so that nobody can have picture after picture made of one original
/// by counting: sizes and qualities that are rungs, parameters that are named, few steps. What is stored under names is
/// their owner's and free.
package struct Ladder: Hashable, Sendable {
    /// What becomes of a value that is no rung.
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        /// It is refused.
        case reject
        /// It becomes the next higher rung, above all of them the highest.
        case roundUp
        /// It is taken as it is: only `parameters` and `steps` count.
        case exact
    }

    /// Pixels, ascending, each once; empty: any width.
    package var widths: [Int] = []
    /// Pixels, ascending, each once; empty: any height.
    package var heights: [Int] = []
    /// 1…100, ascending, each once; empty: any quality.
    package var qualities: [Int] = []
    package var mode = Mode.reject
    /// The parameters that may be used besides `n`; `l` stands for layers, `if` for conditions. `nil`: all.
    package var parameters: Set<String>?
    /// The most steps that a URL may chain: rungs multiply where they may follow one another. `nil`: as many as any URL.
    package var steps: Int?

    /// No ladder.
    package init() {}
}

// MARK: Parameters

extension Ladder {
    /// What stands for layers and for conditions in `parameters`.
    static let layers = "l"
    static let conditions = "if"
    /// What it stands for is the owner's.
    private static let named = "n"

    /// Whether `parameters` may have the name.
    package static func knows(_ parameter: String) -> Bool {
        [layers, conditions].contains(parameter) || ParameterTable.declaration(of: parameter) != nil
    }

    func admit(_ parameter: String) throws(TransformationError) {
        guard let parameters, parameter != Self.named, !parameters.contains(parameter) else { return }
        throw .needsSignature(parameter: parameter, allowed: parameters.union([Self.named]).sorted())
    }
}

// MARK: Steps

extension Ladder {
    /// - Parameter chain: as the URL has it. What a named transformation stands for is its owner's; that it is named is a
    ///   step like any other.
    func admit(stepsOf chain: Syntax.Chain) throws(TransformationError) {
        guard let steps, chain.chainedSteps > steps else { return }
        throw .chainNeedsSignature(steps: chain.chainedSteps, maximum: steps)
    }
}

extension [Syntax.Step] {
    /// The steps of the chain, and those that follow the first one of each layer and branch in it: one more than there
    /// are joints. As deep as the parser lets them be.
    fileprivate var chainedSteps: Int {
        var steps = 0
        for step in self {
            steps += 1
            for inner in step.innerChains { steps += Swift.max(inner.chainedSteps - 1, 0) }
        }
        return steps
    }
}

extension Syntax.Step {
    /// Those of its layers, or its branches; what is nested in them is theirs.
    fileprivate var innerChains: [Syntax.Chain] {
        switch self {
        case .items(let items):
            return items.compactMap { (item) -> Syntax.Chain? in
                guard case .layer(let layer) = item else { return nil }
                return layer.chain
            }
        case .condition(let block): return [block.consequence, block.alternative ?? []]
        }
    }
}

// MARK: Values

extension Ladder {
    /// The resize with sides that are rungs, as pixels after `dpr` and `ar`.
    ///
    /// - Parameter draft: what it was made of, once hints had taken the place of `auto`.
    func resize(_ resize: Resize, of draft: StepDraft) throws(TransformationError) -> Resize {
        guard bindsSides else { return resize }
        guard !draft.hints.isEmpty else { return try onRungs(resize, mode) }
        // Nobody can write a rung who does not know the screen: what is written has to be one, what the hint makes of it
        // becomes one.
        if let written = Resize(draft.applying(ClientHints())) { _ = try onRungs(written, mode) }
        return try onRungs(resize, .roundUp)
    }

    func output(_ named: OutputParameters) throws(TransformationError) -> OutputParameters {
        guard let quality = named.quality else { return named }
        var output = named
        output.quality = try rung("q", quality, of: qualities, mode)
        return output
    }

    /// What a layer shows, where its own size is part of that.
    func content(_ content: LayerContent) throws(TransformationError) -> LayerContent {
        switch content {
        case .image: return content
        case .block(var block):
            block.width = try rung("w", block.width, of: widths, mode)
            block.height = try rung("h", block.height, of: heights, mode)
            return .block(block)
        case .text(var text):
            text.width = try rung("w", text.width, of: widths, mode)
            return .text(text)
        }
    }

    private var bindsSides: Bool { mode != .exact && !(widths.isEmpty && heights.isEmpty) }

    private func onRungs(_ resize: Resize, _ mode: Mode) throws(TransformationError) -> Resize {
        // Literal ones have become pixels.
        let rungs = widths.isEmpty ? heights : widths
        if let ratio = resize.ratio { throw .notOnLadder(parameter: "ar", value: ratio.canonical, rungs: rungs) }
        if let factor = resize.pixelRatio {
            throw .notOnLadder(parameter: "dpr", value: factor.canonical, rungs: rungs)
        }
        var resize = resize
        resize.width = try rung("w", resize.width, of: widths, mode)
        resize.height = try rung("h", resize.height, of: heights, mode)
        return resize
    }

    private func rung(
        _ parameter: String, _ length: Length?, of rungs: [Int], _ mode: Mode
    ) throws(TransformationError) -> Length? {
        guard mode != .exact, !rungs.isEmpty else { return length }
        switch length {
        case nil: return nil
        case .pixels(let pixels)?: return .pixels(try rung(parameter, pixels, of: rungs, mode))
        case .fraction?, .expression?:
            throw .notOnLadder(parameter: parameter, value: length?.canonical ?? "", rungs: rungs)
        }
    }

    private func rung(
        _ parameter: String, _ value: Int, of rungs: [Int], _ mode: Mode
    ) throws(TransformationError) -> Int {
        guard mode != .exact, let highest = rungs.last else { return value }
        let next = rungs.first { $0 >= value } ?? highest
        guard mode == .roundUp || next == value else {
            throw .notOnLadder(parameter: parameter, value: String(value), rungs: rungs)
        }
        return next
    }
}
