import Testing

/// What effects do to the colours of a picture, seen at named points.
@Suite struct EffectTests {
    private static let clear: [UInt8] = [0, 0, 0, 0]

    /// Shades from 100 to 150, from left to right.
    private static let dull = Picture(width: 101, height: 20, bands: 3) { x, _ in
        [UInt8](repeating: UInt8(100 + x / 2), count: 3)
    }

    /// A dark half and a bright one.
    private static let edge = Picture(width: 40, height: 20, bands: 3) { x, _ in
        [UInt8](repeating: x < 20 ? 80 : 160, count: 3)
    }

    // MARK: Contrast, tint, replacement

    @Test func contrastReachesBothEnds() throws {
        let picture = try picture("e-contrast", of: Self.dull.png)
        #expect(picture.colour(0, 5).isNear(black))
        #expect(picture.colour(100, 5).isNear(white))
        #expect(picture.colour(50, 5).isNear([128, 128, 128, 255], within: 4))
    }

    @Test func contrastCountsWhatIsSeen() throws {
        // Half of it is clear and black; the rest has two shades.
        let original = Picture(width: 60, height: 60, bands: 4) { x, _ in
            x < 20 ? Self.clear : x < 40 ? [100, 100, 100, 255] : [150, 150, 150, 255]
        }
        let picture = try picture("e-contrast", of: original.png)
        #expect(picture.colour(10, 10)[3] == 0)
        #expect(picture.colour(30, 10).isNear(black) && picture.colour(50, 10).isNear(white))
    }

    @Test(arguments: [[128], [128, 77], [10, 200, 30], [0, 0, 0, 0]] as [[UInt8]])
    func contrastOfAPlainPictureIsItself(_ values: [UInt8]) throws {
        let original = Originals.plain(values, width: 9, height: 9)
        #expect(try picture("e-contrast", of: original.png).colour(4, 4) == original.colour(4, 4))
    }

    @Test(
        arguments: [
            ("e-colorize", [128, 128, 128, 255]), ("e-colorize-co-FF0000_in-50", [228, 50, 25, 255]),
            ("e-colorize-co-FF000050", [228, 50, 25, 255]), ("e-colorize-co-0000FF_in-0", [200, 100, 50, 255]),
        ] as [(String, [UInt8])])
    func tintsMixAColourIn(_ transformation: String, _ colour: [UInt8]) throws {
        let picture = try picture(transformation, of: Originals.plain([200, 100, 50]).png)
        #expect(picture.colour(30, 30).isNear(colour, within: 1))
    }

    @Test func tintsLeaveAlphaAndGrey() throws {
        #expect(try picture("e-colorize-co-red", of: Originals.island.png).colour(5, 5)[3] == 0)
        #expect(try picture("e-colorize-co-red", of: Originals.plain([50]).png).colour(5, 5) == red)
        #expect(try picture("e-colorize-co-black", of: Originals.plain([50, 90]).png)[5, 5] == [0, 90])
    }

    @Test func coloursAreReplacedWithinTheToleranceOnly() throws {
        // Pure green becomes pure red; red, blue and yellow are too far away.
        let picture = try picture("cr-FF0000_50_00FF00", of: Originals.quadrants().png)
        #expect(picture.colour(150, 20).isNear(red, within: 2))
        #expect(picture.colour(50, 20) == red && picture.colour(50, 80) == blue && picture.colour(150, 80) == yellow)
    }

    @Test func shadesStayShades() throws {
        let original = Picture(width: 60, height: 10, bands: 3) { x, _ in x < 30 ? [0, 200, 0] : [0, 160, 0] }
        let picture = try picture("cr-C80000_50_00C800", of: original.png)
        #expect(picture.colour(10, 5).isNear([200, 0, 0, 255], within: 2))
        let darker = picture.colour(50, 5)
        #expect(darker[0] < 190 && darker[0] > 100 && darker[0] > darker[1] + 60)
    }

    @Test func toleranceZeroTakesOneColour() throws {
        let original = Picture(width: 60, height: 10, bands: 3) { x, _ in x < 30 ? [40, 120, 200] : [44, 124, 204] }
        let picture = try picture("cr-FFFFFF_0_2878C8", of: original.png)
        #expect(picture.colour(10, 5).isNear(white, within: 1))
        #expect(picture.colour(50, 5) == [44, 124, 204, 255])
    }

    @Test func withoutAColourTheDominantOneIsReplaced() throws {
        let original = Picture(width: 90, height: 30, bands: 3) { x, _ in x < 60 ? [20, 60, 220] : [250, 240, 10] }
        let picture = try picture("cr-00FF00_20", of: original.png)
        #expect(picture.colour(20, 10).isNear(green, within: 2))
        #expect(picture.colour(80, 10) == [250, 240, 10, 255])
    }

