let red: [UInt8] = [255, 0, 0, 255]
let green: [UInt8] = [0, 255, 0, 255]
let blue: [UInt8] = [0, 0, 255, 255]
let yellow: [UInt8] = [255, 255, 0, 255]
let black: [UInt8] = [0, 0, 0, 255]
let white: [UInt8] = [255, 255, 255, 255]

/// Pictures made in code, each with something to see.
enum Originals {
    /// Red and green above, blue and yellow below.
    static func quadrants(_ width: Int = 200, _ height: Int = 100) -> Picture {
        Picture(width: width, height: height, bands: 3) { x, y in
            let colour = y < height / 2 ? (x < width / 2 ? red : green) : (x < width / 2 ? blue : yellow)
            return Array(colour.prefix(3))
        }
    }

    static func plain(_ values: [UInt8], width: Int = 64, height: Int = 64) -> Picture {
        Picture(width: width, height: height, bands: values.count) { _, _ in values }
    }

    /// Differs everywhere, and repeats itself nowhere nearby.
    static func speckles(_ width: Int, _ height: Int) -> Picture {
        var state: UInt32 = 1
        return Picture(width: width, height: height, bands: 3) { _, _ in
            (0..<3).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return UInt8(state >> 24)
            }
        }
    }

    /// White left of the middle; what is right of it cannot be seen and is black.
    static let cutOut = Picture(width: 80, height: 80, bands: 4) { x, _ in x < 40 ? white : [0, 0, 0, 0] }

    /// A white square of 40 pixels in the middle of 100, clear around it.
    static let island = Picture(width: 100, height: 100, bands: 4) { x, y in
        (30..<70).contains(x) && (30..<70).contains(y) ? white : [0, 0, 0, 0]
    }

    static func jpeg(_ picture: Picture) throws -> [UInt8] { try variant("f-jpg,q-95", of: picture.png).bytes }

    /// A JPEG with EXIF: an orientation, a maker's name, and a place.
    static func jpeg(_ picture: Picture, orientation: UInt8) throws -> [UInt8] {
        let maker = Array("SECRETMAKER\0".utf8)
        // TIFF 6.0: little-endian, one directory of two entries, then the text.
        let header: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 2, 0]
        let make: [UInt8] = [0x0F, 0x01, 2, 0, UInt8(maker.count), 0, 0, 0, 38, 0, 0, 0]
        let turn: [UInt8] = [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]
        let exif = Array("Exif\0\0".utf8) + header + make + turn + [0, 0, 0, 0] + maker
        let file = try jpeg(picture)
        return file.prefix(2) + [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif + file.dropFirst(2)
    }

    /// The picture as a camera stores it that writes `orientation` beside it (EXIF 2.3, tag 0x0112).
    static func stored(_ upright: Picture, for orientation: UInt8) -> Picture {
        let (right, bottom) = (upright.width - 1, upright.height - 1)
        let swaps = orientation >= 5
        return Picture(
            width: swaps ? upright.height : upright.width, height: swaps ? upright.width : upright.height,
            bands: upright.bands
        ) { x, y in
            switch orientation {
            case 2: upright[right - x, y]
            case 3: upright[right - x, bottom - y]
            case 4: upright[x, bottom - y]
            case 5: upright[y, x]
            case 6: upright[right - y, x]
            case 7: upright[right - y, bottom - x]
            case 8: upright[y, bottom - x]
            default: upright[x, y]
            }
        }
    }

    /// A PNG whose embedded profile (ICC.1:2001, three matrices) says that its first band is green and its second red.
    static func withSwappedProfile(_ picture: Picture, profile: [UInt8] = swappedProfile) -> [UInt8] {
        let chunk = Array("swapped\0".utf8) + [0] + PNG.zlib(profile)
        return PNG.file(
            width: picture.width, height: picture.height, bands: picture.bands, depth: 8, samples: picture.values,
            extra: [("iCCP", chunk)])
    }

    static var swappedProfile: [UInt8] {
        func xyz(_ values: [Double]) -> [UInt8] {
            Array("XYZ \0\0\0\0".utf8) + values.flatMap { PNG.number(Int($0 * 65_536)) }
        }
        // The primaries of sRGB, adapted to D50.
        let (red, green, blue) = (
            [0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.7141]
        )
        let gamma: [UInt8] = Array("curv\0\0\0\0".utf8) + PNG.number(1) + [2, 0x33, 0, 0]
        let text = Array("text\0\0\0\0none\0\0\0\0".utf8)
        let name = Array("desc\0\0\0\0".utf8) + PNG.number(5) + Array("swap\0".utf8) + [UInt8](repeating: 0, count: 79)
        let tags: [(String, [UInt8])] = [
            ("rXYZ", xyz(green)), ("gXYZ", xyz(red)), ("bXYZ", xyz(blue)), ("wtpt", xyz([0.9642, 1, 0.8249])),
            ("rTRC", gamma), ("gTRC", gamma), ("bTRC", gamma), ("cprt", text), ("desc", name),
        ]
        var (table, data) = (PNG.number(tags.count), [UInt8]())
        for (tag, value) in tags {
            table += Array(tag.utf8) + PNG.number(132 + 12 * tags.count + data.count) + PNG.number(value.count)
            data += value
        }
        var header = [UInt8](repeating: 0, count: 128)
        header.replaceSubrange(0..<4, with: PNG.number(128 + table.count + data.count))
        header.replaceSubrange(8..<12, with: [2, 0x10, 0, 0])
        header.replaceSubrange(12..<24, with: "mntrRGB XYZ ".utf8)
        header.replaceSubrange(36..<40, with: "acsp".utf8)
        // D50, to the last bit: else libpng does not write it.
        header.replaceSubrange(68..<80, with: [0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D])
        return header + table + data
    }

    /// TIFF 6.0, one strip without compression. `photometric`: 1 grey, 2 RGB, 5 CMYK.
    static func tiff(_ values: [UInt8], photometric: UInt8, width: Int = 32, height: Int = 32) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let entries: [(tag: Int, kind: Int, value: Int)] = [
            (256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, Int(photometric)), (273, 4, 122),
            (277, 3, values.count), (278, 4, height), (279, 4, width * height * values.count),
        ]
        let directory = entries.reduce(into: little(entries.count, 2)) { bytes, entry in
            bytes += little(entry.tag, 2) + little(entry.kind, 2) + little(1, 4) + little(entry.value, 4)
        }
        let pixels = (0..<width * height).flatMap { _ in values }
        return [0x49, 0x49, 42, 0, 8, 0, 0, 0] + directory + little(0, 4) + pixels
    }
}
