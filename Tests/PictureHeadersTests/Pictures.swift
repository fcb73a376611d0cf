import PictureHeaders

/// Heads of files, built from the fields that count.
enum Pictures {
    static func jpeg(
        frame: UInt8 = 0xC0, width: Int = 640, height: Int = 480, components: UInt8 = 3, inScan: UInt8? = nil,
        orientation: UInt8? = nil, padding: Int = 0,
        factors: [UInt8] = [], stray: [UInt8] = []
    ) -> [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xD8]
        if let orientation {
            let exif =
                Array("Exif\0\0MM".utf8) + [
                    0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0,
                ]
                + [0, 0, 0, 0]
            bytes += segment(0xE1, exif)
        }
        for _ in 0..<padding { bytes += segment(0xE2, [UInt8](repeating: 7, count: 100)) }
        bytes += stray
        var content: [UInt8] = [8] + big(height, 2) + big(width, 2) + [components]
        for factor in factors.isEmpty ? [0x22] : factors { content += [1, factor, 0] }
        bytes += segment(frame, content)
        bytes += stray
        bytes += segment(0xDA, [inScan ?? components, 1, 0, 0, 63, 0])
        return bytes + [1, 2, 3]
    }

    private static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
        [0xFF, marker] + big(content.count + 2, 2) + content
    }

    static func png(
        width: Int = 640, height: Int = 480, depth: UInt8 = 8, colour: UInt8 = 2, interlace: UInt8 = 0
    ) -> [UInt8] {
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + big(width, 4)
            + big(height, 4) + [depth, colour, 0, 0, interlace, 1, 2, 3, 4]
    }

    static func gif(width: Int = 20, height: Int = 10, frames: Int = 1, pieces: Int = 2) -> [UInt8] {
        var bytes = Array("GIF89a".utf8) + little(width, 2) + little(height, 2) + [0x80, 0, 0] + [0, 0, 0, 9, 9, 9]
        for _ in 0..<frames {
            bytes += [0x21, 0xF9, 4, 0, 1, 0, 0, 0]
            bytes += [0x2C, 0, 0, 0, 0] + little(width, 2) + little(height, 2) + [0, 2]
            for _ in 0..<pieces { bytes += [3, 1, 2, 3] }
            bytes += [0]
        }
        return bytes + [0x3B]
    }

    static func webp(_ chunks: [(String, [UInt8])]) -> [UInt8] {
        var body: [UInt8] = []
        for (name, content) in chunks {
            body += Array(name.utf8) + little(content.count, 4) + content
            if content.count % 2 == 1 { body.append(0) }
        }
        return Array("RIFF".utf8) + little(body.count + 4, 4) + Array("WEBP".utf8) + body
    }

    static func lossyFrame(width: Int, height: Int) -> [UInt8] {
        [0, 0, 0, 0x9D, 0x01, 0x2A] + little(width, 2) + little(height, 2) + [0, 0]
    }

    static func canvas(width: Int, height: Int, flags: UInt8) -> (String, [UInt8]) {
        ("VP8X", [flags, 0, 0, 0] + little(width - 1, 3) + little(height - 1, 3))
    }

    /// - Parameter more: entries, by their tags in order.
    static func tiff(
        width: Int = 640, height: Int = 480, samples: Int = 3, bits: Int = 8, isBig: Bool = false,
        more: [(Int, Int)] = []
    ) -> [UInt8] {
        let number = isBig ? big : little
        let entries = [(256, width), (257, height), (258, bits), (277, samples)] + more
        let head: [UInt8] = isBig ? [0x4D, 0x4D, 0, 42] : [0x49, 0x49, 42, 0]
        var bytes = head + number(8, 4) + number(entries.count, 2)
        for (tag, value) in entries { bytes += number(tag, 2) + number(4, 2) + number(1, 4) + number(value, 4) }
        return bytes + [0, 0, 0, 0]
    }

    static func bigTIFF(_ entries: [(Int, Int)], isBig: Bool = false, kind: Int = 16) -> [UInt8] {
        let number = isBig ? big : little
        let head: [UInt8] = isBig ? [0x4D, 0x4D, 0, 43] : [0x49, 0x49, 43, 0]
        var bytes = head + number(8, 2) + number(0, 2) + number(16, 8) + number(entries.count, 8)
        for (tag, value) in entries { bytes += number(tag, 2) + number(kind, 2) + number(1, 8) + number(value, 8) }
        return bytes + number(0, 8)
    }

    static func avif(
        brand: String = "avif", sizes: [(Int, Int)] = [(640, 480)], isTurned: Bool = false, bits: UInt8 = 8
    ) -> [UInt8] {
        var properties = sizes.flatMap { box("ispe", [0, 0, 0, 0] + big($0.0, 4) + big($0.1, 4)) }
        properties += box("pixi", [0, 0, 0, 0, 3, bits, bits, bits])
        if isTurned { properties += box("irot", [1]) }
        let meta = [0, 0, 0, 0] + box("hdlr", [0, 0, 0, 0]) + box("iprp", box("ipco", properties))
        return box("ftyp", Array(brand.utf8) + [0, 0, 0, 0]) + box("meta", meta) + box("mdat", [1, 2, 3])
    }

    static func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
        big(content.count + 8, 4) + Array(name.utf8) + content
    }

    static func big(_ value: Int, _ length: Int) -> [UInt8] {
        (0..<length).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func little(_ value: Int, _ length: Int) -> [UInt8] { big(value, length).reversed() }

    /// One of each kind.
    static let all: [[UInt8]] = [
        jpeg(), jpeg(frame: 0xC2, orientation: 6), jpeg(padding: 20), png(), png(interlace: 1), gif(frames: 3), tiff(),
        tiff(isBig: true), bigTIFF([(256, 640), (257, 480)]), avif(),
        avif(brand: "heic", sizes: [(10, 10), (4000, 3000)], isTurned: true),
        webp([("VP8 ", lossyFrame(width: 640, height: 480))]),
        webp([canvas(width: 640, height: 480, flags: 2), ("ANMF", [1]), ("ANMF", [1, 2])]),
        Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), Array("%PDF-1.7".utf8),
    ]
}

extension PictureHeader {
    init?(of bytes: [UInt8]) { self.init(of: bytes.span.bytes) }
}
