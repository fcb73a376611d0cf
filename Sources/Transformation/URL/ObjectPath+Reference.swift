extension ObjectPath {
    /// The path of another object, as a parameter of the URL language names it: `@@` and `/` separate its segments, those
    /// at its ends mean nothing (reference §1.5). A text that begins with `http://` or `https://` is one absolute URL.
    ///
    /// nil if nothing is left, or what is left could not stand in the path of a request: a `.` or `..` segment in any
    /// spelling, control characters, too many segments.
    package init?(reference text: String) {
        let isAbsolute = text.hasPrefix("https://") || text.hasPrefix("http://")
        let segments = isAbsolute ? [Array(text.utf8)] : Self.segments(of: Array(text.utf8))
        guard segments.count <= TransformationLimits().pathSegments,
            !segments.contains(where: { $0.containsControl || RequestPath.leavesItsFolder($0) })
        else { return nil }
        self.init(segments: segments)
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

    /// What `init(reference:)` reads as this path. Only of a path that it has made: others may hold what has a meaning of
    /// its own in the URL language.
    package var reference: String {
        segments.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }
}
