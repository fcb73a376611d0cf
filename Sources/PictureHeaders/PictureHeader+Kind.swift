extension PictureHeader {
    package enum Kind: String, Sendable, CaseIterable {
        case jpeg, png, gif, webp, tiff, avif, heic, svg, pdf

        /// By the first bytes alone; that the rest is as good is not said.
        ///
        /// - Parameter bytes: the first `searchLength` of them or more, fewer where there are no more.
        /// - Returns: `nil` where they are of no kind that is read here.
        package init?(of bytes: RawSpan) {
            self.init(HeaderBytes(bytes))
        }

        init?(_ bytes: borrowing HeaderBytes) {
            if bytes.has([0xFF, 0xD8, 0xFF], at: 0) {
                self = .jpeg
            } else if bytes.has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], at: 0) {
                self = .png
            } else if bytes.has("GIF87a", at: 0) || bytes.has("GIF89a", at: 0) {
                self = .gif
            } else if bytes.has("RIFF", at: 0), bytes.has("WEBP", at: 8) {
                self = .webp
            } else if Self.tiffMarks.contains(where: { bytes.has($0, at: 0) }) {
                self = .tiff
            } else if bytes.has("ftyp", at: 4) {
                guard let kind = Self.ofBrand(bytes) else { return nil }
                self = kind
            } else if bytes.has("%PDF", at: 0) {
                self = .pdf
            } else if Self.isSVG(bytes) {
                self = .svg
            } else {
                return nil
            }
        }

        /// TIFF 6.0 and BigTIFF, of either order of bytes.
        private static let tiffMarks: [[UInt8]] = [
            [0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0x49, 0x49, 0x2B, 0], [0x4D, 0x4D, 0, 0x2B],
        ]

        /// How far into a file the beginning of an SVG is looked for.
        package static let searchLength = 1024

        /// The major brands that are pictures, by what decodes them (ISO/IEC 14496-12 §4.3).
        private static let brands: [String: Self] = [
            "avif": .avif, "avis": .avif, "heic": .heic, "heix": .heic, "hevc": .heic, "heim": .heic, "heis": .heic,
            "mif1": .heic, "msf1": .heic,
        ]

        private static func ofBrand(_ bytes: borrowing HeaderBytes) -> Self? {
            brands[String(decoding: (8..<12).compactMap { bytes.byte(at: $0) }, as: UTF8.self)]
        }

        /// Text that begins with markup and has an svg element among its first; a web page that shows one is none.
        private static func isSVG(_ bytes: borrowing HeaderBytes) -> Bool {
            let text = String(decoding: bytes.prefix(searchLength), as: UTF8.self)
            let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
            guard start.hasPrefix("<svg") || start.hasPrefix("<?xml") || start.hasPrefix("<!") else { return false }
            return start.contains("<svg") && !start.lowercased().contains("<html")
        }
    }

    /// The kinds that an installation can switch off, because what decodes them is large and seldom needed.
    package enum OptionalKind: String, Sendable, CaseIterable {
        case svg, pdf, heic
    }
}
