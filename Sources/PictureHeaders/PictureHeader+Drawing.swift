extension PictureHeader.Kind {
    /// Whether bytes of which this does not know the kind may be a drawing nevertheless, which only reading all of them
    /// tells: behind a long comment, with a prefix, of two bytes a character, or packed. A web page is none.
    ///
    /// - Parameter bytes: the first `searchLength` of them or more, fewer where there are no more.
    package static func mayBeDrawing(_ bytes: RawSpan) -> Bool {
        mayBeDrawing(HeaderBytes(bytes))
    }

    /// Whether it is text that begins with markup, perhaps of two bytes a character: an SVG, if it is a picture at all.
    package static func isMarkup(_ bytes: RawSpan) -> Bool { startOfMarkup(HeaderBytes(bytes)) != nil }

    private static func mayBeDrawing(_ bytes: borrowing HeaderBytes) -> Bool {
        // gzip, RFC 1952 §2.3.1.
        if bytes.has([0x1F, 0x8B], at: 0) { return true }
        guard let start = startOfMarkup(bytes) else { return false }
        return !isPage(bytes, from: start)
    }

    private static func startOfMarkup(_ bytes: borrowing HeaderBytes) -> Int? {
        if bytes.has([0xFE, 0xFF], at: 0) || bytes.has([0xFF, 0xFE], at: 0) { return 2 }
        var start = bytes.has([0xEF, 0xBB, 0xBF], at: 0) ? 3 : 0
        while let byte = bytes.byte(at: start), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            start += 1
        }
        return bytes.byte(at: start) == UInt8(ascii: "<") ? start : nil
    }

    private static func isPage(_ bytes: borrowing HeaderBytes, from start: Int) -> Bool {
        // Of two bytes a character one is 0 in what counts here.
        let letters = (start..<start + searchLength).compactMap { bytes.byte(at: $0) }.filter { $0 != 0 }
        let text = String(decoding: letters, as: UTF8.self).lowercased().drop { $0.isWhitespace }
        return (text.hasPrefix("<!doctype html") || text.hasPrefix("<html")) && text.contains("<html")
    }
}
