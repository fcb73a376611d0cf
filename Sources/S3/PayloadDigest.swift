internal import Crypto
import Digests
package import Memory

/// The SHA-256 of a request's body, which is part of what is signed. Taken over TLS, too, where S3 would do without: the
/// bucket then refuses bytes that were damaged on their way.
package struct PayloadDigest: Sendable, Equatable {
    /// 64 lower-case digits.
    package let hexadecimal: String

    package init(_ parts: [any Blob]) {
        var hash = SHA256()
        for part in parts {
            part.withBytes { bytes in
                bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
            }
        }
        hexadecimal = Digests.hexadecimal(hash.finalize())
    }
}
