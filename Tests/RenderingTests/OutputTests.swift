import RenderJobs
import Testing
import Transformation

@Suite("Reference §17.8: lo, pr, dn, f-svg, formats that exclude each other")
struct OutputTests {
    private static let jpeg = Result { try Originals.jpeg(Originals.quadrants()) }

    @Test("166: a progressive JPEG, and only where it is asked for")
    func progressive() throws {
        let original = try Self.jpeg.get()
        let names = Container.parts(try variant("w-50,f-jpg,pr-true", of: original).bytes).map(\.name)
        #expect(names.contains("C2") && !names.contains("C0"))
        #expect(Container.parts(try variant("w-50,f-jpg", of: original).bytes).map(\.name).contains("C0"))
        let picture = try picture("", of: try variant("f-jpg,pr-true,q-95", of: original).bytes)
        #expect(picture.colour(20, 20).isNear(red, within: 8))
    }

    @Test("167, 168: what is lossless comes back as it was")
    func lossless() throws {
        let original = Originals.speckles(60, 40).png
        let webp = try variant("lo-true", of: original, accepting: .webp)
        #expect(webp.facts.format == .webp)
        #expect(Container.parts(webp.bytes).map(\.name) == ["VP8L"])
        #expect(try picture("", of: webp.bytes) == Originals.speckles(60, 40))
        #expect(try variant("lo-true,f-png", of: original).picture() == Originals.speckles(60, 40))
        #expect(try variant("lo-true", of: try Self.jpeg.get()).facts.format == .png)
        #expect(try variant("lo-true", of: try Self.jpeg.get(), accepting: .avif).facts.format == .png)
        #expect(try variant("lo-true", of: Originals.cutOut.png, accepting: .webp).bytes.contains("VP8L"))
    }

    @Test("No WebP carries EXIF that nobody asked for")
    func plainWebP() throws {
        let original = try Self.jpeg.get()
        let simple = try variant("f-webp", of: original).bytes
        #expect(Container.parts(simple).map(\.name) == ["VP8 "])
        let alpha = try variant("f-webp", of: Originals.cutOut.png)
        #expect(Container.parts(alpha.bytes).map(\.name) == ["VP8X", "ALPH", "VP8 "])
        #expect(Container.body("VP8X", of: alpha.bytes)?.first == 0x10)
        #expect(try alpha.picture().colour(60, 40)[3] == 0)
        let animation = try variant("f-webp", of: AnimationTests.blinking.file)
        #expect(!Container.parts(animation.bytes).map(\.name).contains("EXIF"))
        #expect(try animation.frames().count == animation.facts.frames)
        for bytes in [simple, alpha.bytes, animation.bytes] {
            #expect((0..<4).reduce(0) { $0 | Int(bytes[4 + $1]) << (8 * $1) } + 8 == bytes.count)
        }
    }

