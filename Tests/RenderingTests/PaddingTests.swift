import RenderJobs
import Testing

/// Padding that is made of the picture: `bg-blurred`, `bg-dominant`, `bg-gradient_dominant`.
@Suite struct PaddingTests {
    /// Blue with a thin frame of orange and one red corner.
    private static let framed = Picture(width: 200, height: 200, bands: 3) { x, y in
        if x < 20, y < 20 { return [255, 0, 0] }
        return (10..<190).contains(x) && (10..<190).contains(y) ? [0, 0, 255] : [250, 150, 50]
    }
    private static let orange: [UInt8] = [250, 150, 50, 255]

    @Test(
        "The dominant colour is that of the border",
        arguments: ["w-400,h-200,cm-pad_resize", "w-300,h-300,cm-pad_extract", "w-400,h-100,cm-pad_resize_no_enlarge"])
    func dominant(_ size: String) throws {
        for original in [Self.framed.png, Self.framed.png16, try Originals.jpeg(Self.framed)] {
            let picture = try picture("\(size),bg-dominant", of: original)
            for (x, y) in [
                (0, 0), (picture.width - 1, 0), (2, picture.height - 1), (picture.width - 1, picture.height / 2),
            ] {
                #expect(picture.colour(x, y).isNear(Self.orange, within: 6), "\(x), \(y): \(picture.colour(x, y))")
            }
            #expect(picture.colour(picture.width / 2, picture.height / 2).isNear(blue, within: 6))
        }
    }

    @Test("A gradient of two runs in the direction of the padding, from edge to edge")
    func linearGradient() throws {
        // Red | green above blue | yellow: each edge has two colours, the first of which counts.
        let striped = Picture(width: 100, height: 100, bands: 3) { x, _ in x < 50 ? [200, 0, 0] : [0, 0, 200] }
        for name in ["gradient_dominant", "gradient_dominant_2"] {
            let wide = try picture("w-300,h-100,cm-pad_resize,bg-\(name)", of: striped.png)
            #expect(wide.colour(0, 0).isNear([200, 0, 0, 255], within: 4))
            #expect(wide.colour(0, 99).isNear([200, 0, 0, 255], within: 4))
            #expect(wide.colour(299, 50).isNear([0, 0, 200, 255], within: 4))
            #expect(wide.colour(75, 50).isNear([150, 0, 50, 255], within: 4))
            #expect(wide.colour(225, 50).isNear([50, 0, 150, 255], within: 4))
        }
        let upright = Picture(width: 100, height: 100, bands: 3) { _, y in y < 50 ? [200, 0, 0] : [0, 0, 200] }
        let tall = try picture("w-100,h-300,cm-pad_resize,bg-gradient_dominant", of: upright.png)
        #expect(tall.colour(50, 0).isNear([200, 0, 0, 255], within: 4))
        #expect(tall.colour(50, 299).isNear([0, 0, 200, 255], within: 4))
        #expect(tall.colour(10, 75).isNear([150, 0, 50, 255], within: 4))
    }

    @Test("A gradient of four has the colours of the corners in its corners")
    func cornerGradient() throws {
        for (width, height) in [(300, 100), (200, 300), (700, 700)] {
            let picture = try picture(
                "w-\(width),h-\(height),cm-pad_extract,bg-gradient_dominant_4", of: Originals.quadrants().png)
            let (right, bottom) = (width - 1, height - 1)
            #expect(picture.colour(0, 0).isNear(red, within: 4))
            #expect(picture.colour(right, 0).isNear(green, within: 4))
            #expect(picture.colour(0, bottom).isNear(blue, within: 4))
            #expect(picture.colour(right, bottom).isNear(yellow, within: 4))
        }
        let wide = try picture("w-300,h-100,cm-pad_extract,bg-gradient_dominant_4", of: Originals.quadrants().png)
        // Half way between red and blue, with a little of the other side.
        #expect(wide.colour(0, 50).isNear([127, 0, 128, 255], within: 6))
    }

