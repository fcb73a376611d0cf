/// What the first bytes of a file say beyond what libvips' loaders and `PictureHeader.Kind` tell.
enum KnownKind {
    /// The name of a kind of picture that ImageKit decodes and that is kept out here (design §5); `nil` for all else.
    static func notDecoded(_ bytes: RawSpan) -> String? {
        // gzip, RFC 1952 §2.3.1. libvips would look into it for an SVG, with a loop that never ends when the file is
        // cut short, and without a limit to what it unpacks.
        if begins(bytes, with: [0x1F, 0x8B]) { return "SVGZ" }
        if begins(bytes, with: "8BPS") { return "PSD" }
        // Illustrator's old files too; its newer ones are PDF inside.
        if begins(bytes, with: "%!PS") { return "EPS" }
        return nil
    }

    /// Whether it is text that begins with markup, perhaps of two bytes a character: an SVG, if it is a picture at all.
    static func isMarkup(_ bytes: RawSpan) -> Bool {
        if begins(bytes, with: [0xFE, 0xFF]) || begins(bytes, with: [0xFF, 0xFE]) { return true }
        return bytes.withUnsafeBytes { bytes in
            let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
            return text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "<")
        }
    }

    /// Whether an svg element is named among its first ones.
    static func namesSVG(_ bytes: RawSpan) -> Bool {
        bytes.withUnsafeBytes { String(decoding: $0.prefix(4096).filter { $0 != 0 }, as: UTF8.self).contains("svg") }
    }

    private static func begins(_ bytes: RawSpan, with text: String) -> Bool { begins(bytes, with: Array(text.utf8)) }

    private static func begins(_ bytes: RawSpan, with start: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { $0.starts(with: start) }
    }
}
