/// How files of each kind begin; the numbers in them say 300 × 200.
enum Beginnings {
    static let words = [
        "\u{89}PNG", "IHDR", "acTL", "IDAT", "GIF89a", "NETSCAPE2.0", "RIFF", "WEBP", "VP8 ", "VP8L", "VP8X", "ANIM",
        "ANMF", "ftyp",
        "avif", "avis", "heic", "mif1", "meta", "iprp", "ipco", "ispe", "pixi", "irot", "iloc", "pitm", "Exif",
        "%PDF-1.4", "<svg", "<?xml",
        "\u{0}\u{0}\u{0}\u{0}", "\u{0}\u{0}\u{0}\u{1}",
    ]

    static let all: [[UInt8]] =
        [jpeg, jpegWithOrientation, png, gif, webp, webpLossless, webpExtended, tiff, bigEndianTIFF, avif] + texts

    private static let texts = ["%PDF-1.7\n", " <svg width=\"3\">", "<?xml version=\"1.0\"?><!-- a --><svg"].map {
        Array($0.utf8)
    }

    private static let frame: [UInt8] = [0xFF, 0xC0, 0, 17, 8, 0, 200, 1, 44, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]
    private static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0] + frame + [0xFF, 0xDA, 0, 2]
    private static let jpegWithOrientation: [UInt8] =
        [0xFF, 0xD8, 0xFF, 0xE1, 0, 34] + Array("Exif".utf8) + [0, 0]
        + [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]
        + [0xFF, 0xC2] + frame.dropFirst(2) + [0xFF, 0xDA, 0, 2]
    private static let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        + [0, 0, 1, 44, 0, 0, 0, 200, 8, 6, 0, 0, 1, 1, 2, 3, 4]
    private static let gif: [UInt8] =
        Array("GIF89a".utf8) + [44, 1, 200, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
        + [0x21, 0xF9, 4, 0, 10, 0, 0, 0, 0x2C, 0, 0, 0, 0, 44, 1, 200, 0, 0, 2, 2, 0x44, 1, 0, 0x3B]
    private static let webp: [UInt8] =
        Array("RIFF".utf8) + [30, 0, 0, 0] + Array("WEBPVP8 ".utf8)
        + [18, 0, 0, 0, 0x30, 1, 0, 0x9D, 1, 0x2A, 44, 1, 200, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    private static let webpLossless: [UInt8] =
        Array("RIFF".utf8) + [20, 0, 0, 0] + Array("WEBPVP8L".utf8) + [
            8, 0, 0, 0, 0x2F, 0x2B, 0xC1, 0x31, 0x10, 0, 0, 0,
        ]
    private static let webpExtended: [UInt8] =
        Array("RIFF".utf8) + [60, 0, 0, 0] + Array("WEBPVP8X".utf8) + [10, 0, 0, 0, 2, 0, 0, 0, 43, 1, 0, 199, 0, 0]
        + Array("ANIM".utf8) + [6, 0, 0, 0, 0, 0, 0, 0, 0, 0] + Array("ANMF".utf8) + [16, 0, 0, 0]
        + [UInt8](repeating: 0, count: 16)
    private static let tiff: [UInt8] =
        [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 3, 0]
        + [0, 1, 3, 0, 1, 0, 0, 0, 44, 1, 0, 0, 1, 1, 3, 0, 1, 0, 0, 0, 200, 0, 0, 0]
        + [0x15, 1, 3, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]
    private static let bigEndianTIFF: [UInt8] =
        [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 2]
        + [1, 0, 0, 4, 0, 0, 0, 1, 0, 0, 1, 44, 1, 1, 0, 4, 0, 0, 0, 1, 0, 0, 0, 200, 0, 0, 0, 0]
    private static let avif: [UInt8] =
        [0, 0, 0, 24] + Array("ftypavif".utf8) + [0, 0, 0, 0] + Array("mif1miaf".utf8)
        + box("meta", [0, 0, 0, 0] + box("pitm", [0, 0, 0, 0, 0, 1]) + box("iprp", box("ipco", size)))
    private static let size =
        box("ispe", [0, 0, 0, 0, 0, 0, 1, 44, 0, 0, 0, 200]) + box("pixi", [0, 0, 0, 0, 3, 8, 8, 8])

    private static func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let count = UInt8(truncatingIfNeeded: content.count + 8)
        return [0, 0, 0, count] + Array(name.utf8) + content
    }
}
