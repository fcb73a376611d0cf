import RenderJobs
import Testing

/// What effects do to the shape of a picture, seen at named points.
@Suite struct ShapeEffectTests {
    private static let clear: [UInt8] = [0, 0, 0, 0]

    // MARK: Border

    @Test("137, 138: outside of the picture")
    func bordersGrowThePicture() throws {
        let picture = try picture("w-100,b-5_FFF000", of: Originals.quadrants().png)
        #expect((picture.width, picture.height) == (110, 60))
        for (x, y) in [(0, 0), (109, 59), (4, 30), (105, 30), (50, 4), (50, 55)] {
            #expect(picture.colour(x, y) == [255, 240, 0, 255])
        }
        #expect(picture.colour(7, 7) == red && picture.colour(102, 52) == yellow)
    }

    @Test("141: cw in the second step is what the first has left")
    func bordersTakeExpressions() throws {
        let picture = try picture(
            "w-iw_div_4,h-ih_div_2:b-cw_mul_0.05_yellow", of: Originals.plain([9, 9, 9], width: 640, height: 865).png)
        #expect((picture.width, picture.height) == (176, 449))
        #expect(picture.colour(7, 7) == yellow && picture.colour(8, 8) == [9, 9, 9, 255])
    }

    @Test func bordersFollowRoundCorners() throws {
        let picture = try picture("r-30,b-10_FF0000", of: Originals.plain([255, 255, 255], width: 100, height: 80).png)
        #expect((picture.width, picture.height) == (120, 100))
        #expect(picture.colour(0, 0)[3] == 0 && picture.colour(119, 99)[3] == 0)
        #expect(picture.colour(60, 0) == red && picture.colour(0, 50) == red && picture.colour(60, 10) == white)
        // Between the picture's arc and its own there is nothing but border, and no gap at either.
        #expect(picture.colour(15, 15) == red && picture.colour(22, 22) == white)
        let along = (8..<30).map { picture.colour($0, $0) }
        #expect(along.drop { $0[3] < 255 }.allSatisfy { $0[0] == 255 && $0[3] == 255 })
        let clear = try RenderingTests.picture("r-max,b-10_FF000050", of: Originals.island.png)
        #expect(clear.colour(60, 5).isNear([255, 0, 0, 128]) && clear.colour(60, 60) == white)
        #expect(clear.colour(60, 25)[3] == 0)
    }

    @Test func bordersKeepTheirOpacity() throws {
        let picture = try picture("b-3_00AAFF55", of: Originals.plain([9, 9, 9], width: 4, height: 4).png)
        #expect(picture.colour(0, 0).isNear([0, 170, 255, 140], within: 1))
        #expect(picture.colour(4, 4) == [9, 9, 9, 255])
    }

    // MARK: Shadow

    @Test(
        "127: a shadow falls on the stated side",
        arguments: [
            ("x-10_y-0", 75, 50, 25, 50), ("x-N10_y-0", 25, 50, 75, 50), ("x-0_y-10", 50, 75, 50, 25),
            ("x-0_y-N10", 50, 25, 50, 75), ("x-10_y-N5", 74, 28, 25, 72),
        ])
    func shadowsFall(_ place: String, _ x: Int, _ y: Int, _ otherX: Int, _ otherY: Int) throws {
        let picture = try picture("e-shadow-bl-1_st-80_\(place)", of: Originals.island.png)
        #expect((picture.width, picture.height) == (100, 100))
        let dark = picture.colour(x, y)
        #expect(dark[3] > 150 && dark[0] < 10)
        #expect(picture.colour(otherX, otherY)[3] < 10)
        #expect(picture.colour(50, 50) == white)
    }

    @Test func theBlurOfAShadowGrows() throws {
        let reach = try ["0", "4", "15"].map { blur in
            let picture = try picture("e-shadow-bl-\(blur)_st-100_x-0_y-0", of: Originals.island.png)
            return (0..<30).count { picture.colour($0, 50)[3] > 3 }
        }
        #expect(reach[0] == 0 && reach[0] < reach[1] && reach[1] < reach[2])
    }

