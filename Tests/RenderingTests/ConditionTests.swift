import RenderJobs
import Testing
import Transformation

/// `if` blocks, decided by the picture as the steps before have left it.
@Suite struct ConditionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let transformation: String
        let width: Int
        let height: Int
        var testDescription: String { transformation }

        init(_ transformation: String, _ width: Int, _ height: Int) {
            (self.transformation, self.width, self.height) = (transformation, width, height)
        }
    }

    /// Of 200×100.
    static let cases = [
        Case("if-ar_gt_1,w-50,if-else,w-80,if-end", 50, 25),
        Case("if-ar_lt_1,w-50,if-else,w-80,if-end", 80, 40),
        Case("if-w_lt_100,w-50,if-end", 200, 100),
        Case("rt-90:if-ar_gt_1,w-50,if-else,w-80,if-end", 80, 160),
        // What a turn by any angle leaves is only known when it is done: 212×212.
        Case("rt-45:if-w_gt_210_and_w_lt_214_and_iw_eq_200,w-10,h-10,if-end", 10, 10),
        Case("w-20,h-20:if-w_eq_20,rt-90:w-30:h-40,c-force,if-end:if-h_eq_40,w-7,if-end", 7, 7),
    ]

    @Test(arguments: cases)
    func size(_ test: Case) throws {
        for original in [Originals.quadrants().png, try Originals.jpeg(Originals.quadrants(), orientation: 1)] {
            let facts = try variant(test.transformation, of: original).facts
            #expect((facts.width, facts.height) == (test.width, test.height))
        }
    }

    @Test("A condition sees the picture upright, and larger than it is decoded")
    func sourceSize() throws {
        let upright = Originals.quadrants(100, 200)
        let turned = try Originals.jpeg(Originals.stored(upright, for: 6), orientation: 6)
        let facts = try variant("if-w_eq_100_and_ih_eq_200,w-10,if-end", of: turned).facts
        #expect((facts.width, facts.height) == (10, 20))
        let picture = try picture(
            "w-25:if-iw_eq_200_and_w_eq_25,fl-h,if-end", of: Originals.jpeg(Originals.quadrants()))
        #expect(picture.width == 25)
        #expect(picture.colour(2, 2).isNear(green, within: 12))
    }

    @Test func theBranchNamesTheFormat() throws {
        let png = Originals.quadrants().png
        #expect(try variant("f-jpg:if-w_gt_100,f-webp,q-30,if-end", of: png).facts.format == .webp)
        #expect(try variant("f-jpg:if-w_lt_100,f-webp,q-30,if-end", of: png).facts.format == .jpeg)
        #expect(try variant("f-webp:if-w_gt_100,f-orig,if-end", of: png).facts.format == .png)
        let speckles = Originals.speckles(200, 100).png
        let (good, bad) = (
            try variant("f-jpg,q-90", of: speckles),
            try variant("f-jpg,q-90:if-w_gt_1,q-10,if-end", of: speckles)
        )
        #expect(bad.bytes.count < good.bytes.count)
    }

    @Test("On an animation all frames go one way; its branch may ask for a still")
    func animations() throws {
        let webp = try variant("f-webp", of: AnimationTests.blinking.file).bytes
        let small = try variant("if-w_eq_60,w-30,rt-90,if-end", of: webp, accepting: .webp)
        #expect(small.facts.frames == 4)
        #expect((small.facts.width, small.facts.height) == (20, 30))
        let still = try variant("f-webp:if-w_eq_60,f-png,if-end", of: webp)
        #expect(still.facts.frames == 1 && still.facts.format == .png)
        #expect((still.facts.width, still.facts.height) == (60, 40))
    }

    @Test("Blocks do nothing on a GIF")
    func gif() throws {
        let facts = try variant("if-w_gt_1,w-30,if-end:h-20", of: AnimationTests.blinking.file).facts
        #expect((facts.width, facts.height) == (30, 20))
        let first = try variant("if-w_gt_1,w-5,if-else,w-6,if-end", of: AnimationTests.blinking.file).facts
        #expect((first.width, first.height) == (60, 40))
    }

    @Test func whatABranchCannotDoIsToldAsEver() throws {
        let png = Originals.quadrants().png
        let outside = try failure("if-w_gt_1,w-50,h-50,cm-extract,xc-5,if-end", of: png)
        guard case .transformation = outside else {
            Issue.record("\(String(describing: outside))")
            return
        }
        guard case .outputLimit = try failure("if-w_gt_1,w-60000,if-end", of: png) else {
            Issue.record("no limit")
            return
        }
    }
}
