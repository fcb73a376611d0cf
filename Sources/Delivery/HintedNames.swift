package import Configuration
import Transformation

/// The named transformations that ask for hints of the client's screen, those of all accounts together: what nginx has to
/// know to take hints only where an answer depends on them.
package struct HintedNames: Equatable, Sendable {
    /// Those with `w-auto`, in order.
    package let width: [String]
    /// Those with `dpr-auto`, in order.
    package let pixelRatio: [String]

    package init(_ configuration: Configuration) {
        let rules = TransformationRules(limits: TransformationLimits(configuration.limits))
        var (width, pixelRatio): (Set<String>, Set<String>) = ([], [])
        for account in configuration.accounts {
            for (name, text) in account.namedTransformations {
                // What cannot be read under these limits answers nothing but an error.
                let hints = (try? Transformation([text], rules: rules))?.hints() ?? []
                if hints.contains(.width) { width.insert(name) }
                if hints.contains(.pixelRatio) { pixelRatio.insert(name) }
            }
        }
        (self.width, self.pixelRatio) = (width.sorted(), pixelRatio.sorted())
    }
}
