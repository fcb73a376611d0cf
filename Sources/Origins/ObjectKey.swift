import S3

/// The name of an object in a store that knows objects by their bytes: prefix and path, the path percent-decoded once.
struct ObjectKey: Hashable, Sendable {
    let text: String

    /// Longer names than this, in bytes, no store has: Google allows 1,024 bytes, Azure 1,024 characters.
    static let maximumLength = 4096

    /// `nil` for what can be no object's name: empty, outside the prefix, no UTF-8, too long.
    init?(_ path: OriginPath, below prefix: Prefix) {
        let bytes = path.segments.joined(separator: [UInt8(ascii: "/")])
        guard path.staysInside, let name = String(validating: bytes, as: UTF8.self) else { return nil }
        text = prefix.text + name
        guard text.utf8.count <= Self.maximumLength else { return nil }
    }

    /// As it stands in a URL.
    var encoded: String { percentEncoded(text, keepsSlash: true) }

    /// What every name begins with: nothing, or something with a slash at its end and none at its start.
    struct Prefix: Hashable, Sendable {
        let text: String

        /// - Parameter setting: slashes at its ends make no difference; so `/` is the root, as nothing is.
        init(_ setting: String) {
            let segments = setting.split(separator: "/", omittingEmptySubsequences: false)
            let inner = segments.drop { $0.isEmpty }.reversed().drop { $0.isEmpty }.reversed().joined(separator: "/")
            text = inner.isEmpty ? "" : inner + "/"
        }
    }
}
