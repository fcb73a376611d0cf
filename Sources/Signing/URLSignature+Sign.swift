internal import Digests

/// Why a URL cannot be signed.
package enum SigningError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path does not begin with the endpoint.
    case outsideEndpoint(cut: String)
    /// The URL has `ik-t` or `ik-s` already.
    case alreadySigned
    /// Only ten-digit Unix seconds can be signed.
    case expiryOutOfRange(Int64)
    case emptyKey
    /// What follows a `#` reaches no server, and with it what would be appended.
    case fragment

    package var description: String {
        switch self {
        case .outsideEndpoint(let cut): "the path does not begin with \(cut)"
        case .alreadySigned: "the URL has ik-t or ik-s already"
        case .expiryOutOfRange(let expiry): "the expiry has to be Unix seconds of ten digits, not \(expiry)"
        case .emptyKey: "the key is empty"
        case .fragment: "a fragment is never sent: leave # and what follows out, or write %23 for one of a name"
        }
    }
}

extension URLSignature {
    /// The path and query with `ik-t` (when there is an expiry) and `ik-s` appended, as ImageKit's SDKs do.
    ///
    /// Spaces, control characters and whatever is not ASCII are percent-encoded first, as a client would send them.
    ///
    /// - Parameters:
    ///   - path: With its leading slash, percent-encoded.
    ///   - query: Without `?`; `nil` when the URL has none.
    ///   - cut: The endpoint, as the beginning of the path: `/demo/`.
    ///   - expiry: Unix seconds, 1,000,000,000 to 9,999,999,999; `nil` never expires.
    package static func sign(
        path: String, query: String?, cut: String, key: String, expiry: Int64? = nil
    ) throws(SigningError) -> String {
        let expiry = expiry ?? noExpiry
        guard (1_000_000_000...noExpiry).contains(expiry) else { throw .expiryOutOfRange(expiry) }
        guard !key.isEmpty else { throw .emptyKey }
        let parts = SignedQuery(query)
        guard parts.signature == nil, parts.expiry == nil else { throw .alreadySigned }
        let path = encoded(path)
        guard !path.utf8.contains(fragmentMark), query?.utf8.contains(fragmentMark) != true else { throw .fragment }
        guard path.hasPrefix(cut) else { throw .outsideEndpoint(cut: cut) }
        let url = path + (query.map { "?" + encoded($0) } ?? "")
        let signature = signature(of: String(url.dropFirst(cut.count)), expiry: expiry, key: key)
        let time = expiry == noExpiry ? "" : "ik-t=\(expiry)&"
        return url + (query == nil ? "?" : "&") + time + "ik-s=" + signature
    }

    /// What `ik-s` is made of: the URL behind its endpoint, without `ik-t` and `ik-s`, and the expiry that `ik-t` names.
    ///
    /// - Parameters: as `sign` has them.
    /// - Returns: `nil` where the path does not begin with the endpoint, or `ik-t` is no time.
    package static func signedText(path: String, query: String?, cut: String) -> String? {
        let parts = SignedQuery(query)
        let path = encoded(path)
        guard path.hasPrefix(cut) else { return nil }
        var expiry = noExpiry
        if let text = parts.expiry {
            guard let number = parsedExpiry(text) else { return nil }
            expiry = number
        }
        let rest = parts.rest.map { "?" + encoded(String(decoding: $0, as: UTF8.self)) } ?? ""
        return path.dropFirst(cut.count) + rest + String(expiry)
    }

    /// A query without `ik-t` and `ik-s`, all else as it was; `nil` where nothing is left.
    package static func unsignedQuery(_ query: String?) -> String? {
        SignedQuery(query).rest.map { String(decoding: $0, as: UTF8.self) }
    }

    private static let fragmentMark = UInt8(ascii: "#")

    private static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            bytes += (0x21...0x7E).contains(byte) ? [byte] : Array("%\(hexadecimal([byte]).uppercased())".utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
