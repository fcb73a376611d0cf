import Explaining
import HTTPRules
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
        let (address, target) = addressAndTarget
        guard target.hasPrefix("/") else { return nil }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var request = DeliveryRequest(
            path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "", host: address?.host ?? "",
            accept: Self.acceptHeader(accept))
        (request.widthHint, request.pixelRatioHint) = (width, pixelRatio)
        return request
    }

    /// The URL as it may be shown. A fragment is left out: it reaches no server.
    var shownURL: String {
        let (address, target) = addressAndTarget
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let path = LoggedPath(parts.first ?? "", isURL: address == nil && !target.hasPrefix("/")).description
        return (address?.origin ?? "") + path + (parts.count > 1 ? "?" + ShownQuery(parts[1]).description : "")
    }

    /// Who is asked, if the URL says so, and for what.
    private var addressAndTarget: (address: WebAddress?, target: String) {
        let text = String(url.prefix { $0 != "#" })
        let address = text.hasPrefix("/") ? nil : WebAddress(text)
        return (address, address?.target ?? text)
    }
}

extension Substring {
    fileprivate var trimmed: Substring { self.drop { $0 == " " }.prefix { $0 != " " } }
}
