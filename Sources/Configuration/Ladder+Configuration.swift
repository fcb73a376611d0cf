internal import Transformation

extension Ladder {
    private static let rungsRange = 1...100
    private static let parametersRange = 0...200

    /// The keys of a URL endpoint that are about it.
    ///
    /// - Parameter mostSteps: those that any URL may chain.
    static func reading(_ section: Section, mostSteps: Int) -> Ladder {
        var ladder = Ladder()
        let sides = Format<Int>.integer(1...OutputLimits.maximumSide)
        ladder.widths = section.distinct("widths", sides, counts: rungsRange)?.sorted() ?? []
        ladder.heights = section.distinct("heights", sides, counts: rungsRange)?.sorted() ?? ladder.widths
        ladder.qualities = section.distinct("qualities", .integer(1...100), counts: rungsRange)?.sorted() ?? []
        ladder.mode = section.choice("ladder") ?? ladder.mode
        if section.has("ladder"), !["widths", "heights", "qualities"].contains(where: section.has) {
            let because = "(or heights, or qualities) because ladder says what becomes of values that they do not name"
            section.report(.required(because: because), at: "widths")
        }
        ladder.parameters = section.distinct("parameters", .parameter, counts: parametersRange).map { Set($0) }
        ladder.steps = section.value("steps", .integer(1...mostSteps))
        return ladder
    }
}

extension Format<String> {
    /// A parameter of the URL language.
    fileprivate static var parameter: Format {
        Format(expected: "a parameter of the URL language, such as w", blank: "") {
            scalar throws(ConfigurationProblem.Reason) in
            guard Ladder.knows(scalar.text) else {
                throw .unknown(what: "parameter of the URL language, such as w", found: scalar.raw, known: [])
            }
            return scalar.text
        }
    }
}
