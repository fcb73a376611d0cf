/// The path of an object below its URL endpoint: what origins look up.
package struct ObjectPath: Hashable, Sendable {
    /// Decoded bytes, at least one segment, none empty unless asked for.
    package let segments: [[UInt8]]
    /// That of an absolute URL which a parameter names, as it stands there. Empty for all others: the query of a request
    /// stands beside its path.
    package let query: String

    /// nil if nothing is left. Empty segments (`//`, a trailing slash) are dropped unless `keepingEmptySegments`; then an
    /// absolute URL gets its one spelling.
    package init?(segments: some Sequence<[UInt8]>, keepingEmptySegments: Bool = false, query: String = "") {
        let kept = keepingEmptySegments ? Self.respellingURL(Array(segments)) : segments.filter { !$0.isEmpty }
        guard kept.contains(where: { !$0.isEmpty }) else { return nil }
        self.segments = kept
        self.query = query
    }

    /// The same segments, and if they begin an absolute URL, as `https://host` does: what stands between has merged its
    /// slashes here and there, and one object has one name.
    package static func respellingURL(_ segments: [[UInt8]]) -> [[UInt8]] {
        let filled = segments.drop(while: \.isEmpty)
        guard let first = filled.first, let scheme = WebScheme(being: first) else { return segments }
        let rest = filled.dropFirst().drop(while: \.isEmpty)
        return rest.isEmpty ? segments : [Array(scheme.text.utf8.prefix(scheme.length)), []] + rest
    }

    /// The one percent-encoded spelling, without leading slash: upper-case escapes, a slash inside a segment as `%2F`.
    package var canonical: String { Self.canonical(segments) }

    /// Any segments in that spelling; an empty one at the end is a slash there.
    package static func canonical(_ segments: some Collection<[UInt8]>) -> String {
        var bytes: [UInt8] = []
        for (index, segment) in segments.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "/")) }
            bytes.append(encoding: segment, allowing: isPathCharacter)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The object's own name: the last segment.
    package var name: String {
        String(decoding: segments.last ?? [], as: UTF8.self)
    }

    /// The absolute `http` or `https` URL that the path is, for web proxies; nil if it is none.
    ///
    /// Understood are the plain form, `https://host/a.jpg`, also with the slashes merged to `https:/host/a.jpg`, and the
    /// form percent-encoded into one segment. In the latter a `?` begins the query; a `#` always belongs to the path,
    /// because a fragment never reaches a server: nothing is cut off silently.
    package var absoluteURL: String? {
        let filled = segments.drop { $0.isEmpty }
        guard let first = filled.first, let scheme = WebScheme(prefixing: first) else { return nil }
        var bytes = Array(scheme.text.utf8)
        let inside = first.dropFirst(scheme.length).drop { $0 == UInt8(ascii: "/") }
        var isEmpty = inside.isEmpty
        bytes.append(encoding: inside, allowing: isURLCharacter)
        for segment in filled.dropFirst() {
            if isEmpty, segment.isEmpty { continue }
            if !isEmpty { bytes.append(UInt8(ascii: "/")) }
            bytes.append(encoding: segment, allowing: isEmpty ? isHostCharacter : isPathCharacter)
            isEmpty = false
        }
        return isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}

/// The beginning of an absolute web address.
struct WebScheme {
    let text: String
    /// Bytes of the scheme and its colon.
    let length: Int

    /// Recognises `http:` and `https:` in any case, followed by a slash or by nothing.
    init?(prefixing segment: [UInt8]) {
        for scheme in ["https", "http"] {
            let length = scheme.utf8.count
            guard segment.count > length, segment[length] == UInt8(ascii: ":"),
                zip(segment, scheme.utf8).allSatisfy({ $0 | 0x20 == $1 }),
                segment.count == length + 1 || segment[length + 1] == UInt8(ascii: "/")
            else { continue }
            text = scheme + "://"
            self.length = length + 1
            return
        }
        return nil
    }

    /// The same, followed by nothing.
    init?(being segment: [UInt8]) {
        self.init(prefixing: segment)
        guard segment.count == length else { return nil }
    }
}

extension [UInt8] {
    fileprivate mutating func append(encoding text: some Sequence<UInt8>, allowing isAllowed: (UInt8) -> Bool) {
        for byte in text {
            if isAllowed(byte) { append(byte) } else { appendEscaped(byte) }
        }
    }
}

/// `pchar` of RFC 3986 §3.3, without escapes.
private func isPathCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"),
        UInt8(ascii: "$"),
        UInt8(ascii: "&")...UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: ":"),
        UInt8(ascii: "@"):
        true
    default: false
    }
}

/// The same with the brackets of IPv6 addresses.
private func isHostCharacter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") || isPathCharacter(byte)
}

/// What may stand in a URL that was already encoded once: `pchar`, the delimiters and escapes.
private func isURLCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "%"), UInt8(ascii: "["), UInt8(ascii: "]"): true
    default: isPathCharacter(byte)
    }
}
