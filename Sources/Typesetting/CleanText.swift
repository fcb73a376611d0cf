import CPango

/// A text without what must not reach the typesetter, composed (NFC), and what was seen on the way.
struct CleanText {
    private(set) var utf8 = ""
    /// After composing, which also makes several scalars of one.
    private(set) var scalars = 0
    /// The language, as a BCP 47 tag, whose forms Chinese characters take; the scripts beside them tell.
    private(set) var language = "en"

    init(_ text: String) throws(TypesettingError) {
        let bytes = text.utf8.count
        guard bytes <= TextLimits.textBytes else {
            throw .textTooLong(bytes: bytes, maximum: TextLimits.textBytes)
        }
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            // CR LF is one end.
            if !(scalar == "\n" && previous == "\r") { append(scalar) }
            previous = scalar
        }
        utf8 = Self.composed(utf8)
        scalars = utf8.unicodeScalars.count
    }

    /// Canonical composition (NFC): fonts have more letters with marks than marks.
    private static func composed(_ text: String) -> String {
        guard let composed = g_utf8_normalize(text, -1, G_NORMALIZE_NFC) else { return text }
        defer { g_free(composed) }
        return String(cString: composed)
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        guard let kept = Self.kept(scalar) else { return }
        utf8.unicodeScalars.append(kept)
        if let hint = Self.languageHint(kept), language == "en" || language == "zh-cn" { language = hint }
    }

    private static func kept(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case "\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}": return "\n"
        case "\t": return " "
        // A byte order mark, and the marks of things that are not text.
        case "\u{FEFF}", "\u{FFF9}"..."\u{FFFC}": return nil
        default: break
        }
        let properties = scalar.properties
        return properties.generalCategory == .control || properties.isNoncharacterCodePoint ? nil : scalar
    }

    private static func languageHint(_ scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case ..<0x1100: nil
        case 0x3041...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9F: "ja"
        case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7FF: "ko"
        case 0x3100...0x312F, 0x31A0...0x31BF: "zh-tw"
        case 0x3400...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: "zh-cn"
        default: nil
        }
    }
}
