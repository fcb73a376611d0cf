package import Configuration
import Digests

/// What Apus calls itself in `Via` of the requests that it sends (RFC 9110 §7.6.3).
package enum Via {
    private static let mark = "apus-"
    private static let digits = 8

    /// An installation as such a value.
    fileprivate static func naming(_ installation: Digest) -> String {
        "1.1 \(mark)\(installation.hex.prefix(digits))"
    }

    /// Whether a request has come by way of an Apus, of whatever installation.
    package static func namesApus(_ via: String?) -> Bool {
        (via ?? "").split(separator: ",").contains { received in
            let words = received.split(separator: " ")
            guard words.count > 1, words[1].hasPrefix(mark) else { return false }
            let installation = words[1].dropFirst(mark.count)
            return installation.count == digits && installation.allSatisfy(\.isHexDigit)
        }
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
