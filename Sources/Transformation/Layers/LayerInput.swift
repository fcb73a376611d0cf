/// Something that a plan shows beside its original: the picture of a layer, or the file of a font.
///
/// It is fetched like an original: from the same URL endpoint, by the same rules.
package struct LayerInput: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case picture, font
    }

    package let kind: Kind
    package let path: ObjectPath

    package init(_ kind: Kind, _ path: ObjectPath) {
        self.kind = kind
        self.path = path
    }

    /// The one text that tells it from the other inputs of a plan.
    package var name: String { kind.rawValue + " " + path.reference }
}

extension Plan {
    /// What the layers of the plan show, each once, in the order in which the plan names it. Those of all branches of
    /// `if` blocks: which of them runs is only known when the original is there.
    package var inputs: [LayerInput] {
        var inputs: [LayerInput] = []
        var known: Set<LayerInput> = []
        stages.forEachInput { input in
            if known.insert(input).inserted { inputs.append(input) }
        }
        return inputs
    }
}

extension [Stage] {
    fileprivate func forEachInput(_ body: (LayerInput) -> Void) {
        for stage in self {
            switch stage {
            case .step(let step):
                for layer in step.layers {
                    if let input = layer.content.input { body(input) }
                    layer.stages.forEachInput(body)
                }
            case .conditional(let block): block.stages.forEachInput(body)
            }
        }
    }
}
