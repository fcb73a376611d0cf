import HTTPRules

/// What browsers may make of what goes out under the name of whoever delivers pictures, and is often somebody else's: of a
/// web proxy all of it is a stranger's.
///
/// Pictures are seen, and nothing else; what only programs and pages ask for goes out plainly; what a browser would show
/// as a page is saved instead; and all other things are shown without scripts, without the name's cookies and without
/// anything that they refer to.
struct ContentPolicy: Equatable {
    /// The value of `Content-Security-Policy`; `nil` for what runs nothing by itself.
    let security: String?
    /// Whether it is saved and not shown, unless it was asked for inside a page.
    let isSaved: Bool

    /// - Parameter contentType: as it stands in the header.
    init(for contentType: String) {
        let kind = MediaType(parsing: contentType).map { Kind($0) } ?? .document
        isSaved = kind == .document
        security =
            switch kind {
            case .plain: nil
            // Sanitised. Its own styles, and the pictures inside it.
            case .drawing: "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
            case .document: "default-src 'none'; sandbox"
            case .other: "sandbox"
            }
    }

    private enum Kind {
        /// Pictures of pixels, and what pages and programs are made of: by itself a browser shows it as text, or saves it.
        /// PDF too: browsers' viewers have no right to anything, and Chromium's refuses what is sandboxed.
        case plain
        case drawing
        /// What a browser would run under the name that it came from.
        case document
        /// Texts, films, sounds, and what nobody knows.
        case other

        init(_ type: MediaType) {
            let text = type.description
            let parts = text.split(separator: "/", maxSplits: 1)
            let (family, kind) = (parts.first ?? "", parts.last ?? "")
            if type == .svg {
                self = .drawing
            } else if Self.documentFamilies.contains(family) || Self.documentTypes.contains(text) || kind == "xml"
                || kind.hasSuffix("+xml") || kind.hasPrefix("xml-") || kind.contains("html")
            {
                self = .document
            } else if family == "image" || family == "font" || Self.plainTypes.contains(text) || kind.hasSuffix("+json")
            {
                self = .plain
            } else {
                self = .other
            }
        }

        /// Archives of pages, each part of which says for itself what it is.
        private static let documentFamilies: Set<Substring> = ["multipart", "message"]

        private static let documentTypes: Set<String> = [
            "text/xsl", "application/xslt", "application/hta", "application/x-mimearchive", "text/x-component",
            "application/x-shockwave-flash", "text/vnd.wap.wml", "text/rdf", "application/x-java-applet",
        ]

        private static let plainTypes: Set<String> = [
            "application/pdf", "application/json", "application/wasm", "text/css", "text/javascript",
            "application/javascript", "application/x-javascript", "application/ecmascript", "text/ecmascript",
            "application/vnd.ms-fontobject", "application/font-woff", "application/x-font-ttf",
            "application/x-font-opentype", "application/x-font-woff",
        ]
    }
}
