import RenderJobs
import Testing

@Suite struct ColourTests {
    @Test(arguments: 1...8)
    func orientationsComeOutAlike(_ orientation: UInt8) throws {
        let upright = Originals.quadrants(160, 96)
        let original = try Originals.jpeg(Originals.stored(upright, for: orientation), orientation: orientation)
        for transformation in ["", "w-80", "w-20"] {
            let picture = try picture(transformation, of: original)
            let (width, height) = (picture.width, picture.height)
            #expect(width * 96 == height * 160)
            let (left, right, top, bottom) = (width / 4, width * 3 / 4, height / 4, height * 3 / 4)
            for (x, y, colour) in [
                (left, top, red), (right, top, green), (left, bottom, blue), (right, bottom, yellow),
            ] {
                #expect(picture.colour(x, y).isNear(colour, within: 12), "\(transformation) at \(x), \(y)")
            }
        }
    }

    @Test(arguments: ["jpg", "png", "webp", "avif"])
    func metadataStaysBehind(_ format: String) throws {
        let original = try Originals.jpeg(Originals.quadrants(), orientation: 6)
        #expect(original.contains("SECRETMAKER"))
        for transformation in ["f-\(format)", "w-50,f-\(format)", "r-10,rt-30,bg-white,f-\(format)"] {
            #expect(!(try variant(transformation, of: original).bytes.contains("SECRETMAKER")))
        }
    }

    @Test func anEmbeddedProfileIsFollowed() throws {
        let original = Originals.withSwappedProfile(Originals.plain([230, 40, 60]))
        for transformation in ["", "w-32", "w-32,r-5"] {
            let variant = try variant(transformation + (transformation.isEmpty ? "f-png" : ",f-png"), of: original)
            #expect(try variant.picture().colour(16, 16).isNear([40, 230, 60, 255], within: 25))
            // Followed, not handed on: else a browser would apply it once more.
            #expect(!variant.bytes.contains("iCCP"))
        }
    }

    @Test func aProfileThatDoesNotFitCountsAsNone() throws {
        let grey = Originals.withSwappedProfile(Originals.plain([77]))
        #expect(try picture("", of: grey).colour(5, 5).isNear([77, 77, 77, 255], within: 1))
    }

    @Test func cmykBecomesColour() throws {
        func colour(_ ink: [UInt8]) throws -> [UInt8] {
            let picture = try picture("w-16", of: Originals.tiff(ink, photometric: 5))
            #expect(picture.bands == 3)
            return picture[8, 8]
        }
        #expect(try colour([0, 0, 0, 0]).isNear([255, 255, 255], within: 6))
        #expect(try colour([0, 0, 0, 255]).isNear([0, 0, 0], within: 30))
        let cyan = try colour([255, 0, 0, 0])
        #expect(cyan[0] < 60 && cyan[2] > 150)
    }

    @Test func greyStaysGrey() throws {
        let picture = try picture("w-32", of: Originals.plain([77]).png)
        #expect(picture.bands == 1)
        #expect(picture[3, 3] == [77])
        let padded = try StepTests.padded(Originals.plain([77]).png)
        #expect(padded.colour(1, 32) == red)
        #expect(padded.colour(64, 32) == [77, 77, 77, 255])
    }

    @Test(
        arguments: [[64, 128, 192, 128], [64, 128], [64, 128, 192], [64]] as [[UInt8]], ["", "w-32", "bl-3", "w-100"])
    func depthDoesNotMatter(_ pixel: [UInt8], _ transformation: String) throws {
        let original = Originals.plain(pixel)
        let deep = try picture(transformation, of: original.png16)
        #expect(deep.bands == pixel.count)
        #expect(deep[10, 10].isNear(pixel, within: 1))
        #expect(try picture(transformation, of: original.png)[10, 10].isNear(pixel, within: 1))
    }

    @Test(arguments: ["w-30", "w-200", "bl-4", "rt-33", "w-40:w-160:w-33"])
    func nothingBleedsOutOfWhatCannotBeSeen(_ transformation: String) throws {
        let picture = try picture(transformation, of: Originals.cutOut.png)
        for y in 0..<picture.height {
            for x in 0..<picture.width where picture.colour(x, y)[3] > 20 {
                #expect(picture.colour(x, y)[0] > 240, "at \(x), \(y)")
            }
        }
        #expect(picture.values.contains(255))
    }
}

extension StepTests {
    static func padded(_ original: [UInt8]) throws -> Picture {
        try picture("w-128,h-64,cm-pad_resize,bg-FF0000", of: original)
    }
}
