internal import Crypto
internal import Digests

/// Signed URLs as ImageKit makes them (platform reference §4.1): `ik-s` is the HMAC-SHA1 of the URL behind its
/// endpoint, followed without separator by the expiry.
///
/// Because nothing separates the two, the expiry has to have exactly ten digits: no digit can then move between them.
package enum URLSignature {
    /// What stands for "never expires".
    package static let noExpiry: Int64 = 9_999_999_999
    /// Signers sign with their own clock, some for this very second.
    package static let leewaySeconds: Int64 = 2

    static let digitsOfExpiry = 10

    /// The `ik-s` of a URL.
    ///
    /// - Parameters:
    ///   - rest: The URL behind its endpoint: no leading slash, percent-encoded, the query as written.
    ///   - expiry: In Unix seconds.
    package static func signature(of rest: String, expiry: Int64 = noExpiry, key: String) -> String {
        let message = Array(rest.utf8) + Array(String(expiry).utf8)
        return hexadecimal(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: symmetric(key)))
    }

    /// Checks a request's signature against every key and every endpoint that the signer may have meant.
    ///
    /// `ik-t` and `ik-s` may stand anywhere in the query; all other bytes count as they were received. One without
    /// the other is fine for `ik-s` alone (no expiry) and invalid for `ik-t` alone. How long it takes does not tell
    /// which key or how many bytes matched.
    ///
    /// - Parameters:
    ///   - path: The raw path of the request with its leading slash.
    ///   - query: The raw query, without `?`; `nil` when the URL has none.
    ///   - cuts: What signers may call the endpoint, as the beginning of the path: `/demo/`, `/demo/product-images/`, `/` for a
    ///     custom host. Never with `ik-seo/` behind it: the signature of `a/b.jpg` would then be one of `a.jpg` too.
    ///   - keys: Every active private key.
    ///   - now: Unix seconds.
    package static func verify(
        path: String, query: String?, cuts: [String], keys: [String], now: Int64
    ) -> SignatureVerdict {
        let parts = SignedQuery(query)
        guard parts.signature != nil || parts.expiry != nil else { return .absent }
        guard !parts.isAmbiguous, let text = parts.signature, let signature = decoded(text) else { return .invalid }
        var expiry = noExpiry
        if let text = parts.expiry {
            guard let number = parsedExpiry(text) else { return .invalid }
            expiry = number
        }
        let ending = (parts.rest.map { [UInt8(ascii: "?")] + $0 } ?? []) + Array(String(expiry).utf8)
        let messages = rests(of: Array(path.utf8), cuts: cuts).map { $0 + ending }
        var matches = false
        for key in keys where !key.isEmpty {
            let key = symmetric(key)
            for message in messages {
                // Compares in constant time; the order keeps the call from being skipped after a match.
                let isRight = HMAC<Insecure.SHA1>.isValidAuthenticationCode(
                    signature, authenticating: message, using: key)
                matches = isRight || matches
            }
        }
        guard matches else { return .invalid }
        guard expiry != noExpiry else { return .valid(expiry: nil) }
        return now > expiry + leewaySeconds ? .expired : .valid(expiry: expiry)
    }

    /// The time of `ik-t` in Unix seconds; `nil` where there is none, none that could be valid, or the endless one.
    package static func expiry(namedBy query: String) -> Int64? {
        SignedQuery(query).expiry.flatMap(parsedExpiry).flatMap { $0 == noExpiry ? nil : $0 }
    }

    /// What is left of the path behind each cut that it begins with.
    private static func rests(of path: [UInt8], cuts: [String]) -> [[UInt8]] {
        cuts.filter { path.starts(with: $0.utf8) }
            .map { Array(path.dropFirst($0.utf8.count)) }
    }

    /// Ten digits of which the first is not zero.
    static func parsedExpiry(_ text: [UInt8]) -> Int64? {
        guard text.count == digitsOfExpiry, text.first != UInt8(ascii: "0"), text.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return text.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }

    /// The 20 bytes of 40 lower-case hexadecimal digits.
    private static func decoded(_ text: [UInt8]) -> [UInt8]? {
        text.count == Insecure.SHA1.byteCount * 2 ? bytes(ofHexadecimal: text) : nil
    }

    private static func symmetric(_ key: String) -> SymmetricKey {
        SymmetricKey(data: Array(key.utf8))
    }
}
