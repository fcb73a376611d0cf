import Explaining
import Testing
import Transformation

/// Sizes at every step, by arithmetic alone.
struct PlanSizesTests {
    struct Case: CustomTestStringConvertible {
        let text: String
        /// After each step or condition; "?" where only rendering tells.
        let sizes: [String]
        let output: String
        var testDescription: String { text }

        init(_ text: String, _ sizes: [String], _ output: String? = nil) {
            (self.text, self.sizes, self.output) = (text, sizes, output ?? sizes.last ?? "1200x800")
        }
    }

    private static func sizes(_ text: String, skippingConditions: Bool = false) throws -> PlanSizes {
        let plan = try #require(try Transformation(text.isEmpty ? [] : [text]).resolve().plan)
        return PlanSizes(
            plan, of: Size(width: 1200, height: 800), limits: OutputLimits(pixels: 10_000_000),
            skippingConditions: skippingConditions)
    }

    private static func words(_ size: Size?) -> String { size.map { "\($0.width)x\($0.height)" } ?? "?" }

    @Test(arguments: [
        Case("", []), Case("f-png", []), Case("w-300", ["300x200"]), Case("w-300,h-300", ["300x300"]),
        Case("w-300,h-300,cm-pad_resize,bg-red", ["300x300"]), Case("w-300,h-300,c-at_max", ["300x200"]),
        Case("w-0.5:h-0.5", ["600x400", "300x200"]), Case("w-300:rt-90", ["300x200", "200x300"]),
        Case("rt-180", ["1200x800"]), Case("rt-270", ["800x1200"]), Case("w-300,b-10_red", ["320x220"]),
        Case("w-300,rt-90,b-10_red", ["220x320"]), Case("bl-5", ["1200x800"]),
        Case("w-300:rt-45:w-100", ["300x200", "?"]), Case("t-10:w-100", ["?"]),
        Case("w-300:if-h_lt_300,rt-90,if-else,w-10,if-end:w-50", ["300x200", "300x200", "200x300", "50x75"]),
        Case("if-iw_lt_300,w-10,if-end", ["1200x800"]),
        Case("w-20000,h-20000,c-force", ["?"]), Case("w-iw_sub_cw_sub_5,h-5", ["?"]),
    ])
    func `Each step leaves a size`(_ expected: Case) throws {
        let sizes = try Self.sizes(expected.text)
        #expect(sizes.lines.map { Self.words($0.size) } == expected.sizes)
        #expect(Self.words(sizes.output) == expected.output)
        #expect((sizes.unknownBecause == nil) == (sizes.output != nil))
    }

    @Test(arguments: [("f-png", false), ("w-5000", true), ("w-5000:w-10", true), ("w-10", false)])
    func `Only what steps make has a limit`(_ text: String, _ isFault: Bool) throws {
        let plan = try #require(try Transformation([text]).resolve().plan)
        let sizes = PlanSizes(plan, of: Size(width: 5000, height: 4000), limits: OutputLimits(pixels: 10_000_000))
        #expect((sizes.fault != nil) == isFault)
    }

    @Test func `Windows are told`() throws {
        let line = try #require(try Self.sizes("w-300,h-300,fo-left").lines.first)
        #expect(line.scaled == Size(width: 450, height: 300))
        #expect(line.crop == Rectangle(x: 0, y: 0, width: 300, height: 300))
        #expect(!line.followsAttention)
        #expect(try Self.sizes("w-300,h-300,fo-auto").lines.first?.followsAttention == true)
    }

    @Test func `Conditions are told, and skipped where originals have none`() throws {
        let text = "if-ar_gt_1,w-300,if-else,w-10,if-end"
        let sizes = try Self.sizes(text)
        #expect(sizes.lines.map(\.what) == [.condition(true), .step])
        #expect(sizes.lines.first?.canonical == "if-ar_gt_1")
        #expect(try Self.sizes(text, skippingConditions: true).lines.isEmpty)
    }
}
