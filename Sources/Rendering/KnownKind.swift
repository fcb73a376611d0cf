/// What the first bytes of a file say beyond what libvips' loaders tell.
enum KnownKind {
    /// The name of a kind of picture that ImageKit decodes and that is kept out here (design §5); `nil` for all else.
    static func notDecoded(_ bytes: RawSpan) -> String? {
        if begins(bytes, with: "8BPS") { return "PSD" }
        if begins(bytes, with: "%!PS") { return "EPS" }
        // Illustrator's files are PDF inside.
        if begins(bytes, with: "%PDF") { return "PDF" }
        return nil
    }

    /// Whether an ISO base media file names AVIF as its major brand (ISO/IEC 14496-12 §4.3).
    static func isAVIF(_ bytes: RawSpan) -> Bool {
        ["avif", "avis"].contains { contains($0, at: 8, bytes) }
    }

    private static func begins(_ bytes: RawSpan, with text: String) -> Bool { contains(text, at: 0, bytes) }

    private static func contains(_ text: String, at offset: Int, _ bytes: RawSpan) -> Bool {
        let text = [UInt8](text.utf8)
        guard bytes.byteCount >= offset + text.count else { return false }
        return bytes.withUnsafeBytes { $0[offset..<offset + text.count].elementsEqual(text) }
    }
}
