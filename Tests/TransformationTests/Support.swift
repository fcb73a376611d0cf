import Transformation

/// The plan of a transformation text; a request for the original fails.
func plan(
    _ text: String, named: [String: String] = [:], defaults: OutputDefaults = OutputDefaults(),
    accepting: AcceptedFormats = [], hints: ClientHints = ClientHints(),
    rules: TransformationRules = TransformationRules()
) throws -> Plan {
    let resolution = try Transformation([text], rules: rules)
        .resolve(named: named, defaults: defaults, accepting: accepting, hints: hints)
    guard case .variant(let plan) = resolution else { throw Unexpected.original }
    return plan
}

/// The canonical text of the steps alone.
func steps(_ text: String, named: [String: String] = [:], hints: ClientHints = ClientHints()) throws -> String {
    try plan(text, named: named, hints: hints).stages.map(\.canonical).joined(separator: ":")
}

extension Plan {
    /// The steps outside of conditions.
    var steps: [Step] {
        stages.compactMap { stage in
            if case .step(let step) = stage { step } else { nil }
        }
    }

    /// The size that a source has after all steps, as far as sizes and quarter turns make it.
    func size(of source: Size) throws -> Size {
        var queue = StageQueue(self)
        var current = source
        while let step = queue.next(current: current, source: source) {
            let limits = OutputLimits(pixels: .max)
            current = try step.resize?.geometry(current: current, source: source, limits: limits).output ?? current
            if let turn = step.rotation?.whole, turn % 180 == 90 {
                current = Size(width: current.height, height: current.width)
            }
        }
        return current
    }
}

enum Unexpected: Error {
    case original
}

/// A generator with a seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
