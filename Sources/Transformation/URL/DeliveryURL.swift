/// A delivery URL below its URL endpoint: which object, which transformation, which switches.
package struct DeliveryURL: Sendable {
    /// The text that marks a path segment as a transformation.
    static let transformationMark = Array("tr:".utf8)
    /// The segment that asks for a search-friendly name to be dropped.
    static let searchFriendlyMark = Array("ik-seo".utf8)

    /// The last segment that asks for a still of what has pages or frames.
    package static let thumbnailMark = Array("ik-thumbnail.jpg".utf8)

    /// What origins look up; for `ik-seo` the real name, not the friendly one.
    package let object: ObjectPath
    /// Whether a still of a page or frame is asked for: `…/file.pdf/ik-thumbnail.jpg` (reference §1.2).
    package let isThumbnail: Bool
    /// The decoded transformation texts in the order in which they run: the path's, then the query's.
    package let transformations: [String]
    package let query: DeliveryQuery

    /// Reads what is left of `path` once `consumed` leading segments have named the account and the URL endpoint.
    ///
    /// - Parameters:
    ///   - query: the raw query, without `?`; empty if there is none.
    ///   - keepingQuery: the names of what is passed through to origins; `nil`: all that have no meaning here.
    ///   - keepingEmptySegments: whether `//` in the object's path means something.
    package init(
        path: RequestPath, consumed: Int, query: some Collection<UInt8>,
        keepingQuery: Set<String>? = nil, keepingEmptySegments: Bool = false,
        limits: TransformationLimits = TransformationLimits()
    ) throws(TransformationError) {
        var segments = Array(path.segments.dropFirst(max(0, consumed)))
        let pathTransformation = try Self.cutTransformation(outOf: &segments)
        isThumbnail = Self.cutThumbnail(offTheEndOf: &segments)
        let isSearchFriendly = segments.first == Self.searchFriendlyMark
        if isSearchFriendly {
            segments.removeFirst()
            try Self.dropFriendlyName(from: &segments)
        }
        try Self.checkAvailable(segments)
        guard let object = ObjectPath(segments: segments, keepingEmptySegments: keepingEmptySegments) else {
            throw .malformedURL(.missingObject)
        }
        self.object = object
        self.query = try DeliveryQuery(query, keeping: keepingQuery, limits: limits)
        let original = self.query.asksForOriginal ? ["orig-true"] : []
        transformations = [pathTransformation].compactMap(\.self) + self.query.transformations + original
    }

    /// Removes the first segment that is a transformation, wherever it stands; later ones belong to the path.
    private static func cutTransformation(outOf segments: inout [[UInt8]]) throws(TransformationError) -> String? {
        guard let index = segments.firstIndex(where: { $0.starts(with: transformationMark) }) else { return nil }
        let bytes = Array(segments.remove(at: index).dropFirst(transformationMark.count))
        guard !bytes.isEmpty else { throw .malformedURL(.emptyTransformation) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformedURL(.invalidText) }
        return text
    }

    /// Removes the last segment and what follows it, if it is the mark.
    private static func cutThumbnail(offTheEndOf segments: inout [[UInt8]]) -> Bool {
        guard let index = segments.lastIndex(where: { !$0.isEmpty }), segments[index] == thumbnailMark else {
            return false
        }
        segments.removeSubrange(index...)
        return true
    }

    /// `folder/photo/friendly.jpg` → `folder/photo.jpg` (reference §1.2).
    private static func dropFriendlyName(from segments: inout [[UInt8]]) throws(TransformationError) {
        segments.removeAll(where: \.isEmpty)
        guard let friendly = segments.popLast(), var name = segments.popLast(),
            let dot = friendly.lastIndex(of: UInt8(ascii: ".")), dot + 1 < friendly.endIndex
        else { throw .malformedURL(.searchFriendlyName) }
        name += friendly[dot...]
        segments.append(name)
    }

    private static func checkAvailable(_ segments: [[UInt8]]) throws(TransformationError) {
        guard let special = SpecialSegment(in: segments) else { return }
        throw .notAvailable(parameter: special.name)
    }
}

/// Path segments that ask for something other than a picture made of the object (reference §1.2).
private struct SpecialSegment {
    let name: String

    private static let suffixes: Set<String> = [
        "ik-video.mp4", "ik-master.m3u8", "ik-master.mpd", "ik-gif-video.mp4", "ik-gensubtitle.transcript",
    ]
    private static let generated = "ik-genimg-"

    init?(in segments: [[UInt8]]) {
        let mark = Array("ik-".utf8)
        if let last = segments.last(where: { !$0.isEmpty }), last.starts(with: mark) {
            let name = String(decoding: last, as: UTF8.self)
            if Self.suffixes.contains(name) {
                self.name = name
                return
            }
        }
        guard let first = segments.first(where: { !$0.isEmpty }), first.starts(with: Self.generated.utf8) else {
            return nil
        }
        name = Self.generated + "prompt"
    }
}
