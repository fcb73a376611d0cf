import ArgumentParser
import Transformation

/// `apus reference`: the documentation's page with every parameter.
struct Reference: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the reference of all parameters.",
        discussion: """
            The page is Markdown. --examples prints what its pictures show instead: one line each with the picture's name \
            and the path, tabulated.
            """)

    @Flag(help: "The examples alone.")
    var examples = false

    func run() {
        guard examples else {
            print(ReferencePage.markdown, terminator: "")
            return
        }
        for example in ParameterExamples.all {
            print(example.picture, example.path, separator: "\t")
        }
    }
}
