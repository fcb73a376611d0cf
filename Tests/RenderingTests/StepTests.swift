import Rendering
import Testing

/// What each step does to pixels, seen at named points.
@Suite struct StepTests {
    struct Case: CustomTestStringConvertible {
        let transformation: String
        let size: (Int, Int)
        let points: [(Int, Int, [UInt8])]
        var testDescription: String { transformation }

        init(_ transformation: String, _ width: Int, _ height: Int, _ points: (Int, Int, [UInt8])...) {
            self.transformation = transformation
            size = (width, height)
            self.points = points
        }
    }

    /// Of red and green above blue and yellow, 200×100.
    static let cases: [Case] = [
        Case("", 200, 100, (0, 0, red), (199, 0, green), (0, 99, blue), (199, 99, yellow)),
        Case("w-100", 100, 50, (10, 10, red), (90, 10, green), (10, 40, blue), (90, 40, yellow)),
        Case("h-25", 50, 25, (2, 2, red), (47, 22, yellow)),
        Case("w-400", 400, 200, (0, 0, red), (399, 199, yellow)),
        Case("w-77,h-201,c-force", 77, 201, (0, 0, red), (76, 200, yellow)),
        Case("w-1,h-1", 1, 1),
        Case("w-0.1", 20, 10, (2, 2, red)),
        Case("w-50,h-50,fo-left", 50, 50, (0, 5, red), (45, 5, red), (45, 45, blue)),
        Case("w-50,h-50,fo-right", 50, 50, (5, 5, green), (49, 5, green), (5, 45, yellow)),
        Case("w-50,h-50", 50, 50, (5, 5, red), (45, 5, green), (5, 45, blue), (45, 45, yellow)),
        Case("w-200,h-20,fo-top", 200, 20, (5, 19, red), (195, 19, green)),
        Case("w-200,h-20,fo-bottom", 200, 20, (5, 0, blue), (195, 0, yellow)),
        Case("w-40,h-30,cm-extract,fo-bottom_right", 40, 30, (0, 0, yellow), (39, 29, yellow)),
        Case("w-20,h-20,cm-extract,x-90,y-40", 20, 20, (0, 0, red), (19, 0, green), (0, 19, blue), (19, 19, yellow)),
        Case("w-20,h-20,cm-extract,xc-100,yc-50", 20, 20, (9, 9, red), (10, 10, yellow)),
        Case("w-100,h-100,cm-pad_resize", 100, 100, (50, 5, black), (10, 30, red), (90, 70, yellow), (50, 95, black)),
        Case("w-100,h-100,cm-pad_resize,bg-00FF00,fo-top", 100, 100, (10, 5, red), (50, 75, green)),
        Case("w-100,h-100,cm-pad_resize,bg-FF000050", 100, 100, (50, 5, [255, 0, 0, 127]), (10, 30, red)),
        Case("w-300,h-100,cm-pad_extract,bg-white", 300, 100, (5, 50, white), (55, 5, red), (245, 95, yellow)),
        Case("fl-h", 200, 100, (0, 0, green), (199, 0, red), (0, 99, yellow), (199, 99, blue)),
        Case("fl-v", 200, 100, (0, 0, blue), (199, 0, yellow), (0, 99, red), (199, 99, green)),
        Case("fl-h_v", 200, 100, (0, 0, yellow), (199, 0, blue), (0, 99, green), (199, 99, red)),
        Case("rt-90", 100, 200, (0, 0, blue), (99, 0, red), (0, 199, yellow), (99, 199, green)),
        Case("rt-180", 200, 100, (0, 0, yellow), (199, 99, red)),
        Case("rt-N90", 100, 200, (0, 0, green), (99, 0, yellow), (0, 199, red), (99, 199, blue)),
        Case("rt-360", 200, 100, (0, 0, red)),
        Case("r-20", 200, 100, (0, 0, [255, 0, 0, 0]), (100, 0, green), (0, 50, blue), (20, 20, red)),
        Case("r-0_30_0_0", 200, 100, (0, 0, red), (199, 0, [0, 255, 0, 0]), (199, 99, yellow)),
        Case("r-max", 200, 100, (10, 10, [255, 0, 0, 0]), (100, 1, green), (1, 50, blue)),
        Case("r-20,bg-white", 200, 100, (0, 0, white), (100, 50, yellow)),
        Case("o-50", 200, 100, (0, 0, [255, 0, 0, 128])),
        Case("o-50,bg-000000", 200, 100, (0, 0, [128, 0, 0, 255])),
        Case("o-50,bg-00000010", 200, 100, (0, 0, [128, 0, 0, 255])),
        Case("o-0", 200, 100, (0, 0, [255, 0, 0, 0])),
        // Chains see what the step before has left.
        Case("rt-90:w-50", 50, 100, (0, 0, blue), (49, 0, red)),
        Case("w-100,h-100,cm-extract,fo-left:w-10", 10, 10, (1, 1, red), (8, 1, red), (1, 8, blue)),
        Case("w-0.5:w-0.5", 50, 25, (1, 1, red)),
        Case("fl-v:w-200,h-20,fo-bottom", 200, 20, (5, 10, red)),
        Case("w-20,h-20,cm-extract,fo-bottom_right:rt-90:w-100:fl-h", 100, 100, (50, 50, yellow)),
    ]

