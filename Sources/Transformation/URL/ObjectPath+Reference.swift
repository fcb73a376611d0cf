extension ObjectPath {
    /// The path of another object, as a parameter of the URL language names it: `@@` and `/` separate its segments, those
    /// at its ends mean nothing (reference §1.5). A text that begins with `http://` or `https://` is an absolute URL: it is
    /// split and decoded like the path of a request for that URL, so that both name one object.
    ///
    /// nil if nothing is left, or what is left could not stand in the path of a request: a `.` or `..` segment in any
    /// spelling, control characters, too many segments.
    package init?(reference text: String) {
        let bytes = Array(text.utf8)
        let url = Self.url(bytes)
        let segments = url?.segments ?? Self.segments(of: bytes)
        let limit = TransformationLimits().pathSegments
        guard segments.count <= limit, segments.allSatisfy(Self.mayStandInPath) else { return nil }
        self.init(segments: segments, keepingEmptySegments: true, query: url?.query ?? "")
        if url != nil, absoluteURL == nil { return nil }
    }

    private static func mayStandInPath(_ segment: [UInt8]) -> Bool {
        !segment.containsControl && String(validating: segment, as: UTF8.self) != nil
            && !RequestPath.leavesItsFolder(segment)
    }

    private static func segments(of text: [UInt8]) -> [[UInt8]] {
        var segments: [[UInt8]] = [[]]
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "/") {
                segments.append([])
                index += 1
            } else if text[index...].starts(with: separator) {
                segments.append([])
                index += separator.count
            } else {
                segments[segments.count - 1].append(text[index])
                index += 1
            }
        }
        return segments.filter { !$0.isEmpty }
    }

    private static let separator = Array("@@".utf8)

    // MARK: Absolute URLs

    /// nil for what is none.
    private static func url(_ text: [UInt8]) -> (segments: [[UInt8]], query: String)? {
        guard let slash = text.firstIndex(of: UInt8(ascii: "/")), WebScheme(being: Array(text[..<slash])) != nil else {
            return nil
        }
        let end = text.firstIndex(of: UInt8(ascii: "?")) ?? text.endIndex
        let path = text[..<end].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let segments = path.map { PercentDecoding.decode($0, brokenEscape: .isLiteral) ?? Array($0) }
        return (segments, query(text[end...].dropFirst()))
    }

    /// What may not stand in a query is escaped; nothing of a URL is a fragment here.
    private static func query(_ text: ArraySlice<UInt8>) -> String {
        var query: [UInt8] = []
        for byte in text {
            let isAllowed = byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#")
            if isAllowed { query.append(byte) } else { query.appendEscaped(byte) }
        }
        return String(decoding: query, as: UTF8.self)
    }

    private var isURL: Bool { segments.count > 2 && segments[1].isEmpty && WebScheme(being: segments[0]) != nil }

    /// What `init(reference:)` reads as this path. Only of a path that it has made: others may hold what has a meaning of
    /// its own in the URL language.
    package var reference: String {
        guard isURL else { return segments.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/") }
        return query.isEmpty ? canonical : canonical + "?" + query
    }
}
