import Glibc

/// What libraries read after their start, when a job needs it: nothing of an installation, a user or a secret.
enum NeededFiles {
    static var list: [String] { fonts + characters + found(pictures) }

    /// Fonts for layers, SVG and PDF; the settings by which fontconfig finds those of SVG and PDF, and its caches.
    private static let fonts = [
        "/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts", "/usr/share/fontconfig", "/var/cache/fontconfig",
    ]
    /// How PDFs spell Chinese, Japanese and Korean texts (package poppler-data).
    private static let characters = ["/usr/share/poppler"]
    /// gdk-pixbuf's loaders of pictures inside an SVG, and glibc's tables of old encodings for its text.
    private static let pictures = ["/usr/lib/*/gdk-pixbuf-2.0", "/usr/lib/*/gconv"]

    private static func found(_ patterns: [String]) -> [String] {
        patterns.flatMap { pattern in
            var matches = glob_t()
            defer { globfree(&matches) }
            guard glob(pattern, 0, nil, &matches) == 0 else { return [String]() }
            return (0..<Int(matches.gl_pathc)).compactMap { matches.gl_pathv[$0].map { String(cString: $0) } }
        }
    }
}
