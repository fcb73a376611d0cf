/// The raw path of a request, split before decoding, so that `%2F` inside a segment does not split it.
///
/// Whoever routes looks at the first segments, decides how many of them name the account and the URL endpoint, and
/// makes a `DeliveryURL` of the rest.
package struct RequestPath: Sendable {
    /// The decoded bytes between two slashes; the empty ones (`//`, trailing slash) included. Without control characters
    /// and, apart from the transformation, without `.` and `..` in any spelling.
    package let segments: [[UInt8]]

    /// Splits and checks the path exactly as received, percent-encoded, with its leading slash.
    package init(
        _ path: some Collection<UInt8>, limits: TransformationLimits = TransformationLimits()
    ) throws(TransformationError) {
        let bytes = Array(path)
        guard bytes.count <= limits.urlBytes else { throw .limitExceeded(.urlBytes, maximum: limits.urlBytes) }
        guard bytes.first == UInt8(ascii: "/") else { throw .malformedURL(.notAbsolute) }
        let raw = bytes.dropFirst().split(
            separator: UInt8(ascii: "/"), maxSplits: limits.pathSegments, omittingEmptySubsequences: false)
        guard raw.count <= limits.pathSegments else {
            throw .limitExceeded(.pathSegments, maximum: limits.pathSegments)
        }
        var segments: [[UInt8]] = []
        segments.reserveCapacity(raw.count)
        // Only the first is a transformation and never part of a path; the rest of them is path like everything else.
        let transformation = raw.firstIndex(where: Self.startsTransformation)
        for (index, segment) in raw.enumerated() {
            segments.append(try index == transformation ? Self.decodeTransformation(segment) : Self.decode(segment))
        }
        self.segments = segments
    }

    /// The segment as text, for comparison with account ids and prefixes; nil beyond the end or if it is not UTF-8.
    package func text(at index: Int) -> String? {
        segments.indices.contains(index) ? String(validating: segments[index], as: UTF8.self) : nil
    }

    private static func decodeTransformation(_ raw: ArraySlice<UInt8>) throws(TransformationError) -> [UInt8] {
        Array(try PercentDecoding.text(raw).utf8)
    }

    private static func decode(_ raw: ArraySlice<UInt8>) throws(TransformationError) -> [UInt8] {
        guard let decoded = PercentDecoding.decode(raw, brokenEscape: .isError) else {
            throw .malformedURL(.brokenEscape)
        }
        guard !decoded.containsControl else { throw .malformedURL(.controlCharacter) }
        guard String(validating: decoded, as: UTF8.self) != nil else { throw .malformedURL(.invalidText) }
        guard !leavesItsFolder(decoded) else { throw .malformedURL(.dotSegment) }
        return decoded
    }

    /// Whether a decoded segment is, or holds, `.` or `..`.
    static func leavesItsFolder(_ decoded: [UInt8]) -> Bool {
        guard decoded.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "%") }) else { return false }
        // Something behind us may decode a second time: that spelling is refused as well.
        let again = PercentDecoding.decode(decoded[...], brokenEscape: .isLiteral) ?? decoded
        return isDotSegment(decoded) || isDotSegment(again)
    }

    private static func startsTransformation(_ raw: ArraySlice<UInt8>) -> Bool {
        guard raw.first == DeliveryURL.transformationMark.first || raw.first == UInt8(ascii: "%") else { return false }
        let longest = 3 * DeliveryURL.transformationMark.count
        return PercentDecoding.decode(raw.prefix(longest), brokenEscape: .isLiteral)?
            .starts(with: DeliveryURL.transformationMark) ?? false
    }

    /// Whether a component is `.` or `..`, when slashes and backslashes separate and `;…` is cut off.
    private static func isDotSegment(_ segment: [UInt8]) -> Bool {
        let components = segment.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        return components.contains { component in
            let name = component.prefix { $0 != UInt8(ascii: ";") }
            return (name.count == 1 || name.count == 2) && name.allSatisfy { $0 == UInt8(ascii: ".") }
        }
    }
}