    // MARK: Sharpening

    @Test(arguments: ["e-sharpen-20", "e-sharpen", "e-sharpen-100", "e-usm-2-2-0.8-0.024", "e-usm-0-20-1-0"])
    func sharpeningRaisesContrastAtEdgesAlone(_ transformation: String) throws {
        let picture = try picture(transformation, of: Self.edge.png)
        #expect(picture.colour(19, 10)[0] < 78)
        #expect(picture.colour(20, 10)[0] > 162)
        if !transformation.contains("20-1") {
            #expect(picture.colour(2, 10)[0] == 80 && picture.colour(37, 10)[0] == 160)
        }
    }

    @Test func sharpeningGrowsWithItsNumber() throws {
        for family in [
            ["e-sharpen-10", "e-sharpen", "e-sharpen-90"], ["e-usm-2-2-0.2-0", "e-usm-2-2-0.5-0", "e-usm-2-2-0.9-0"],
        ] {
            let steps = try family.map { transformation in
                let picture = try picture(transformation, of: Self.edge.png)
                return Int(picture.colour(20, 10)[0]) - Int(picture.colour(19, 10)[0])
            }
            #expect(steps[0] < steps[1] && steps[1] < steps[2])
        }
    }

    @Test func smallDifferencesAreLeftBelowTheThreshold() throws {
        #expect(try picture("e-usm-2-2-1-0.9", of: Self.edge.png).values == Self.edge.values)
    }

    @Test func theRadiusCutsTheMask() throws {
        let wide = try picture("e-usm-0-8-1-0", of: Self.edge.png)
        let narrow = try picture("e-usm-2-8-1-0", of: Self.edge.png)
        #expect(wide.colour(24, 10)[0] > 162)
        #expect(narrow.colour(24, 10)[0] == 160)
    }

    @Test func sharpeningKnowsNoColourThatIsNotSeen() throws {
        let sharp = try picture("e-sharpen-100", of: Originals.cutOut.png)
        #expect(sharp.colour(39, 40) == white && sharp.colour(41, 40)[3] == 0)
        // Grey beside what is clear gets no rim.
        let grey = Picture(width: 40, height: 40, bands: 4) { x, _ in x < 20 ? [90, 90, 90, 255] : Self.clear }
        #expect(try picture("e-usm-0-3-2-0", of: grey.png).colour(19, 20).isNear([90, 90, 90, 255], within: 1))
    }

    // MARK: Gradient

    @Test func theGradientBeginsAndEndsWhereItShould() throws {
        let original = Originals.plain([0, 0, 255], width: 20, height: 200).png
        let down = try picture("e-gradient", of: original)
        #expect(down.colour(10, 0).isNear(white, within: 2) && down.colour(10, 199).isNear(blue, within: 2))
        #expect(down.colour(10, 100).isNear([128, 128, 255, 255], within: 2))
        let up = try picture("e-gradient-ld-top_from-FF0000_to-00FF00_sp-0.5", of: original)
        #expect(up.colour(10, 199).isNear(red, within: 2))
        #expect(up.colour(10, 150).isNear([128, 128, 0, 255], within: 3))
        #expect(up.colour(10, 99) == green && up.colour(10, 0) == green)
    }

    @Test("129: from the bottom left, the second colour from half way on")
    func slantedGradient() throws {
        let picture = try picture(
            "e-gradient-ld-45_from-FF000050_to-FFFFFF50_sp-0.5",
            of: Originals.plain([0, 0, 0], width: 100, height: 100).png)
        #expect(picture.colour(0, 99).isNear([127, 0, 0, 255], within: 2))
        #expect(picture.colour(60, 40).isNear([127, 127, 127, 255], within: 1))
        #expect(picture.colour(99, 0).isNear([127, 127, 127, 255], within: 1))
    }

    @Test func aGradientIsSeenWhereThePictureIsClear() throws {
        let plain = try picture("e-gradient-from-FF0000_to-0000FF", of: Originals.island.png)
        #expect(plain.colour(0, 0).isNear(red, within: 3) && plain.colour(99, 99).isNear(blue, within: 3))
        let faint = try picture("e-gradient-from-FF000050_to-FF000050", of: Originals.island.png)
        #expect(faint.colour(0, 0).isNear([255, 0, 0, 128], within: 2))
        #expect(faint.colour(50, 50).isNear([255, 128, 128, 255], within: 2))
    }

    @Test func aGreyPictureStaysGreyUnderAGreyGradient() throws {
        #expect(try picture("e-gradient", of: Originals.plain([10]).png).bands == 1)
        #expect(try picture("e-gradient-to-red", of: Originals.plain([10, 60]).png).bands == 4)
    }
}
