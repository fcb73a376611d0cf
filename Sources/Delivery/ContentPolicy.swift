import HTTPRules

/// What documents may do that are opened by themselves under the name of whoever delivers pictures: be seen, and
/// nothing else. Of a web proxy they are a stranger's.
enum ContentPolicy {
    /// The value of `Content-Security-Policy`; `nil` for what runs no scripts of its own.
    static func policy(for contentType: String) -> String? {
        guard let type = MediaType(parsing: contentType) else { return nil }
        if type == .svg { return "default-src 'none'; style-src 'unsafe-inline'; sandbox" }
        let text = type.description
        let isDocument =
            type == .html || text.hasSuffix("/xml") || text.hasSuffix("+xml") || text == "text/xsl"
            || text.hasPrefix("multipart/")
        return isDocument ? "sandbox" : nil
    }
}
