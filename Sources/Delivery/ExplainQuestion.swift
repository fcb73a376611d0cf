package import Transformation

/// What is asked about a URL: the URL itself, and the client for whom.
package struct ExplainQuestion: Sendable {
    /// Absolute, or from the path on; percent-encoded as a client sends it.
    package var url: String
    /// The value of `Accept`, or the names of formats: `avif,webp`.
    package var accept: String?
    /// The values of `Sec-CH-Width` and `Sec-CH-DPR`.
    package var width: String?
    package var pixelRatio: String?
    /// Of the original, upright, if the asker knows it.
    package var size: Size?

    package init(
        url: String, accept: String? = nil, width: String? = nil, pixelRatio: String? = nil, size: Size? = nil
    ) {
        (self.url, self.accept) = (url, accept)
        (self.width, self.pixelRatio, self.size) = (width, pixelRatio, size)
    }

    /// `Accept` as a client would send it.
    package static func acceptHeader(_ text: String?) -> String? {
        guard let text, !text.contains("/") else { return text }
        return text.split(separator: ",").map { "image/\($0.trimmed)" }.joined(separator: ",")
    }

    /// A size as `WIDTHxHEIGHT`, each side 1 to 10 million pixels.
    package static func size(_ text: String) -> Size? {
        let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard sides.count == 2, sides.allSatisfy({ (1...OutputLimits.maximumScaledSide).contains($0) }) else {
            return nil
        }
        return Size(width: sides[0], height: sides[1])
    }

    /// The request that a client would send; `nil` for what is no URL.
    var request: DeliveryRequest? {
        let text = url.prefix { $0 != "#" }
        var host = ""
        var target = text
        if let scheme = text.firstRange(of: "://"), !text.hasPrefix("/") {
            guard ["http", "https"].contains(text[..<scheme.lowerBound].lowercased()) else { return nil }
            let rest = text[scheme.upperBound...]
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            (host, target) = (String(rest[..<end]), rest[end...])
        }
        guard target.hasPrefix("/") else { return nil }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var request = DeliveryRequest(
            path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "", host: host,
            accept: Self.acceptHeader(accept))
        (request.widthHint, request.pixelRatioHint) = (width, pixelRatio)
        return request
    }
}

extension Substring {
    fileprivate var trimmed: Substring { self.drop { $0 == " " }.prefix { $0 != " " } }
}
