import RenderJobs
import Testing
import Transformation

@Suite("Reference §17.8: cp keeps the colour profile")
struct ProfileTests {
    /// What is shown of a file by who follows its profile.
    private func shown(_ bytes: [UInt8], _ x: Int, _ y: Int) throws -> [UInt8] {
        try picture("", of: bytes).colour(x, y)
    }

    private static let part = ["jpg": "E2", "png": "iCCP", "webp": "ICCP"]

    /// The profile says that the first band is green and the second red.
    private static let original = Originals.withSwappedProfile(Originals.plain([230, 40, 60]))

    @Test("169: the profile goes with pixels that it describes", arguments: ["jpg", "png", "webp"])
    func kept(_ format: String) throws {
        let part = Self.part[format] ?? ""
        for text in ["w-32", "w-32,r-5", "w-32,bl-2:w-16", "w-32,bg-white", "w-32,rt-90"] {
            let variant = try variant("f-\(format),cp-true,q-95:\(text)", of: Self.original)
            #expect(Container.body(part, of: variant.bytes) != nil, "\(text)")
            #expect(try shown(variant.bytes, 8, 8).isNear([40, 230, 60, 255], within: 25), "\(text)")
        }
        #expect(Container.body(part, of: try variant("f-\(format)", of: Self.original).bytes) == nil)
    }

    @Test("Stored values are not touched where nothing asks for it")
    func untouched() throws {
        let bytes = try variant("f-png,cp-true", of: Self.original).bytes
        #expect(Picture(png: bytes)?.colour(8, 8) == [230, 40, 60, 255])
    }

    @Test(
        "Colours that the URL names look as without cp",
        arguments: [
            "w-32,h-64,cm-pad_resize,bg-FF0000", "b-16_FF0000", "w-32:b-16_FF0000",
            "if-w_gt_5,b-16_FF0000,if-end", "e-grayscale",
        ])
    func named(_ text: String) throws {
        let original = Originals.withSwappedProfile(Originals.plain([200, 110, 120]))
        let variant = try variant("f-png,cp-true:\(text)", of: original)
        #expect(Container.body("iCCP", of: variant.bytes) != nil)
        let (x, y) = (variant.facts.width / 2, variant.facts.height / 2)
        let plain = try picture(text, of: original)
        for (x, y) in [(1, 1), (x, y)] {
            #expect(try shown(variant.bytes, x, y).isNear(plain.colour(x, y), within: 12))
        }
    }

    @Test("A branch decides too")
    func branches() throws {
        for (text, keeps) in [("if-w_gt_50,cp-true,if-end", true), ("if-w_lt_50,cp-true,if-end", false)] {
            let variant = try variant("f-png:w-60:\(text)", of: Self.original)
            #expect((Container.body("iCCP", of: variant.bytes) != nil) == keeps)
            #expect(try shown(variant.bytes, 8, 8).isNear([40, 230, 60, 255], within: 25))
        }
    }

    @Test("What a profile of colours does not describe goes without it")
    func unfit() throws {
        let grey = Originals.withSwappedProfile(Originals.plain([77]))
        let cmyk = Originals.tiff([255, 0, 0, 0], photometric: 5)
        for original in [grey, cmyk, Originals.plain([1, 2, 3]).png, FormatTests.svg] {
            let bytes = try variant("f-png,cp-true,w-16", of: original).bytes
            #expect(Container.body("iCCP", of: bytes) == nil)
        }
        // Grey made of colours is stored in colours, because the profile has to fit.
        let bytes = try variant("f-png,cp-true,e-grayscale", of: Self.original).bytes
        #expect(Container.body("iCCP", of: bytes) != nil && Picture(png: bytes)?.bands == 3)
        #expect(try variant("f-gif,cp-true", of: AnimationTests.blinking.file).facts.format == .gif)
    }

    @Test("A profile that libpng does not write is followed instead")
    func refused() throws {
        var profile = Originals.swappedProfile
        profile[71] -= 1
        let original = Originals.withSwappedProfile(Originals.plain([230, 40, 60]), profile: profile)
        for text in ["f-png,cp-true", "f-png,cp-true,b-16_FF0000", "f-png,cp-true,e-grayscale", "f-png,md-true,w-9"] {
            let variant = try variant(text, of: original)
            #expect(Container.body("iCCP", of: variant.bytes) == nil)
            let (x, y) = (variant.facts.width / 2, variant.facts.height / 2)
            let plain = try picture(String(text.dropFirst("f-png,cp-true,".count)), of: original)
            #expect(try shown(variant.bytes, x, y).isNear(plain.colour(x, y), within: 25), "\(text)")
        }
        let bytes = try variant("f-webp,cp-true,q-95", of: original).bytes
        #expect(Container.body("ICCP", of: bytes) != nil)
        #expect(try shown(bytes, 8, 8).isNear([40, 230, 60, 255], within: 25))
    }

    @Test func deepAndTranslucentPicturesKeepItToo() throws {
        let translucent = Originals.withSwappedProfile(Originals.plain([230, 40, 60, 128]))
        let bytes = try variant("f-png,cp-true,w-32", of: translucent).bytes
        #expect(try shown(bytes, 8, 8).isNear([40, 230, 60, 128], within: 25))
        #expect(Container.body("iCCP", of: bytes) != nil)
    }
}
