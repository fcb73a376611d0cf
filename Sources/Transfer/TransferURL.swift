import CCurl

#if canImport(Glibc)
    import Glibc
#endif

/// An absolute http or https URL without userinfo and fragment, as libcurl reads it.
///
/// libcurl's own parser takes it apart, so that what is judged here is what is dialled later: two parsers that
/// understand `http://a\@b/` differently are how an address guard is passed by.
package struct TransferURL: Hashable, Sendable {
    package enum Scheme: String, Sendable {
        case http
        case https
    }

    /// The longest URL that is read, in bytes.
    package static let maximumLength = 16_384

    /// What is asked for: the URL as given but for the fragment; the path is not changed, dot segments neither.
    package let text: String
    package let scheme: Scheme
    /// In lower case, percent-decoded, IPv6 addresses in brackets; numbers such as `2130706433` as IPv4 addresses.
    package let host: String
    /// Given or the scheme's own; 1...65535.
    package let port: Int

    /// Throws `.badURL`.
    package init(_ text: String) throws(TransferError) {
        try self.init(parsing: [text], flags: 0)
    }

    /// The URL that a `Location` header names, seen from here (RFC 9110 §10.2.2). Raw spaces and bytes outside ASCII
    /// are percent-encoded, as browsers do. Throws `.badURL`.
    package func resolving(_ location: String) throws(TransferError) -> TransferURL {
        try TransferURL(parsing: [text, location], flags: UInt32(CURLU_URLENCODE | CURLU_ALLOW_SPACE))
    }

    /// Whether both name the same host and port.
    package func isSameHost(as other: TransferURL) -> Bool {
        host == other.host && port == other.port
    }

    /// Reads the first text, then each further one relative to those before.
    private init(parsing texts: [String], flags: UInt32) throws(TransferError) {
        guard let handle = curl_url() else { throw .curl(code: CURLE_OUT_OF_MEMORY.rawValue) }
        defer { curl_url_cleanup(handle) }
        for text in texts {
            guard text.utf8.count <= Self.maximumLength, !text.utf8.contains(0) else { throw .badURL }
            let all = flags | UInt32(CURLU_PATH_AS_IS | CURLU_DISALLOW_USER)
            guard curl_url_set(handle, CURLUPART_URL, text, all) == CURLUE_OK else { throw .badURL }
        }
        guard curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK,
            let scheme = Self.part(CURLUPART_SCHEME, of: handle).flatMap(Scheme.init(rawValue:)),
            let host = Self.part(CURLUPART_HOST, of: handle), !host.isEmpty,
            let port = Self.part(CURLUPART_PORT, of: handle).flatMap({ Int($0) }), (1...65_535).contains(port),
            let text = Self.part(CURLUPART_URL, of: handle, flags: 0)
        else { throw .badURL }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
        self.text = text
    }

    private static func part(
        _ part: CURLUPart, of handle: OpaquePointer, flags: UInt32 = UInt32(CURLU_DEFAULT_PORT)
    ) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
