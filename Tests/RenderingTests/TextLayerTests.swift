import RenderJobs
import Testing

/// Texts laid on pictures: reference §9.5. How letters look is the business of Typesetting's own tests.
@Suite struct TextLayerTests {
    private let base = Originals.plain([255, 255, 255], width: 400, height: 200).png

    /// The box of what is darker than the white base.
    private func ink(_ picture: Picture, below limit: UInt8 = 128) -> (left: Int, top: Int, right: Int, bottom: Int)? {
        var box: (left: Int, top: Int, right: Int, bottom: Int)?
        for y in 0..<picture.height {
            for x in 0..<picture.width where picture.colour(x, y)[0] < limit {
                let old = box ?? (x, y, x, y)
                box = (min(old.left, x), min(old.top, y), max(old.right, x), max(old.bottom, y))
            }
        }
        return box
    }

    @Test("A text lies in the middle, as high as its font says")
    func centred() throws {
        let box = try #require(ink(picture("l-text,i-Hxg,fs-60,l-end", of: base)))
        #expect(abs(box.left - (399 - box.right)) <= 2 && abs(box.top - (199 - box.bottom)) <= 2)
        #expect((50...70).contains(box.bottom - box.top))
        let larger = try #require(ink(picture("l-text,i-Hxg,fs-120,l-end", of: base)))
        #expect((1.9...2.1).contains(Double(larger.right - larger.left) / Double(box.right - box.left)))
    }

    @Test("Row 188: the box has the padding of each side and its own colour")
    func padding() throws {
        let picture = try picture("l-text,i-HHH,fs-40,bg-00FF00,pa-25_50_30_10,lx-20,ly-20,l-end", of: base)
        #expect(picture.colour(19, 50) == white && picture.colour(20, 20) == green && picture.colour(50, 19) == white)
        let box = try #require(darkBox(picture))
        #expect(abs(box.left - 30) <= 1 && abs(box.top - 45) <= 1)
        #expect(picture.colour(box.right + 50, 50).isNear(green) && picture.colour(box.right + 53, 50) == white)
        #expect(picture.colour(30, box.bottom + 30).isNear(green) && picture.colour(30, box.bottom + 33) == white)
    }

    /// The box of what is nearly black.
    private func darkBox(_ picture: Picture) -> (left: Int, top: Int, right: Int, bottom: Int)? {
        ink(
            Picture(width: picture.width, height: picture.height, bands: 1) { x, y in
                let colour = picture.colour(x, y)
                return [colour[0] < 60 && colour[1] < 110 ? 0 : 255]
            })
    }

    @Test("Alignment within the width that is asked for", arguments: [("left", 20), ("right", 219)])
    func alignment(word: String, edge: Int) throws {
        let picture = try picture("l-text,i-Hi,fs-40,w-200,ia-\(word),lx-20,ly-0,l-end", of: base)
        let box = try #require(ink(picture))
        #expect(abs((word == "left" ? box.left : box.right) - edge) <= 5)
    }

    @Test("Lines are wrapped at the width, and stand as far apart as is asked")
    func lines() throws {
        let text = "l-text,i-Hello Hello Hello,fs-30,w-120"
        let plain = try #require(ink(picture(text + ",l-end", of: base)))
        let apart = try #require(ink(picture(text + ",lh-60,l-end", of: base)))
        #expect(plain.right - plain.left <= 120)
        // Three lines: two more distances, each of 60 instead of the font's own 41.
        #expect((30...46).contains((apart.bottom - apart.top) - (plain.bottom - plain.top)))
    }

    @Test("Colour and opacity of the text, of a name and of al")
    func colours() throws {
        func darkest(_ parameters: String) throws -> [UInt8] {
            let picture = try picture("l-text,i-HHH,fs-80,\(parameters),l-end", of: base)
            let points = (0..<400).map { picture.colour($0, 100) }
            return points.min { $0[1] < $1[1] } ?? []
        }
        #expect(try darkest("co-FF0000").isNear(red))
        #expect(try darkest("co-FF000050").isNear([255, 127, 127, 255]))
        #expect(try darkest("co-FF0000,al-5").isNear([255, 127, 127, 255]))
        #expect(try darkest("co-red,al-5").isNear(red))
    }

    @Test("A text can be turned, mirrored and have round corners")
    func shapes() throws {
        let turned = try #require(ink(picture("l-text,i-Hello,fs-30,rt-90,l-end", of: base)))
        #expect(turned.bottom - turned.top > turned.right - turned.left)
        let round = try picture("l-text,i-H,fs-40,pa-30,bg-0000FF,r-max,lx-0,ly-0,l-end", of: base)
        #expect(round.colour(0, 0) == white && round.colour(round.width / 2, 0) == white)
        #expect(round.colour(20, 45).isNear(blue))
    }

    @Test(
        "What cannot be set is refused",
        arguments: [
            ("fs-bw_div_900", "fs"), ("fs-bw_sub_400", "fs"), ("w-20000", "pixels on a side"),
        ])
    func refusals(parameters: String, says: String) throws {
        let found = try failure("l-text,i-Hello,\(parameters),l-end", of: base)
        #expect("\(String(describing: found))".contains(says), "\(String(describing: found))")
    }

    @Test("A font file that is none is named")
    func damagedFont() throws {
        let found = try failure(
            "l-text,i-Hello,ff-a.ttf,l-end", of: base, layers: ["a.ttf": Array("no font".utf8)])
        guard case .input("font a.ttf", _)? = found else {
            Issue.record("\(String(describing: found))")
            return
        }
    }
}
