import Explaining
import Testing
import Transformation

/// A transformation step by step, in the words of the parameter table.
struct TransformationFactTests {
    private let surroundings = ExplainedTransformation.Surroundings(
        named: ["thumb": "tr:w-150,h-150:rt-90", "png": "f-png"], defaults: OutputDefaults(format: .auto, quality: 70))

    private func explained(_ texts: String..., accepting: AcceptedFormats = []) -> ExplainedTransformation {
        ExplainedTransformation(texts, in: surroundings, accepting: accepting)
    }

    private func steps(_ explained: ExplainedTransformation) -> [Fact] {
        if case .list(let steps) = explained.steps { steps } else { [] }
    }

    private func list(_ fact: Fact?) -> [Fact] { if case .list(let items)? = fact { items } else { [] } }

    @Test func `Each step has its parameters and its canonical text`() throws {
        let explained = explained("w-300.0,bg-red,e-sharpen-10:rt-360:f-png", "h-2,w-1")
        let steps = steps(explained)
        #expect(
            steps.map { $0["canonical"] } == [
                .text("w-300,bg-FF0000,e-sharpen-10"), .text(""), .text(""), .text("w-1,h-2"),
            ])
        let parameters = list(steps[0]["parameters"])
        #expect(parameters.map { $0["name"] } == [.text("w"), .text("bg"), .text("e-sharpen")])
        #expect(parameters.map { $0["value"] } == [.text("300.0"), .text("red"), .text("10")])
        for (parameter, name) in zip(parameters, ["w", "bg", "e-sharpen"]) {
            let summary = try #require(ParameterTable.declaration(of: name)?.summary)
            #expect(parameter["summary"] == .text(summary))
        }
        #expect(explained.resolution?.plan?.canonical == "f-png,q-70:w-300,bg-FF0000,e-sharpen-10:w-1,h-2")
    }

    @Test func `A name is expanded`() {
        let step = steps(explained("n-thumb,bl-5"))[0]
        #expect(step["canonical"] == .text("w-150,h-150:rt-90:bl-5"))
        let name = list(step["parameters"])[0]
        #expect(name["text"] == .text("tr:w-150,h-150:rt-90"))
        #expect(list(name["steps"]).map { $0["canonical"] } == [.text("w-150,h-150"), .text("rt-90")])
    }

    @Test func `Conditions have branches`() {
        let step = steps(explained("if-ar_gt_1,w-300:rt-90,if-else,w-10,if-end"))[0]
        #expect(step["condition"] == .text("ar_gt_1"))
        #expect(list(step["consequence"]).map { $0["canonical"] } == [.text("w-300"), .text("rt-90")])
        #expect(list(step["alternative"]).map { $0["canonical"] } == [.text("w-10")])
    }

    @Test func `Layers have steps of their own`() {
        let step = steps(explained("w-300,l-image,i-a.png,w-bw_div_2,l-end"))[0]
        let layer = list(step["parameters"])[1]
        #expect(layer["layer"] == .text("image"))
        #expect(list(list(layer["steps"])[0]["parameters"]).map { $0["name"] } == [.text("i"), .text("w")])
    }

    @Test func `What is not of the language is listed too`() {
        let explained = explained("nonsense-5")
        #expect(list(steps(explained)[0]["parameters"])[0]["name"] == .text("nonsense"))
        #expect(steps(explained)[0]["canonical"] == .unknown)
    }

    @Test(arguments: [("w-300", false), ("f-auto", true), ("n-png", true), ("n-thumb", false), ("f-webp:w-3", true)])
    func `Who names the format`(_ text: String, _ isNamed: Bool) {
        #expect(explained(text).namesFormat == isNamed)
    }

    @Test func `What asks for the original has no plan`() {
        let explained = explained("orig-true")
        #expect(explained.resolution == .original)
        #expect(explained.fault == nil)
    }
}
