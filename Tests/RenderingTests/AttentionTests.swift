import RenderJobs
import Testing

/// `fo-auto`: what draws the eye stays in the picture.
@Suite struct AttentionTests {
    /// A bright square with a pattern, alone on grey.
    private static func square(at x: Int, _ y: Int, side: Int = 40, _ width: Int = 400, _ height: Int = 200) -> Picture
    {
        Picture(width: width, height: height, bands: 3) { px, py in
            guard (x..<x + side).contains(px), (y..<y + side).contains(py) else { return [90, 90, 90] }
            return (px / 5 + py / 5) % 2 == 0 ? [255, 200, 0] : [255, 40, 20]
        }
    }

    /// How many pixels of a picture belong to the square.
    private func bright(_ picture: Picture) -> Int {
        (0..<picture.height).reduce(0) { count, y in
            count + (0..<picture.width).count { picture.colour($0, y)[0] > 200 }
        }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let transformation: String
        let width: Int
        let height: Int
        /// Pixels of the square when all of it is kept.
        let kept: Int
        var testDescription: String { transformation }

        init(_ transformation: String, _ width: Int, _ height: Int, kept: Int) {
            (self.transformation, self.width, self.height, self.kept) = (transformation, width, height, kept)
        }
    }

    static let cases = [
        Case("w-200,h-200,fo-auto", 200, 200, kept: 1_600), Case("w-100,h-100,fo-auto", 100, 100, kept: 400),
        Case("w-400,h-400,fo-auto", 400, 400, kept: 6_400),
        Case("w-100,h-100,cm-extract,fo-auto", 100, 100, kept: 1_600),
        Case("w-100,h-100,cm-pad_extract,fo-auto", 100, 100, kept: 1_600),
        Case("w-200,h-200,c-maintain_ratio_no_enlarge,fo-auto", 200, 200, kept: 1_600),
        Case("w-200,h-200,fo-face", 200, 200, kept: 1_600), Case("w-200,h-200,fo-custom", 200, 200, kept: 1_600),
        Case("w-200,h-200,fo-cat_dog", 200, 200, kept: 1_600),
        Case("w-0.5,h-0.5,cm-extract,fo-auto", 200, 100, kept: 1_600),
        Case("w-100,h-100,fo-face,z-2", 100, 100, kept: 1_600),
        Case("fl-h:w-100,h-100,fo-auto", 100, 100, kept: 400),
    ]

    @Test(arguments: cases)
    func offCentreSubjectIsKept(_ test: Case) throws {
        for (x, y) in [(10, 10), (350, 150), (180, 80), (300, 20)] {
            for original in [Self.square(at: x, y).png, try Originals.jpeg(Self.square(at: x, y))] {
                let picture = try picture(test.transformation, of: original)
                #expect((picture.width, picture.height) == (test.width, test.height))
                #expect(bright(picture) * 10 > test.kept * 8, "\(x), \(y): \(bright(picture))")
            }
        }
    }

    @Test("The middle, where nothing draws the eye")
    func plain() throws {
        let original = Picture(width: 400, height: 200, bands: 3) { x, _ in x < 200 ? [80, 80, 80] : [82, 80, 80] }
        for text in ["w-200,h-200,fo-auto", "w-50,h-50,cm-extract,fo-face"] {
            let picture = try picture(text, of: original.png)
            #expect(picture[0, 0] == [80, 80, 80])
            #expect(picture[picture.width - 1, 0] == [82, 80, 80])
        }
    }

    @Test func theSameOriginalGivesTheSameBytes() throws {
        let original = try Originals.jpeg(Originals.speckles(500, 300))
        let first = try variant("w-100,h-200,fo-auto", of: original).bytes
        for _ in 0..<3 { #expect(try variant("w-100,h-200,fo-auto", of: original).bytes == first) }
    }

    @Test("Of any kind of picture, and any shape, down to one pixel")
    func extremes() throws {
        let grey = Picture(width: 90, height: 30, bands: 1) { x, _ in [x > 70 ? 250 : 60] }
        let originals = [
            Originals.quadrants(1, 1).png, Originals.quadrants(3, 500).png, Originals.quadrants(500, 2).png, grey.png,
            Originals.cutOut.png, Originals.quadrants().png16, Originals.tiff([0, 255, 0, 0], photometric: 5),
        ]
        for original in originals {
            for size in [(1, 1), (50, 20), (7, 300), (300, 7)] {
                for mode in ["", ",cm-extract", ",cm-pad_extract", ",c-maintain_ratio_no_enlarge"] {
                    _ = try variant("w-\(size.0),h-\(size.1)\(mode),fo-auto", of: original)
                }
            }
        }
        let facts = try variant("w-50,h-20,fo-auto,f-png", of: Originals.tiff([0, 255, 0, 0], photometric: 5)).facts
        #expect((facts.width, facts.height) == (50, 20))
    }

    @Test("The window of an animation stands still")
    func animation() throws {
        let gif = AnimatedGIF(
            width: 80, height: 20, loops: 0,
            frames: [
                .init(width: 80, height: 20, colour: 1, delay: 10),
                .init(x: 70, y: 0, width: 10, height: 20, colour: 2, delay: 10),
                .init(x: 0, y: 0, width: 10, height: 20, colour: 3, delay: 10),
            ])
        let frames = try variant("w-20,h-20,cm-extract,fo-auto,f-gif", of: gif.file).frames()
        try #require(!frames.isEmpty)
        // The first frame is plain, so the window is wherever that led, and the same for all: never at both ends.
        let ends = frames.map { ($0.colour(0, 10), $0.colour(19, 10)) }
        let seesLeft = ends.contains { $0.0.isNear(blue, within: 12) }
        let seesRight = ends.contains { $0.1.isNear(green, within: 12) }
        #expect(!(seesLeft && seesRight))
    }
}