    @Test("97: blurred padding resembles the edge it continues, and the picture is untouched")
    func blurred() throws {
        let picture = try picture("w-300,h-100,cm-pad_resize,bg-blurred", of: Originals.quadrants().png)
        #expect((picture.width, picture.height) == (300, 100))
        for (x, y, colour) in [(5, 5, red), (294, 5, green), (5, 94, blue), (294, 94, yellow)] {
            #expect(picture.colour(x, y).isNear(colour, within: 40), "\(x), \(y): \(picture.colour(x, y))")
        }
        let inner = Picture(width: 200, height: 100, bands: 3) { x, y in Array(picture.colour(x + 50, y).prefix(3)) }
        #expect(inner == Originals.quadrants())
    }

    @Test("98, 99: intensity and brightness")
    func intensityAndBrightness() throws {
        let grey = Originals.plain([100, 120, 140])
        func padding(_ background: String) throws -> [UInt8] {
            try picture("w-128,h-64,cm-pad_resize,bg-\(background)", of: grey.png).colour(3, 30)
        }
        #expect(try padding("blurred").isNear([100, 120, 140, 255], within: 1))
        #expect(try padding("blurred_25_N30").isNear([70, 90, 110, 255], within: 1))
        #expect(try padding("blurred_auto_30").isNear([130, 150, 170, 255], within: 1))
        #expect(try padding("blurred_0_255").isNear(white, within: 0))
        #expect(try padding("blurred_100_N255").isNear(black, within: 0))
        // How far the edge between the two halves of the padding is smeared.
        let contrasts = try [0, 3, 10, 40].map { intensity in
            let picture = try picture(
                "w-300,h-100,cm-pad_resize,bg-blurred_\(intensity)", of: Originals.quadrants().png)
            return abs(Int(picture.colour(20, 44)[0]) - Int(picture.colour(20, 55)[0]))
        }
        #expect(contrasts == contrasts.sorted(by: >) && contrasts[0] > 240 && contrasts[3] < 100)
    }

    @Test("What can be seen through has no colour of its own, and is filled")
    func alpha() throws {
        let picture = try picture("w-160,h-80,cm-pad_resize,bg-dominant", of: Originals.cutOut.png)
        #expect(picture.colour(2, 2).isNear(white, within: 2))
        #expect(picture.colour(110, 40).isNear(white, within: 2))
        #expect(picture.colour(60, 40).isNear(white, within: 2))
        for fill in ["blurred", "gradient_dominant", "gradient_dominant_4"] {
            let facts = try variant("w-160,h-80,cm-pad_resize,bg-\(fill)", of: Originals.cutOut.png).facts
            #expect((facts.width, facts.height) == (160, 80))
        }
    }

    @Test("Any kind of picture in any shape, and animations")
    func extremes() throws {
        let grey = Picture(width: 9, height: 30, bands: 2) { x, _ in [UInt8(x * 20), 200] }
        let originals = [
            Originals.quadrants(1, 1).png, Originals.quadrants(3, 500).png, Originals.quadrants(500, 2).png, grey.png,
            Originals.quadrants().png16, Originals.tiff([0, 255, 0, 0], photometric: 5), Originals.plain([7]).png,
        ]
        for fill in ["blurred", "blurred_100", "blurred_1", "dominant", "gradient_dominant", "gradient_dominant_4"] {
            for original in originals {
                for size in ["w-50,h-20,cm-pad_resize", "w-2,h-300,cm-pad_resize", "w-700,h-3,cm-pad_extract"] {
                    _ = try variant("\(size),bg-\(fill),r-3", of: original)
                }
            }
            let animation = try variant("w-100,h-40,cm-pad_resize,bg-\(fill),f-webp", of: AnimationTests.blinking.file)
            #expect(animation.facts.frames == 4)
        }
    }

    @Test("The colour of an animation's padding does not flicker")
    func animation() throws {
        let gif = AnimatedGIF(
            width: 40, height: 40, loops: 0,
            frames: [
                .init(width: 40, height: 40, colour: 1, delay: 10), .init(width: 40, height: 40, colour: 3, delay: 10),
            ])
        let frames = try variant("w-80,h-40,cm-pad_resize,bg-dominant,f-gif", of: gif.file).frames()
        try #require(frames.count == 2)
        for frame in frames { #expect(frame.colour(2, 2).isNear(red, within: 12)) }
        #expect(frames[1].colour(40, 20).isNear(blue, within: 12))
    }
}
