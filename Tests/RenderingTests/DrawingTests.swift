import RenderJobs
import Testing
import Transformation

@Suite("Drawings are sanitised before anything else is done with them")
struct DrawingTests {
    private static let start = #"<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">"#

    private static func drawing(_ body: String) -> [UInt8] { Array("\(start)\(body)</svg>".utf8) }

    @Test("What leaves as one", arguments: ["", "f-svg", "f-auto", "f-orig", "w-5,e-grayscale", "dn-300"])
    func kept(_ text: String) throws {
        let made = try variant(text, of: Self.drawing("<script>alert(1)</script><rect onclick='alert(1)'/>"))
        #expect(made.facts.format == .svg && made.bytes == Self.drawing("<rect/>"))
        #expect((made.facts.width, made.facts.height, made.facts.count) == (20, 10, made.bytes.count))
    }

    @Test("One that says nothing of its size, or a great one, leaves all the same")
    func withoutSize() throws {
        let symbols = #"<svg xmlns="http://www.w3.org/2000/svg"><symbol id="a"><path d="M0 0h8"/></symbol></svg>"#
        #expect(try variant("", of: Array(symbols.utf8)).bytes == Array(symbols.utf8))
        #expect(try failure("f-png", of: Array(symbols.utf8)) != nil)
        let poster = #"<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"/>"#
        #expect(try variant("w-10", of: Array(poster.utf8)).facts.width == 30_000)
        #expect(
            try failure("f-png,w-10", of: Array(poster.utf8))
                == .sourceLimit("pixels", maximum: standardLimits.sourcePixels))
        #expect(try failure("if-w_gt_1,w-10,if-end", of: Array(poster.utf8)) != nil)
    }

    @Test("What is drawn, also in two bytes a character or behind blanks")
    func drawn() throws {
        let red = Self.drawing("<rect width='20' height='10' fill='red'/><image href='file:///etc/passwd'/>")
        let wide: [UInt8] = [0xFF, 0xFE] + red.flatMap { [$0, 0] }
        for bytes in [red, wide, [0xEF, 0xBB, 0xBF] + red, Array(" \n\t".utf8) + red] {
            #expect(try picture("", of: bytes).colour(10, 5).isNear([255, 0, 0, 255]))
            #expect(try variant("", of: bytes).facts.format == .svg)
        }
    }

    @Test("As a layer", arguments: ["l-image,i-a.svg,l-end"])
    func layer(_ text: String) throws {
        let broken = Self.drawing("<g>")
        let whole = Self.drawing("<rect width='20' height='10' fill='red'/><script/>")
        #expect(try picture(text, of: whole, layers: ["a.svg": whole]).colour(10, 5).isNear([255, 0, 0, 255]))
        guard case .input(_, .damaged) = try failure("\(text):f-png", of: whole, layers: ["a.svg": broken]) else {
            Issue.record("a broken layer")
            return
        }
    }

    /// No header that is read before tells a drawing's size.
    @Test("What it may hold is said again with its size, also of one in a layer, and of each once")
    func memory() throws {
        let large = Array(#"<svg xmlns="http://www.w3.org/2000/svg" width="3000" height="2000"/>"#.utf8)
        let small = Self.drawing("")
        func told(_ text: String, of original: [UInt8]) throws -> [Int] {
            var told: [Int] = []
            let layers = ["a.svg": large, "b.svg": small]
            _ = try variant(text, of: original, rasterisesSVG: true, layers: layers) { told.append($0.most) }
            return told
        }
        let png = try variant("f-png", of: small, rasterisesSVG: true).bytes
        #expect(try told("w-10", of: png) == [])
        let plain = try told("f-png", of: small)
        #expect(plain.count == 2 && plain[0] > plain[1])
        let layer = try told("f-png,l-image,i-a.svg,l-end,l-image,i-a.svg,l-end", of: png)
        #expect(layer.count == 2 && layer[1] > layer[0] + 4 * 3000 * 2000)
        #expect(try told("f-png,l-image,i-a.svg,l-end,l-image,i-b.svg,l-end", of: small).count == 4)
    }

    @Test("It is said once more where a layer shows a larger page of the same document")
    func memoryOfPages() throws {
        let document = Documents.pdf([
            Documents.Page(width: 20, height: 10, colour: red), Documents.Page(width: 3000, height: 2000, colour: red),
        ])
        let png = try variant("f-png", of: Self.drawing(""), rasterisesSVG: true).bytes
        func told(_ text: String) throws -> [Int] {
            var told: [Int] = []
            _ = try variant("f-png,\(text)", of: png, layers: ["a.pdf": document]) { told.append($0.most) }
            return told
        }
        let (small, large) = ("l-image,i-a.pdf,pg-1,l-end", "l-image,i-a.pdf,pg-2,l-end")
        let rising = try told("\(small),\(large)")
        #expect(rising.count == 3 && rising[2] > rising[1] + 4 * 3000 * 2000)
        #expect(try told("\(large),\(small)").count == 2)
    }

    @Test(
        "What is no drawing, or a broken one, or too much",
        arguments: [
            ("<html><body>svg?</body></html>", RenderFailure.notAPicture), ("<!DOCTYPE html><p>", .notAPicture),
            ("<a xmlns='http://www.w3.org/2000/svg'/>", .notAPicture),
            ("text <svg xmlns='http://www.w3.org/2000/svg'/>", .notAPicture),
            ("<svg width='400000' height='1'/>", .sourceLimit("pixels on a side", maximum: 300_000)),
        ])
    func refused(_ text: String, _ expected: RenderFailure) throws {
        for steps in ["", "f-png"] { #expect(try failure(steps, of: Array(text.utf8)) == expected, "\(steps)") }
    }

    @Test("The reason why it is broken is for the log")
    func broken() throws {
        for steps in ["", "f-png"] {
            guard case .damaged(let log) = try failure(steps, of: Array("<svg><g></svg>".utf8)) else {
                Issue.record("not damaged")
                continue
            }
            #expect(log.contains("an end tag that fits no start tag"))
        }
    }
}
