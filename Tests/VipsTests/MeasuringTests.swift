import Testing
import Vips

/// What effects find out about a picture before they change it.
@Suite struct MeasuringTests {
    init() throws { try VipsLibrary.start() }

    private func picture(_ width: Int, _ height: Int, _ colour: (_ x: Int, _ y: Int) -> [UInt8]) throws -> Image {
        let samples = (0..<height).flatMap { y in (0..<width).flatMap { x in colour(x, y) } }
        return try Image.colours(samples, width: width, height: height, limit: TimeLimit())
    }

    @Test func theBoxHoldsEveryPixelThatDiffers() throws {
        let image = try picture(50, 40) { x, y in
            (x, y) == (7, 30) || (x, y) == (41, 9) ? [100, 100, 111] : [100, 100, 100]
        }
        let ground = try image.cornerValues()
        #expect(ground == [100, 100, 100])
        let box = try #require(try image.contentBox(on: ground, threshold: 10))
        #expect(box == (left: 7, top: 9, width: 35, height: 22))
        #expect(try image.contentBox(on: ground, threshold: 11) == nil)
        let whole = try #require(try image.contentBox(on: [0, 0, 0], threshold: 10))
        #expect(whole == (left: 0, top: 0, width: 50, height: 40))
    }

    @Test func brightnessWithoutTheOutermostHundredths() throws {
        // One pixel in 400 is black, one white.
        let image = try picture(20, 20) { x, y in
            let value: UInt8 = (x, y) == (0, 0) ? 0 : (x, y) == (1, 0) ? 255 : x < 10 ? 60 : 200
            return [value, value, value]
        }
        #expect(try image.brightnessRange() == 60...200)
        #expect(try picture(3, 3) { _, _ in [9, 9, 9] }.brightnessRange() == 9...9)
    }

    @Test(arguments: [1, 30, 1_000])
    func theDominantColour(_ side: Int) throws {
        let image = try picture(side, 5) { x, _ in x * 3 < side * 2 ? [200, 20, 40] : [0, 0, UInt8(x % 200)] }
        #expect(try image.dominantColour() == Pixel(red: 200, green: 20, blue: 40, alpha: 255))
    }
}
