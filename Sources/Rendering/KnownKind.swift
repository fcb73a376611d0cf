/// What the first bytes of a file say beyond what libvips' loaders tell.
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

    static func isPDF(_ bytes: RawSpan) -> Bool { begins(bytes, with: "%PDF") }

    /// Whether an ISO base media file names AVIF as its major brand (ISO/IEC 14496-12 §4.3).
    static func isAVIF(_ bytes: RawSpan) -> Bool {
        ["avif", "avis"].contains { contains($0, at: 8, bytes) }
    }

    private static func begins(_ bytes: RawSpan, with text: String) -> Bool { contains(text, at: 0, bytes) }

    private static func begins(_ bytes: RawSpan, with start: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { $0.starts(with: start) }
    }

    private static func contains(_ text: String, at offset: Int, _ bytes: RawSpan) -> Bool {
        bytes.withUnsafeBytes { $0.dropFirst(offset).starts(with: text.utf8) }
    }
}
