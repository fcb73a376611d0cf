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

    /// Whether an svg element is named among its first ones.
    static func namesSVG(_ bytes: RawSpan) -> Bool {
        bytes.withUnsafeBytes { String(decoding: $0.prefix(4096).filter { $0 != 0 }, as: UTF8.self).contains("svg") }
    }

    private static func begins(_ bytes: RawSpan, with text: String) -> Bool { begins(bytes, with: Array(text.utf8)) }

    private static func begins(_ bytes: RawSpan, with start: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { $0.starts(with: start) }
    }
}
