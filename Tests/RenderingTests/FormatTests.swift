import RenderJobs
import Testing
import Transformation

@Suite struct FormatTests {
    struct Case: CustomTestStringConvertible {
        let source: String
        let accepted: AcceptedFormats
        let format: ImageFormat
        var testDescription: String { "\(source) for \(accepted.rawValue) is \(format)" }

        init(_ source: String, _ accepted: AcceptedFormats, _ format: ImageFormat) {
            (self.source, self.accepted, self.format) = (source, accepted, format)
        }

        func original() throws -> [UInt8] {
            switch source {
            case "cutout": Originals.cutOut.png
            case "svg": svg
            case "tiff": Originals.tiff([10, 20, 30], photometric: 2)
            case "animation": AnimationTests.blinking.file
            default: try variant("f-\(source)", of: Originals.quadrants().png).bytes
            }
        }
    }

    static let svg = Array(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"64\" height=\"48\"><circle r=\"40\"/></svg>".utf8)

    static let automatic: [Case] = [
        Case("jpg", [], .jpeg), Case("jpg", .webp, .webp), Case("jpg", .avif, .avif),
        Case("jpg", [.webp, .avif], .webp),
        Case("png", [], .png), Case("cutout", [], .png), Case("cutout", .webp, .webp), Case("webp", [], .jpeg),
        Case("avif", [], .jpeg), Case("tiff", [], .jpeg), Case("svg", [], .svg), Case("svg", .webp, .svg),
        Case("animation", [], .gif), Case("animation", .webp, .webp), Case("animation", .avif, .gif),
    ]

    @Test(arguments: automatic)
    func theFormatIsChosenForSourceAndClient(_ example: Case) throws {
        let variant = try variant("", of: try example.original(), accepting: example.accepted)
        #expect(variant.facts.format == example.format)
        #expect(variant.facts.count == variant.bytes.count)
    }

    @Test(arguments: ["jpg", "png", "webp", "avif"])
    func everyFormatKeepsTheColours(_ format: String) throws {
        let file = try variant("f-\(format),q-95", of: Originals.quadrants().png)
        let picture = try picture("", of: file.bytes)
        for (x, y, colour) in [(40, 20, red), (160, 20, green), (40, 80, blue), (160, 80, yellow)] {
            #expect(picture.colour(x, y).isNear(colour, within: 8))
        }
    }

    @Test func originalsKeepTheirFormatOnDemand() throws {
        for (source, format) in [("jpg", .jpeg), ("png", .png), ("webp", .webp), ("avif", .avif)]
            as [(String, ImageFormat)]
        {
            let original = try Case(source, [], format).original()
            #expect(try variant("f-orig,w-50", of: original).facts.format == format)
        }
    }

    @Test func anSVGGoesOutAsItCame() throws {
        let variant = try variant("w-10", of: Self.svg)
        #expect(variant.facts.format == .svg)
        #expect(variant.bytes == Self.svg)
        #expect((variant.facts.width, variant.facts.height) == (64, 48))
    }

    @Test func anSVGIsRasterisedWhereTheEndpointOrTheURLSaysSo() throws {
        #expect(try variant("w-32", of: Self.svg, rasterisesSVG: true).facts.format == .png)
        let picture = try picture("w-32", of: Self.svg)
        #expect(picture.colour(0, 0) == black)
        #expect(picture.colour(31, 23)[3] == 0)
        #expect(try variant("f-jpg,bg-white", of: Self.svg).picture().colour(60, 45).isNear(white))
    }

    @Test func aPictureTooLongForItsFormatGetsAnotherOrAnError() throws {
        let long = Originals.plain([9, 99, 199], width: 17_000, height: 2).png
        #expect(try variant("", of: long, accepting: .webp).facts.format == .jpeg)
        #expect(try variant("", of: long, accepting: .avif).facts.format == .jpeg)
        let clear = Originals.plain([9, 99, 199, 99], width: 17_000, height: 2).png
        #expect(try variant("", of: clear, accepting: .webp).facts.format == .png)
        #expect(try failure("f-webp", of: long) == .outputLimit("pixels on a side", maximum: 16_383))
        #expect(try failure("f-avif", of: long) == .outputLimit("pixels on a side", maximum: 16_384))
        #expect(try failure("w-65501,h-1,c-force,f-jpg", of: long) == .outputLimit("pixels on a side", maximum: 65_500))
        let widest = try variant("w-16383,h-2,c-force,f-webp", of: long)
        #expect(widest.facts.width == 16_383)
    }

    @Test func qualityMakesTheDifference() throws {
        let original = Originals.speckles(120, 90).png
        for format in ["jpg", "webp", "avif"] {
            let sizes = try [20, 60, 95].map { try variant("f-\(format),q-\($0)", of: original).bytes.count }
            #expect(sizes[0] < sizes[1] && sizes[1] < sizes[2], "\(format)")
        }
    }
}
