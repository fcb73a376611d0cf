/// `Content-Disposition` for a download (RFC 6266).
package enum ContentDisposition {
    /// In characters; file systems take 255 bytes.
    private static let nameLimit = 120

    /// `attachment; filename="fallback"`, with `filename*` (RFC 8187) where the name is more than plain ASCII.
    ///
    /// The last path segment is taken; control, format (such as those that turn the direction of text) and
    /// surrogate-like characters are dropped, as are characters that some file system forbids; a name that nothing is
    /// left of is `download`.
    package static func attachment(name: String) -> String {
        let clean = sanitised(name)
        let fallback = String(
            String.UnicodeScalarView(clean.unicodeScalars.map { $0.isASCII && $0 != "%" ? $0 : "_" })
        )
        guard fallback != clean else { return "attachment; filename=\"\(fallback)\"" }
        return "attachment; filename=\"\(fallback)\"; filename*=UTF-8''\(percentEncoded(clean))"
    }

    private static func sanitised(_ name: String) -> String {
        let segment = name.unicodeScalars.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last
        var kept = String.UnicodeScalarView()
        for scalar in segment ?? Substring.UnicodeScalarView() where kept.count < nameLimit && !isForbidden(scalar) {
            kept.append(scalar)
        }
        // Leading dots hide a file or climb; trailing dots and spaces are dropped by some systems.
        while let first = kept.first, first == "." || first == " " { kept.removeFirst() }
        while let last = kept.last, last == "." || last == " " { kept.removeLast() }
        return kept.isEmpty ? "download" : String(kept)
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: true
        default: "\":*?<>|".unicodeScalars.contains(scalar)
        }
    }

    /// Everything but `attr-char` of RFC 8187 §3.2.1 as `%HH` of its UTF-8.
    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            let isPlain = byte.isTokenCharacter && !"*'%".utf8.contains(byte)
            bytes += isPlain ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
