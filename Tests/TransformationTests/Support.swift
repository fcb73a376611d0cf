import Transformation

/// The plan of a transformation text; a request for the original fails.
func plan(
    _ text: String, named: [String: String] = [:], defaults: OutputDefaults = OutputDefaults(),
    accepting: AcceptedFormats = [], rules: TransformationRules = TransformationRules()
) throws -> Plan {
    let resolution = try Transformation([text], rules: rules)
        .resolve(named: named, defaults: defaults, accepting: accepting)
    guard case .variant(let plan) = resolution else { throw Unexpected.original }
    return plan
}

/// The canonical text of the steps alone.
func steps(_ text: String, named: [String: String] = [:]) throws -> String {
    try plan(text, named: named).steps.map(\.canonical).joined(separator: ":")
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
