package import HTTPRules

/// The path of one object, in the two forms that origins need: folders and buckets name an object by its bytes, web
/// servers by the percent-encoded text, in which `%2F` and `/` differ.
package struct OriginPath: Hashable, Sendable {
    /// Percent-decoded, one for each part between slashes.
    package let segments: [[UInt8]]
    /// The canonical percent-encoded form of the same, without a leading slash and without `?` and `#`.
    package let encoded: String

    package init(segments: [[UInt8]], encoded: String) {
        self.segments = segments
        self.encoded = encoded
    }

    /// Whether every segment names a thing inside its parent: not empty, no NUL, and no `.` or `..`, neither as the
    /// segment nor behind an encoded slash or backslash, which some servers decode before they resolve dots.
    var staysInside: Bool {
        !segments.isEmpty
            && segments.allSatisfy { segment in
                !segment.isEmpty && !segment.contains(0)
                    && segment.split(whereSeparator: Self.isSlash).allSatisfy { !Self.isDots($0) }
            }
    }

    private static func isSlash(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
    }

    private static func isDots(_ part: some Collection<UInt8>) -> Bool {
        part.count <= 2 && part.allSatisfy { $0 == UInt8(ascii: ".") }
    }
}

/// What is asked of an origin.
package struct OriginRequest: Sendable {
    package var path: OriginPath
    /// The client's query without the parameters that are ours, without `?`; web servers and web proxies pass it on.
    package var query: String?
    /// The host name (and port) that the client has asked, as it would stand in `Host`.
    package var clientHost: String?
    /// The path read as an absolute URL, where it is one, without `query` but with a query that the path itself holds
    /// (`%3F`); for web proxies.
    package var absoluteURL: String?
    /// The part that is wanted; the origin may send the whole all the same.
    package var range: ByteRange?
    /// The copy of this very object that the caller has. The origin that gave it need not send the same again; all
    /// others are asked as if there were none.
    package var known: Original.Metadata?

    /// The request as that origin is to get it.
    func addressed(to originID: String) -> OriginRequest {
        guard let known, known.originID != originID else { return self }
        var plain = self
        plain.known = nil
        return plain
    }

    /// `query` as it follows `url`: after `?`, or after `&` where the URL has a query already; empty if there is none.
    func querySuffix(after url: String) -> String {
        guard let query, !query.isEmpty else { return "" }
        return (url.contains("?") ? "&" : "?") + query
    }

    package init(
        path: OriginPath, query: String? = nil, clientHost: String? = nil, absoluteURL: String? = nil,
        range: ByteRange? = nil, known: Original.Metadata? = nil
    ) {
        self.path = path
        self.query = query
        self.clientHost = clientHost
        self.absoluteURL = absoluteURL
        self.range = range
        self.known = known
    }
}