    @Test func theStrengthOfAShadow() throws {
        let alphas = try ["10", "50", "100"].map { strength in
            try picture("e-shadow-bl-0_st-\(strength)_x-10_y-0", of: Originals.island.png).colour(75, 50)[3]
        }
        #expect(alphas == [26, 128, 255])
    }

    @Test(arguments: ["e-shadow-x-100_y-100", "e-shadow-x-N100", "e-shadow-bl-0_x-0_y-0"])
    func aShadowOutsideIsNotSeen(_ transformation: String) throws {
        let picture = try picture(transformation, of: Originals.island.png)
        #expect(picture.colour(50, 50) == white && picture.colour(20, 50)[3] == 0 && picture.colour(80, 50)[3] == 0)
    }

    @Test func anOpaquePictureHasNoShadow() throws {
        #expect(try picture("e-shadow", of: Originals.quadrants().png) == Originals.quadrants())
    }

    @Test("124–126: the limit counts after the resize")
    func shadowsHaveALimit() throws {
        let original = Originals.plain([9, 9, 9, 255], width: 2_216, height: 1_500).png
        let tooLarge = RenderFailure.outputLimit("pixels under e-shadow", maximum: 2_000_000)
        #expect(try failure("e-shadow,f-png", of: original) == tooLarge)
        for transformation in ["w-500,e-shadow,f-png", "w-500:e-shadow,f-png"] {
            let facts = try variant(transformation, of: original).facts
            #expect((facts.width, facts.height) == (500, 338))
        }
    }

    // MARK: Trim

    @Test func trimmingFindsTheBox() throws {
        let original = Picture(width: 70, height: 50, bands: 3) { x, y in
            (11..<40).contains(x) && (7..<31).contains(y) ? [200, 30, 30] : [250, 250, 250]
        }
        for transformation in ["t-true", "t-1", "t-40", "t-true,w-29", "w-70:t"] {
            let picture = try picture(transformation, of: original.png)
            #expect((picture.width, picture.height) == (29, 24))
            #expect(picture.values.allSatisfy { $0 == 200 || $0 == 30 })
        }
        #expect(try picture("t-false", of: original.png).width == 70)
    }

    @Test("150: a higher number trims more")
    func theThresholdOfTrimming() throws {
        // Frames that differ from the edge by 4, 8 and 13, around 100.
        let original = Picture(width: 80, height: 80, bands: 1) { x, y in
            switch min(x, y, 79 - x, 79 - y) {
            case ..<10: [200]
            case ..<20: [196]
            case ..<30: [192]
            case ..<35: [187]
            default: [100]
            }
        }
        let sizes = try ["t-3", "t-5", "t-true", "t-15", "t-99"].map { try picture($0, of: original.png).width }
        #expect(sizes == [60, 40, 20, 10, 10])
    }

    @Test func trimmingKeepsThinLinesAndFaintPixels() throws {
        let original = Picture(width: 50, height: 50, bands: 4) { x, y in
            if x == 10 { return [0, 0, 0, 255] }
            // Of another colour than the corner, and not seen.
            return y == 20 && x == 30 ? [0, 0, 0, 40] : x > 40 ? [77, 1, 2, 0] : Self.clear
        }
        let picture = try picture("t-true", of: original.png)
        #expect((picture.width, picture.height) == (21, 50))
        #expect(picture.colour(0, 0) == black && picture.colour(20, 20)[3] == 40)
    }

    @Test(arguments: [[9], [9, 9, 9], [0, 0, 0, 0], [1, 2, 3, 255]] as [[UInt8]])
    func aPlainPictureIsNotTrimmed(_ values: [UInt8]) throws {
        let picture = try picture("t-true", of: Originals.plain(values, width: 30, height: 20).png)
        #expect((picture.width, picture.height) == (30, 20))
    }