    @Test(arguments: cases)
    func pointsHaveTheirColours(_ example: Case) throws {
        for original in [Originals.quadrants().png, Originals.quadrants().png16] {
            let picture = try picture(example.transformation, of: original)
            #expect((picture.width, picture.height) == example.size)
            for (x, y, colour) in example.points {
                #expect(picture.colour(x, y).isNear(colour, within: 1), "at \(x), \(y)")
            }
        }
    }

    @Test(arguments: [("rt-45", 212, 212), ("rt-30", 223, 187)])
    func otherAnglesEnlargeTheCanvas(_ transformation: String, width: Int, height: Int) throws {
        let picture = try picture(transformation, of: Originals.quadrants().png)
        #expect(abs(picture.width - width) <= 1 && abs(picture.height - height) <= 1)
        for (x, y) in [(0, 0), (picture.width - 1, 0), (0, picture.height - 1)] {
            #expect(picture.colour(x, y)[3] == 0)
        }
        #expect(picture.colour(picture.width / 2, picture.height / 2)[3] == 255)
    }

    @Test func grayscaleIsLuminance() throws {
        let picture = try picture("e-grayscale", of: Originals.quadrants().png)
        #expect(picture.bands == 1)
        let levels = [picture[0, 0][0], picture[199, 0][0], picture[0, 99][0], picture[199, 99][0]]
        // Yellow, green, red, blue from bright to dark.
        #expect(levels[3] > levels[1] && levels[1] > levels[0] && levels[0] > levels[2])
    }

    @Test(arguments: [0.5, 1, 2, 5, 7, 11, 30, 100])
    func blurLeavesAPlainColourAsItIs(_ radius: Double) throws {
        for colour in [[255, 255, 255], [100, 150, 200], [7, 7, 7]] as [[UInt8]] {
            let picture = try picture("bl-\(radius)", of: Originals.plain(colour).png)
            #expect(picture[0, 0].isNear(colour, within: 1))
            #expect(picture[32, 32].isNear(colour, within: 1))
        }
    }

    @Test func blurGrowsWithItsNumber() throws {
        let contrasts = try [1, 4, 16].map { radius in
            let picture = try picture("bl-\(radius)", of: Originals.quadrants().png)
            return abs(Int(picture[95, 10][0]) - Int(picture[104, 10][0]))
        }
        #expect(contrasts[0] > contrasts[1] && contrasts[1] > contrasts[2])
    }

    @Test func whatStepsDoHasAnOrderOfItsOwn() throws {
        // Resize, then radius, then turn: wherever they are written.
        let one = try picture("rt-90,r-30_0_0_0,w-100", of: Originals.quadrants().png)
        let other = try picture("w-100,r-30_0_0_0,rt-90", of: Originals.quadrants().png)
        #expect(one == other)
        #expect((one.width, one.height) == (50, 100))
        // The top-left corner lies at the top right after the turn.
        #expect(one.colour(49, 0)[3] == 0)
        #expect(one.colour(0, 0)[3] == 255)
    }

    @Test func aJPEGHasBlackWhereNothingCanBeSeen() throws {
        let variant = try variant("r-max,f-jpg,q-100", of: Originals.quadrants().png)
        #expect(try variant.picture().colour(1, 1).isNear(black))
    }
}
