/// The documentation's page with every parameter, written from the parameter table.
package enum ReferencePage {
    /// The page's text; its pictures are those of `ParameterExamples.all`.
    package static var markdown: String {
        let parts = ["# Parameters", introduction, language] + groups.map(section) + [unavailable]
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static let introduction = """
        Every parameter of the URL language, with a picture.

        ## Overview

        This page is what `apus reference` prints: it is written from the parameter table that also reads the URLs. What an \
        example shows stands behind the endpoint, as in `http://127.0.0.1:8080/demo/tr:w-200/kleiber.jpg`. In the pictures a \
        chequered ground is transparency. `deploy/test contact-sheet` makes them from the sample pictures, whose authors and \
        licence `deploy/samples/LICENSES.md` names; they are under the same licence.
        """

    private static var language: String {
        """
        ## The language

        A transformation is a chain of steps joined by `:`, each made of what the one before left. A step is a list of \
        parameters and layers joined by `,`; the order within a step does not matter. A parameter is its name, a dash and \
        its value.

        \(shown("chain"))

        Where a parameter takes an expression, that is numbers and variables joined by operators: \
        \(code(Expression.Operator.allCases.map(\.rawValue))), of which `mul` and `div` go first, then `add` and `sub`, then \
        `mod`, then `pow`. \(code(["iw", "ih", "iar"])) are width, height and ratio of the untouched picture, \
        \(code(["cw", "ch", "car"])) those of the picture as the previous step left it, \(code(["bw", "bh", "bar"])), in \
        layers, those of what the layer is laid on, and `idn` the density.

        \(shown("expression"))

        `if-CONDITION,…,if-else,…,if-end` is a step of its own. A condition compares \
        \(code(Condition.Property.allCases.map(\.rawValue))) by \(code(Condition.Relation.allCases.map(\.rawValue))) with a \
        number, or a ratio such as `4-3`; `_and_` binds tighter than `_or_`.

        \(shown("if"))

        `l-image,…,l-end` and `l-text,…,l-end` lay something on the picture. What stands inside belongs to the layer alone, \
        may be a chain, and may hold further layers. `i-ik_canvas` is a plain area.

        \(shown("layers"))
        """
    }

    // MARK: Parameters

    private struct Group {
        let title: String
        let parameters: [ParameterDeclaration]
    }

    private static let groups = [
        Group(title: "Size and crop", parameters: ParameterTable.geometry),
        Group(title: "Appearance", parameters: ParameterTable.appearance),
        Group(title: "Effects", parameters: ParameterTable.ownEffects),
        Group(title: "Output", parameters: ParameterTable.output),
        Group(title: "Layers", parameters: ParameterTable.layer + ParameterTable.layerTiming),
        Group(title: "Text", parameters: ParameterTable.text),
    ]

    private static func section(_ group: Group) -> String {
        let entries = group.parameters.filter { $0.availability == .now }.map(entry)
        return (["## \(group.title)"] + entries).joined(separator: "\n\n")
    }

    private static func entry(_ parameter: ParameterDeclaration) -> String {
        """
        ### \(parameter.name)

        \(parameter.summary). Takes \(parameter.allowed). Stands in \(places(parameter.places)).

        \(shown(parameter.name))
        """
    }

    private static func places(_ places: ParameterDeclaration.Places) -> String {
        var words: [String] = []
        if places.contains(.step) { words.append("steps") }
        if places.contains(.imageLayer) { words.append("image layers") }
        if places.contains(.textLayer) { words.append("text layers") }
        guard let last = words.popLast() else { return "" }
        return words.isEmpty ? last : words.joined(separator: ", ") + " and " + last
    }

    /// An example and its picture.
    private static func shown(_ name: String) -> String {
        guard let example = ParameterExamples.example(of: name) else { return "" }
        return "`\(example.path)`\n\n![The example of \(name)](\(example.picture))"
    }

    private static func code(_ words: [String]) -> String {
        words.map { "`\($0)`" }.joined(separator: " ")
    }

    // MARK: What is not carried out

    private static var unavailable: String {
        let rows = ParameterTable.all.compactMap { parameter in
            reason(parameter.availability).map { "| `\(parameter.name)` | \(parameter.summary) | \($0) |" }
        }
        return """
            ## Known but not available

            Whoever asks for one of these is told so; none is silently left out.

            | parameter | what it does | why not |
            |---|---|---|
            \(rows.joined(separator: "\n"))
            """
    }

    private static func reason(_ availability: ParameterDeclaration.Availability) -> String? {
        switch availability {
        case .now: nil
        case .later: "not yet"
        case .video: "for videos only"
        case .model: "needs a model"
        }
    }
}
