/// A media type without parameters, in lower case, such as `image/webp`.
package struct MediaType: Sendable, Hashable, CustomStringConvertible {
    /// `type/subtype`
    package let description: String

    private init(_ description: String) {
        self.description = description
    }

    /// Reads the value of `Content-Type`, leaving its parameters out.
    package init?(parsing text: String) {
        guard text.utf8.count <= 1024 else { return nil }
        var scanner = FieldScanner(text)
        scanner.skipSpaces()
        guard let type = scanner.token(), scanner.skip(UInt8(ascii: "/")), let subtype = scanner.token() else {
            return nil
        }
        scanner.skipSpaces()
        guard scanner.isAtEnd || scanner.skip(UInt8(ascii: ";")) else { return nil }
        self.init("\(type)/\(subtype)")
    }

    /// The type of a file by its name's extension, `application/octet-stream` when that is unknown.
    package init(path: String) {
        let name =
            path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? path.utf8[...]
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex,
            name.endIndex > name.index(after: dot)
        else {
            self = .bytes
            return
        }
        self = MediaType(fileExtension: String(Substring(name[name.index(after: dot)...]))) ?? .bytes
    }

    /// The type that a file's extension stands for, without its dot, in any case.
    package init?(fileExtension: String) {
        guard let known = Self.byExtension[fileExtension.lowercased()] else { return nil }
        self.init(known)
    }

    package static let avif = MediaType("image/avif")
    package static let webp = MediaType("image/webp")
    package static let svg = MediaType("image/svg+xml")
    package static let bytes = MediaType("application/octet-stream")
    package static let html = MediaType("text/html")

    private static let byExtension: [String: String] = [
        "avif": "image/avif", "bmp": "image/bmp", "gif": "image/gif", "heic": "image/heic", "heif": "image/heif",
        "ico": "image/x-icon", "jfif": "image/jpeg", "jp2": "image/jp2", "jpe": "image/jpeg", "jpeg": "image/jpeg",
        "jpg": "image/jpeg", "jxl": "image/jxl", "png": "image/png", "apng": "image/apng", "svg": "image/svg+xml",
        "tif": "image/tiff", "tiff": "image/tiff", "webp": "image/webp", "psd": "image/vnd.adobe.photoshop",
        "ai": "application/postscript", "eps": "application/postscript", "pdf": "application/pdf",
        "3gp": "video/3gpp", "avi": "video/x-msvideo", "m3u8": "application/vnd.apple.mpegurl",
        "mov": "video/quicktime",
        "mp4": "video/mp4", "m4v": "video/mp4", "mpd": "application/dash+xml", "mpeg": "video/mpeg",
        "mpg": "video/mpeg",
        "mts": "video/mp2t", "ogv": "video/ogg", "ts": "video/mp2t", "webm": "video/webm", "aac": "audio/aac",
        "flac": "audio/flac", "m4a": "audio/mp4", "mid": "audio/midi", "midi": "audio/midi", "mp3": "audio/mpeg",
        "ogg": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav", "css": "text/css", "csv": "text/csv",
        "htm": "text/html", "html": "text/html", "js": "text/javascript", "mjs": "text/javascript",
        "json": "application/json", "md": "text/markdown", "srt": "application/x-subrip", "txt": "text/plain",
        "vtt": "text/vtt", "wasm": "application/wasm", "webmanifest": "application/manifest+json",
        "xml": "application/xml",
        "otf": "font/otf", "ttf": "font/ttf", "woff": "font/woff", "woff2": "font/woff2",
        "7z": "application/x-7z-compressed",
        "bz2": "application/x-bzip2", "gz": "application/gzip", "rar": "application/vnd.rar",
        "tar": "application/x-tar",
        "tgz": "application/gzip", "zip": "application/zip", "doc": "application/msword",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls": "application/vnd.ms-excel",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]
}
