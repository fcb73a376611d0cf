import RenderJobs
import Testing

@Suite struct SizeTests {
    /// Sizes that libvips has to round, through each decoder's own shrinking.
    @Test(arguments: ["png", "jpg", "webp"])
    func everySizeIsExact(_ format: String) throws {
        let original = try variant("f-\(format)", of: Originals.quadrants(333, 251).png).bytes
        for width in [1, 2, 3, 7, 41, 42, 43, 83, 84, 111, 166, 167, 332, 333, 334, 500, 667] {
            let height = width * 7 % 433 + 1
            let facts = try variant("w-\(width),h-\(height),c-force,f-png", of: original).facts
            #expect((facts.width, facts.height) == (width, height))
        }
    }

    @Test func vectorsAreDrawnAtTheirSize() throws {
        let svg = Array(
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 158 33"><rect width="158" height="33" fill="red"/></svg>
            """.utf8)
        for (width, height) in [(158, 33), (79, 17), (316, 66), (3_160, 660)] {
            let variant = try variant("w-\(width),f-png", of: svg)
            #expect((variant.facts.width, variant.facts.height) == (width, height))
            #expect(try variant.picture().colour(width / 2, height / 2) == red)
        }
    }

    @Test func partsOfAPictureAreTakenFromAnywhere() throws {
        // The last rows of a picture that is read from the top.
        let original = Originals.speckles(500, 700)
        let part = try picture("w-30,h-20,cm-extract,x-470,y-680", of: original.png)
        #expect(part == Picture(width: 30, height: 20, bands: 3) { x, y in original[470 + x, 680 + y] })
        let turned = try picture("w-30,h-20,cm-extract,x-470,y-680,rt-90", of: original.png)
        #expect(turned == Picture(width: 20, height: 30, bands: 3) { x, y in original[470 + y, 680 + 19 - x] })
    }
}
