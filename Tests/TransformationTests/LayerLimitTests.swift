import Testing
import Transformation

/// How many layers a transformation may have, whatever its number of steps is.
@Suite struct LayerLimitTests {
    /// As many as the configuration may allow at most.
    private static let mostLayers = 100

    private func rules() -> TransformationRules {
        var rules = TransformationRules()
        rules.limits.layers = Self.mostLayers
        return rules
    }

    private func text(layers: Int, inEach step: String = "w-9") -> String {
        let layer = "l-image,i-a.jpg,\(step),l-end"
        return "w-5:rt-90,\(Array(repeating: layer, count: layers).joined(separator: ",")):w-7"
    }

    @Test func `As many layers as are allowed can be asked for beside steps, and can be sent`() throws {
        let resolution = try Transformation([text(layers: Self.mostLayers)], rules: rules()).resolve()
        guard case .variant(let plan) = resolution else {
            Issue.record("no variant")
            return
        }
        #expect(plan.steps.map(\.layers.count) == [0, Self.mostLayers, 0])
        #expect(try Plan(canonical: plan.canonical) == plan)
    }

    @Test func `One more is refused as a layer`() {
        #expect(throws: TransformationError.limitExceeded(.layers, maximum: Self.mostLayers)) {
            try Transformation([text(layers: Self.mostLayers + 1)], rules: rules()).resolve()
        }
    }

    @Test func `Further steps within layers count as steps`() {
        #expect(throws: TransformationError.limitExceeded(.branchedSteps, maximum: 100)) {
            try Transformation([text(layers: Self.mostLayers, inEach: "w-9:rt-90")], rules: rules()).resolve()
        }
    }
}
