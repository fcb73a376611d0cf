import Glibc

/// Fonts of Debian's packages, as bytes.
enum FontFiles {
    static let serif = read("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf")
    static let mono = read("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf")
    static let openType = read("/usr/share/fonts/opentype/lobster/lobster.otf")
    static let collection = read("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")

    private static func read(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "rb") else { return [] }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let count = ftell(file)
        rewind(file)
        var bytes = [UInt8](repeating: 0, count: count)
        return fread(&bytes, 1, count, file) == count ? bytes : []
    }

    /// The same font under another family's name of the same length: names lie in the file in UTF-16 and in ASCII.
    static func renamed(_ font: [UInt8], from: String, to: String) -> [UInt8] {
        let wide = { (text: String) -> [UInt8] in text.utf8.flatMap { byte -> [UInt8] in [0, byte] } }
        return replacing(replacing(font, wide(from), wide(to)), Array(from.utf8), Array(to.utf8))
    }

    private static func replacing(_ bytes: [UInt8], _ old: [UInt8], _ new: [UInt8]) -> [UInt8] {
        var bytes = bytes
        var index = 0
        while index + old.count <= bytes.count {
            if bytes[index] == old[0], Array(bytes[index..<index + old.count]) == old {
                bytes.replaceSubrange(index..<index + old.count, with: new)
                index += old.count
            } else {
                index += 1
            }
        }
        return bytes
    }

    /// The same font with other bytes at `offset` of a table.
    static func patched(_ font: [UInt8], table: String, offset: Int, with bytes: [UInt8]) -> [UInt8] {
        guard let record = records(font).first(where: { Array(font[$0..<$0 + 4]) == Array(table.utf8) }) else {
            return []
        }
        let start = number(font, record + 8) + offset
        var font = font
        font.replaceSubrange(start..<start + bytes.count, with: bytes)
        return font
    }

    /// A collection of so many headers that all point to one font.
    static func collection(of font: [UInt8], times count: Int) -> [UInt8] {
        let start = 12 + 4 * count
        var moved = font
        for record in records(font) {
            moved.replaceSubrange(record + 8..<record + 12, with: word(number(font, record + 8) + start))
        }
        let header = Array("ttcf".utf8) + word(0x10000) + word(count)
        return header + (0..<count).flatMap { _ in word(start) } + moved
    }

    /// The same font as a variable one with an axis that changes nothing, and so many named instances.
    static func variable(_ font: [UInt8], instances: Int) -> [UInt8] {
        let glyphs = number(font, (records(font).first { font[$0..<$0 + 4].elementsEqual("maxp".utf8) } ?? 0) + 8) + 4
        let count = Int(font[glyphs]) << 8 | Int(font[glyphs + 1])
        var axes: [UInt8] = [0, 1, 0, 0, 0, 16, 0, 2, 0, 1, 0, 20] + word(instances).suffix(2) + [0, 8]
        axes += Array("wght".utf8) + [100, 400, 900].flatMap { word($0 << 16) } + [0, 0, 0, 2]
        axes += (0..<instances).flatMap { [0, 2, 0, 0] + word((100 + $0 % 800) << 16) }
        let end = 20 + 4 * (count + 1)
        let shapes = [0, 1, 0, 0, 0, 1, 0, 0] + word(end) + word(count).suffix(2) + [0, 1] + word(end)
        return adding(
            [("fvar", axes), ("gvar", shapes + [UInt8](repeating: 0, count: 4 * (count + 1)))], to: font)
    }

    private static func adding(_ tables: [(tag: String, bytes: [UInt8])], to font: [UInt8]) -> [UInt8] {
        var all = records(font).map { record in
            let start = number(font, record + 8)
            return (Array(font[record..<record + 4]), Array(font[start..<start + number(font, record + 12)]))
        }
        all += tables.map { (Array($0.tag.utf8), $0.bytes) }
        all.sort { $0.0.lexicographicallyPrecedes($1.0) }
        var directory = [0, 1, 0, 0] + word(all.count).suffix(2) + [0, 0, 0, 0, 0, 0]
        var body: [UInt8] = []
        for (tag, bytes) in all {
            directory += tag + word(0) + word(12 + 16 * all.count + body.count) + word(bytes.count)
            body += bytes + [UInt8](repeating: 0, count: -bytes.count & 3)
        }
        return directory + body
    }

    /// Where the records of the tables' directory start.
    private static func records(_ font: [UInt8]) -> [Int] {
        (0..<(Int(font[4]) << 8 | Int(font[5]))).map { 12 + 16 * $0 }
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> Int {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func word(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