    @Test("179: density tags of JPEG and PNG", arguments: [("dn-200", 200), ("dn-idn_mul_2", 144), ("dn-1200", 1_200)])
    func density(_ text: String, _ expected: Int) throws {
        let original = try Self.jpeg.get()
        let jpeg = try variant("w-50,f-jpg,\(text)", of: original).bytes
        let wide = [UInt8(expected >> 8), UInt8(expected & 0xFF)]
        #expect(Container.parts(jpeg).first?.name == "E0")
        #expect(
            Container.body("E0", of: jpeg).map(Array.init) == Array("JFIF\0".utf8) + [1, 1, 1] + wide + wide + [0, 0])
        let png = try variant("w-50,f-png,\(text)", of: original).bytes
        let perMetre = PNG.number(Int((Double(expected) / 0.0254).rounded()))
        #expect(Container.body("pHYs", of: png).map(Array.init) == perMetre + perMetre + [1])
        #expect(try variant("w-50,f-jpg,\(text)", of: jpeg).picture().width == 50)
        let webp = try variant("w-50,f-webp,\(text)", of: original).bytes
        #expect(Container.parts(webp).map(\.name) == ["VP8 "])
    }

    @Test func theDensityOfTheOriginalCounts() throws {
        let original = try variant("f-png,dn-150", of: try Self.jpeg.get()).bytes
        let doubled = try variant("f-jpg,dn-idn_mul_2", of: original).bytes
        #expect(Container.body("E0", of: doubled)?.dropFirst(8).prefix(2) == [1, 44])
        let failure = try failure("f-jpg,dn-idn_div_0", of: original)
        guard case .transformation(let message) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(message.contains("dn"))
    }

    @Test(
        "Drawings are made pixels at the density",
        arguments: [
            ("f-png", 64, 48), ("f-png,dn-144", 128, 96), ("f-png,dn-36", 32, 24), ("f-png,dn-idn_mul_3", 192, 144),
            ("f-png,dn-144,w-32", 32, 24), ("f-png,dn-144,w-iw_div_4", 32, 24), ("f-png,dn-144,w-0.5", 64, 48),
        ])
    func densityOfDrawings(_ text: String, _ width: Int, _ height: Int) throws {
        let variant = try variant(text, of: FormatTests.svg)
        #expect((variant.facts.width, variant.facts.height) == (width, height))
        let picture = try variant.picture()
        #expect(picture.colour(0, 0) == black)
        #expect(picture.colour(width - 1, height - 1)[3] == 0)
        // The circle has a radius of 40 of 64.
        #expect(picture.colour(width * 34 / 64, 0) == black && picture.colour(width * 46 / 64, 0)[3] == 0)
    }

    @Test func aDrawingThatWouldBeTooLargeIsRefused() throws {
        let limits = RenderJob.Limits(
            sourcePixels: 64 * 48 * 4, outputPixels: 10_000_000, frames: 50, documentBytes: 5_000_000)
        #expect(try failure("f-png,dn-144", of: FormatTests.svg, limits: limits) == nil)
        #expect(
            try failure("f-png,dn-150", of: FormatTests.svg, limits: limits)
                == .sourceLimit("pixels", maximum: 64 * 48 * 4))
    }

    @Test("An animation that no WebP can hold is its first frame where the format is free")
    func tooTallForWebP() throws {
        let variant = try variant("w-4,h-17000,c-force", of: AnimationTests.blinking.file, accepting: .webp)
        #expect((variant.facts.frames, variant.facts.width, variant.facts.height) == (1, 4, 17_000))
        #expect(try variant.picture().height == 17_000)
    }

    @Test("163–165: SVG stays SVG where nothing or SVG is named")
    func svg() throws {
        for text in ["", "f-auto", "f-svg", "f-svg,w-10", "f-auto,dn-300"] {
            let variant = try variant(text, of: FormatTests.svg)
            #expect(variant.facts.format == .svg && variant.bytes == FormatTests.svg, "\(text)")
            #expect((variant.facts.width, variant.facts.height) == (64, 48))
        }
        let pink = try variant("f-jpg,w-200,bg-pink", of: FormatTests.svg)
        #expect((pink.facts.format, pink.facts.width, pink.facts.height) == (.jpeg, 200, 150))
        #expect(try pink.picture().colour(195, 145).isNear([255, 192, 203, 255], within: 5))
        #expect(
            try failure("f-svg", of: try Self.jpeg.get())
                == .transformation(message: "f: svg is available for SVG originals only"))
        let refusal = "f: svg is not available here: SVG originals are delivered as pictures"
        #expect(throws: RenderFailure.transformation(message: refusal)) {
            try variant("f-svg", of: FormatTests.svg, rasterisesSVG: true)
        }
    }

    @Test(
        "159, 160: not AVIF",
        arguments: [
            "f-avif,cp-true", "f-avif,e-usm-2-2-0.8-0.024", "f-avif:if-w_gt_5,cp-true,if-end",
            "if-w_gt_5,f-avif:e-usm-2-2-0.8-0.024,if-end", "cp-true:if-w_gt_5,f-avif,if-end",
        ])
    func notAVIF(_ text: String) throws {
        let original = try Self.jpeg.get()
        #expect(try variant(text, of: original).facts.format == .jpeg)
        #expect(try variant(text, of: original, accepting: .avif).facts.format == .jpeg)
        #expect(try variant(text, of: try variant("f-avif", of: original).bytes).facts.format == .jpeg)
    }
}
