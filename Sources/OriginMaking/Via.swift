package import Configuration
import Digests

/// What Apus calls itself in `Via` of the requests that it sends (RFC 9110 §7.6.3).
package enum Via {
    private static let mark = "apus-"

    /// An installation as such a value.
    fileprivate static func naming(_ installation: Digest) -> String {
        "1.1 \(mark)\(installation.hex.prefix(8))"
    }

    /// Whether a request has come by way of an Apus, of whatever installation.
    package static func namesApus(_ via: String?) -> Bool {
        via?.contains(mark) == true
    }
}

extension Configuration {
    /// What this installation calls itself in `Via`: another one in front of it or behind it is no loop.
    package var via: String {
        var builder = DigestBuilder("installation")
        builder.add([region] + accounts.flatMap { account in [account.id] + account.origins.map { $0.kind.place } })
        return Via.naming(builder.finish())
    }
}