    @Test func whatIsTrimmedIsResizedAfterwards() throws {
        let original = Picture(width: 400, height: 400, bands: 3) { x, y in
            (100..<300).contains(x) && (150..<250).contains(y) ? [0, 0, 255] : [255, 255, 255]
        }
        let picture = try picture("w-50,t-true,b-cw_div_100_red", of: Originals.jpeg(original))
        // Edges of JPEG are soft; cw is the trimmed picture's width of 200.
        #expect((50...56).contains(picture.width) && (27...33).contains(picture.height))
        #expect(picture.colour(0, 0) == red && picture.colour(25, 15).isNear(blue, within: 12))
    }

    // MARK: Distortion

    @Test("133: corners where they were asked for")
    func perspectiveMapsTheCorners() throws {
        let picture = try picture("e-distort-p-0_20_200_0_160_100_40_80", of: Originals.quadrants().png)
        #expect((picture.width, picture.height) == (200, 100))
        #expect(picture.colour(5, 22).isNear(red) && picture.colour(193, 5).isNear(green))
        #expect(picture.colour(158, 95).isNear(yellow) && picture.colour(43, 77).isNear(blue))
        for (x, y) in [(0, 0), (5, 60), (199, 99), (190, 60), (80, 99)] { #expect(picture.colour(x, y)[3] == 0) }
    }

    @Test func aMovedSquareIsOnlyScaled() throws {
        let picture = try picture("e-distort-p-50_50_150_50_150_100_50_100", of: Originals.quadrants().png)
        #expect((picture.width, picture.height) == (100, 50))
        for (x, y, colour) in [(10, 10, red), (90, 10, green), (10, 40, blue), (90, 40, yellow)] {
            #expect(picture.colour(x, y) == colour)
        }
    }

    @Test func positiveArcsBendUpward() throws {
        let up = try picture("e-distort-a-90", of: Originals.quadrants().png)
        let middle = up.width / 2
        #expect(up.colour(middle - 5, 3).isNear(red) && up.colour(middle + 5, 3).isNear(green))
        #expect(up.colour(0, 0)[3] == 0 && up.colour(middle, up.height - 1)[3] == 0)
        let down = try picture("e-distort-a-N90", of: Originals.quadrants().png)
        #expect((down.width, down.height) == (up.width, up.height))
        #expect(down.colour(middle - 5, down.height - 4).isNear(blue))
        #expect(down.colour(middle + 5, down.height - 4).isNear(yellow))
        #expect(down.colour(middle, 0)[3] == 0 && down.colour(0, down.height - 1)[3] == 0)
    }

    @Test(arguments: [360, -360, 270, 180, 1, -1])
    func arcsOfEveryAngleShowAllQuarters(_ degrees: Int) throws {
        let text = degrees < 0 ? "N\(-degrees)" : "\(degrees)"
        let picture = try picture("e-distort-a-\(text)", of: Originals.quadrants().png)
        let points = (0..<picture.height).flatMap { y in (0..<picture.width).map { picture.colour($0, y) } }
        for colour in [red, green, blue, yellow] { #expect(points.count { $0.isNear(colour) } > 1_000) }
    }

    @Test(
        arguments: ["rt-30", "e-distort-a-50", "e-distort-a-N120", "e-distort-p-0_20_200_0_160_100_40_80"])
    func smoothEdgesKeepTheirColour(_ transformation: String) throws {
        let picture = try picture(transformation, of: Originals.plain([90, 60, 30], width: 80, height: 50).png)
        let points = (0..<picture.height).flatMap { y in (0..<picture.width).map { picture.colour($0, y) } }
        #expect(points.contains { $0[3] > 40 && $0[3] < 220 })
        // What is hardly seen is rounded coarsely.
        #expect(points.allSatisfy { $0[3] < 32 || Array($0.prefix(3)).isNear([90, 60, 30], within: 6) })
    }
}
