import TextEncodings

extension Digest {
    /// The URL-safe base64 of RFC 4648 §5, without padding: 43 letters, digits, `-` and `_`.
    package var base64URL: String { Base64.encoded(bytes, .urlSafe) }
}
