import PictureHeaders
import Testing

struct PictureHeaderTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]
        let expected: String

        init(_ name: String, _ bytes: [UInt8], _ expected: String) {
            (self.name, self.bytes, self.expected) = (name, bytes, expected)
        }

        var testDescription: String { name }
    }

    static let cases = [
        Case("JPEG", Pictures.jpeg(), "jpeg 640x480"),
        Case("JPEG behind many segments", Pictures.jpeg(padding: 50), "jpeg 640x480"),
        Case("grey JPEG", Pictures.jpeg(components: 1), "jpeg 640x480 channels 1"),
        Case("progressive JPEG", Pictures.jpeg(frame: 0xC2), "jpeg 640x480 whole"),
        Case("JPEG whose colours come one after the other", Pictures.jpeg(inScan: 1), "jpeg 640x480 whole"),
        Case("turned JPEG", Pictures.jpeg(orientation: 6), "jpeg 640x480 turned"),
        Case("mirrored JPEG", Pictures.jpeg(orientation: 2), "jpeg 640x480"),
        Case("orientation that there is none of", Pictures.jpeg(orientation: 9), "jpeg 640x480"),
        Case("JPEG with a byte too many", Pictures.jpeg(padding: 1, stray: [0x41]), "jpeg 640x480"),
        Case("with fill bytes and stuffed ones", Pictures.jpeg(stray: [0xFF, 0xFF, 0, 0xFF]), "jpeg 640x480"),
        Case("with many", Pictures.jpeg(padding: 1, stray: [UInt8](repeating: 0, count: 400_000)), "jpeg 640x480"),
        Case(
            "of colours at half the resolution", Pictures.jpeg(factors: [0x22, 0x11, 0x11]), "jpeg 640x480 samples 1.5"),
        Case("of colours at full resolution", Pictures.jpeg(factors: [0x11, 0x11, 0x11]), "jpeg 640x480 samples 3.0"),
        Case("of factors that there are none of", Pictures.jpeg(factors: [0x22, 0, 0x11]), "jpeg 640x480"),
        Case("the largest JPEG", Pictures.jpeg(width: 65_535, height: 65_535), "jpeg 65535x65535"),
        Case("PNG", Pictures.png(), "png 640x480 lossless"),
        Case("interlaced PNG", Pictures.png(interlace: 1), "png 640x480 whole lossless"),
        Case(
            "PNG with 16 bits and alpha", Pictures.png(depth: 16, colour: 6), "png 640x480 channels 4 bits 16 lossless"),
        Case("PNG of one bit", Pictures.png(depth: 1, colour: 0), "png 640x480 channels 1 lossless"),
        Case(
            "PNG larger than any", Pictures.png(width: 0xFFFF_FFFF, height: 0xFFFF_FFFF),
            "png 4294967295x4294967295 lossless"),
        Case("GIF", Pictures.gif(), "gif 20x10 channels 4 lossless"),
        Case("animated GIF", Pictures.gif(frames: 44), "gif 20x10 frames 44 channels 4 lossless"),
        Case(
            "GIF with more frames than are counted", Pictures.gif(frames: 10_500),
            "gif 20x10 frames 10000 channels 4 lossless"),
        Case("lossy WebP", Pictures.webp([("VP8 ", Pictures.lossyFrame(width: 640, height: 480))]), "webp 640x480"),
        Case(
            "lossless WebP", Pictures.webp([("VP8L", [0x2F, 0x7F, 0xC2, 0x77, 0x00])]),
            "webp 640x480 channels 4 lossless"),
        Case(
            "extended WebP",
            Pictures.webp([Pictures.canvas(width: 9, height: 7, flags: 0x10), ("ALPH", [1]), ("VP8 ", [1])]),
            "webp 9x7 channels 4"),
        Case(
            "animated WebP",
            Pictures.webp([Pictures.canvas(width: 9, height: 7, flags: 2), ("ANIM", [1]), ("ANMF", [1]), ("ANMF", [])]),
            "webp 9x7 frames 2 channels 4"),
        Case("TIFF", Pictures.tiff(), "tiff 640x480"),
        Case(
            "TIFF of the other order", Pictures.tiff(samples: 4, bits: 16, isBig: true),
            "tiff 640x480 channels 4 bits 16"),
        Case("TIFF that comes line by line", Pictures.tiff(more: [(259, 5), (278, 480)]), "tiff 640x480"),
        Case("TIFF of a fax", Pictures.tiff(more: [(259, 4), (278, 480)]), "tiff 640x480"),
        Case(
            "TIFF of subsampled colours", Pictures.tiff(more: [(259, 5), (262, 6), (278, 480)]),
            "tiff 640x480 blocks 480"),
        Case("TIFF of strips of JPEG", Pictures.tiff(more: [(259, 7), (278, 16)]), "tiff 640x480 blocks 16"),
        Case("TIFF of one strip of JPEG", Pictures.tiff(more: [(259, 7)]), "tiff 640x480 blocks 480"),
        Case("TIFF of planes", Pictures.tiff(more: [(278, 48), (284, 2)]), "tiff 640x480 blocks 48"),
        Case("TIFF of tiles", Pictures.tiff(more: [(259, 8), (323, 256)]), "tiff 640x480 blocks 256"),
        Case("BigTIFF", Pictures.bigTIFF([(256, 640), (257, 480), (277, 3)]), "tiff 640x480"),
        Case(
            "BigTIFF of the other order",
            Pictures.bigTIFF([(256, 640), (257, 480), (259, 7), (277, 4), (278, 16)], isBig: true),
            "tiff 640x480 channels 4 blocks 16"),
        Case(
            "BigTIFF wider than a TIFF", Pictures.bigTIFF([(256, 5_000_000_000), (257, 1)]),
            "tiff 5000000000x1 channels 1"),
        Case("TIFF of tiles of nothing", Pictures.tiff(more: [(323, 0)]), "tiff 640x480"),
        Case("AVIF", Pictures.avif(), "avif 640x480"),
        Case("AVIF of ten bits", Pictures.avif(bits: 10), "avif 640x480 bits 16"),
        Case(
            "HEIC of tiles", Pictures.avif(brand: "heic", sizes: [(512, 512), (4032, 3024), (320, 240)]),
            "heic 4032x3024"),
        Case("turned HEIC", Pictures.avif(brand: "mif1", isTurned: true), "heic 640x480 turned"),
        Case("SVG", Array("\u{FEFF} <?xml version='1.0'?>\n<svg/>".utf8), "svg 0x0"),
        Case("PDF", Array("%PDF-1.4".utf8), "pdf 0x0"),
    ]

    @Test(arguments: cases)
    func whatTheHeaderSays(_ one: Case) throws {
        let header = try #require(PictureHeader(of: one.bytes))
        #expect(header.summary == one.expected)
    }

    @Test(
        arguments: [
            [], [0xFF], [0xFF, 0xD8, 0xFF], Array("GIF89a".utf8), Array("RIFF\0\0\0\0WEBP".utf8),
            Array("<html><svg/>".utf8),
            Array("....ftypmp42".utf8), Array("....ftypavif".utf8), Pictures.png(width: 0), Pictures.jpeg(width: 0),
            Array(Pictures.jpeg().prefix(6)), Pictures.jpeg(stray: [0x41]),
            Pictures.jpeg(padding: 1, stray: [UInt8](repeating: 0, count: 1_000_001)),
            [0x49, 0x49, 0x2A, 0, 0xFF, 0xFF, 0xFF, 0xFF], Array("8BPS".utf8),
            [0x49, 0x49, 0x2B, 0, 8, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 40),
            [0x49, 0x49, 0x2B, 0, 8, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 7) + [0x7F, 0, 0],
            Pictures.bigTIFF([(256, -1), (257, .min)]),
        ] as [[UInt8]])
    func whatIsNoPictureHasNoHeader(_ bytes: [UInt8]) {
        #expect(PictureHeader(of: bytes) == nil)
    }

    @Test(
        arguments: [
            ([0xFF, 0xD8, 0xFF], .jpeg), ([0xFF, 0xD8, 0xFE], nil), ([0xFF, 0xD8], nil),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png),
            (Array("GIF87a".utf8), .gif), (Array("RIFF....WEBP".utf8), .webp), ([0x4D, 0x4D, 0, 0x2A], .tiff),
            (Array("....ftypavis".utf8), .avif), (Array("....ftypmif1".utf8), .heic), (Array("....ftypmp42".utf8), nil),
            (Array("%PDF".utf8), .pdf), (Array("\u{FEFF}\n<!-- a --><svg".utf8), .svg), (Array("a <svg".utf8), nil),
            (Array("<!DOCTYPE html><HTML><svg/>".utf8), nil), (Array("<svg><html/>".utf8), nil),
            (Array(("<?xml?>" + String(repeating: " ", count: 1_013) + "<svg").utf8), .svg),
            (Array(("<?xml?>" + String(repeating: " ", count: 1_014) + "<svg").utf8), nil), ([], nil),
        ] as [([UInt8], PictureHeader.Kind?)])
    func kinds(_ bytes: [UInt8], _ kind: PictureHeader.Kind?) {
        #expect(PictureHeader.Kind(of: bytes.span.bytes) == kind)
    }

    private static func wide(_ text: String) -> [UInt8] {
        [0xFF, 0xFE] + text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    @Test(
        arguments: [
            (Array("<x:svg xmlns:x='http://www.w3.org/2000/svg'/>".utf8), true),
            (Array(("<!--" + String(repeating: " ", count: 5_000) + "--><svg/>").utf8), true),
            (Array((String(repeating: "\r\n", count: 5_000) + "<svg/>").utf8), true),
            (Array("\u{FEFF} \t<svg/>".utf8), true), (wide("<svg/>"), true), ([0xFE, 0xFF, 0, 0x3C], true),
            (Array("<svg><foreignObject><html/></foreignObject></svg>".utf8), true), ([0x1F, 0x8B, 8], true),
            (Array("<!DOCTYPE html>\n<HTML><svg/>".utf8), false), (Array(" <html><svg/>".utf8), false),
            (wide("\n<!doctype html><html>"), false),
            (Array("a <svg".utf8), false), (Array("%PDF-1.4".utf8), false), (Array("8BPS".utf8), false), ([], false),
            ([0x1F], false), ([0xFF], false), (Array("   ".utf8), false),
        ] as [([UInt8], Bool)])
    func whatMayBeADrawing(_ bytes: [UInt8], _ mayBe: Bool) {
        #expect(PictureHeader.Kind.mayBeDrawing(bytes.span.bytes) == mayBe)
    }

    /// Every beginning of every kind: none traps, and what is told is never more than the whole tells.
    @Test(arguments: Pictures.all)
    func beginningsOfAFile(_ bytes: [UInt8]) {
        for count in 0...bytes.count {
            let part = Array(bytes.prefix(count))
            guard let header = PictureHeader(of: part) else { continue }
            #expect(header.frames >= 1 && header.pixels >= 0)
        }
    }

    /// Any byte of a head may be anything.
    @Test(arguments: Pictures.all)
    func changedBytes(_ bytes: [UInt8]) {
        for index in bytes.indices {
            for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFE, 0xFF] {
                var changed = bytes
                changed[index] = value
                guard let header = PictureHeader(of: changed) else { continue }
                #expect((1...10_000).contains(header.frames) && (1...5).contains(header.channels))
                #expect((1...8).contains(header.orientation))
            }
        }
    }

    @Test func arbitraryBytes() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<3_000 {
            var bytes = Pictures.all.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 1...20) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count)] = UInt8.random(in: 0...255)
            }
            bytes += (0..<Int.random(in: 0...64)).map { _ in UInt8.random(in: 0...255) }
            _ = PictureHeader(of: bytes)
        }
    }

    @Test func boxesInsideEachOtherWithoutEnd() {
        var nested: [UInt8] = []
        for _ in 0..<2_000 { nested = Pictures.box("meta", [0, 0, 0, 0] + nested) }
        let bytes = Pictures.box("ftyp", Array("avif".utf8)) + nested
        #expect(PictureHeader(of: bytes) == nil)
    }

    @Test func pixelsNeverOverflow() throws {
        let bytes = Pictures.avif(sizes: [(0xFFFF_FFFF, 0xFFFF_FFFF)])
        #expect(try #require(PictureHeader(of: bytes)).pixels == .max)
    }
}

extension PictureHeader {
    /// What is not as usual.
    fileprivate var summary: String {
        var words = ["\(kind.rawValue) \(width)x\(height)"]
        if frames > 1 { words.append("frames \(frames)") }
        if channels != 3 { words.append("channels \(channels)") }
        if let samplesPerPixel { words.append("samples \(samplesPerPixel)") }
        if bitsPerChannel != 8 { words.append("bits \(bitsPerChannel)") }
        if isHeldWhole { words.append("whole") }
        if blockLines != 1 { words.append("blocks \(blockLines)") }
        if isLossless { words.append("lossless") }
        if orientationSwapsSides { words.append("turned") }
        return words.joined(separator: " ")
    }
}
