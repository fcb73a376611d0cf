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
}
