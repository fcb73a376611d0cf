import FirstInputs
import HTTPRules

/// Accept, media types, tags for purges, names of downloads.
enum Pieces {
    static func check(_ text: String) {
        checkAccept(text)
        checkMediaType(text)
        checkCacheTags(text)
        checkDownload(text)
    }

    private static func checkAccept(_ text: String) {
        let lower = text.lowercased()
        let header = AcceptHeader(text)
        expect(!header.acceptsWebP || lower.contains("image/webp"), "WebP is not named: \(text)")
        expect(!header.acceptsAVIF || lower.contains("image/avif"), "AVIF is not named: \(text)")
        expect(!AcceptHeader("image/webp;q=0, " + text).acceptsWebP, "what is refused is accepted: \(text)")
        if text.utf8.count < 8000 {
            expect(
                AcceptHeader("image/avif, " + text).acceptsAVIF || lower.contains("image/avif"), "not heard: \(text)")
        }
    }

    private static func checkMediaType(_ text: String) {
        if let type = MediaType(parsing: text) {
            let written = type.description
            expect(MediaType(parsing: written) == type, "a type is read back as another one: \(text)")
            let isPlain = written.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !(65...90).contains($0) }
            expect(isPlain && !written.contains(";"), "a type that cannot stand in a header: \(text)")
        }
        let type = MediaType(path: text)
        expect(MediaType(parsing: type.description) == type, "a type that cannot be read: \(type)")
    }

    private static func checkCacheTags(_ text: String) {
        let tags = CacheTags.read(cacheTag: text, surrogateKey: text)
        expect(tags.count <= CacheTags.countLimit && Set(tags).count == tags.count, "too many tags: \(tags)")
        expect(tags.allSatisfy(CacheTags.isTag), "no tags: \(tags)")
        expect(CacheTags.read(cacheTag: tags.joined(separator: ","), surrogateKey: nil) == tags, "other tags: \(tags)")
    }

    /// One line, with one name that is quoted and leaves no folder.
    private static func checkDownload(_ text: String) {
        let field = ContentDisposition.attachment(name: text)
        expect(field.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "a field that is not plain: \(field)")
        let parts = field.split(separator: "\"", omittingEmptySubsequences: false)
        expect(parts.count == 3 && parts[0] == "attachment; filename=", "another field: \(field)")
        expect(!parts[1].isEmpty && parts[1].first != ".", "a name that is hidden: \(field)")
        expect(!parts[1].contains { "/\\:*?<>|%".contains($0) }, "a name that leads elsewhere: \(field)")
        expect(parts[2].isEmpty || parts[2].hasPrefix("; filename*=UTF-8''"), "another field: \(field)")
    }
}
