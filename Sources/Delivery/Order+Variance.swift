import Caching
import Transformation

// What an answer depends on besides its URL (RFC 9110 §12.5.5, reference §4.9).

extension Order {
    /// The values of `Vary`.
    var variance: [String] {
        (resolution.varies ? ["Accept"] : []) + heededHints.headers.flatMap { [$0.name, $0.formerName] }
    }

    /// The value of `Accept-CH`: what the client is asked to tell.
    var wantedHints: String? {
        let names = heededHints.headers.map(\.name)
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }

    /// The value of `Content-DPR`; nil where the picture does not follow both hints, or one was not sent.
    func contentPixelRatio(of served: Served) -> String? {
        guard heededHints == [.width, .pixelRatio], case .variant(let variant) = served.content,
            let width = variant.width, width > 0,
            let ratio = hints.contentPixelRatio(deliveredWidth: width)
        else { return nil }
        // Both hints and the width are bounded, and so is this.
        let hundredths = Int((ratio * 100).rounded())
        let decimals = hundredths % 100
        return "\(hundredths / 100).\(decimals < 10 ? "0" : "")\(decimals)"
    }
}

extension ClientHints.Kinds {
    fileprivate var headers: [(name: String, formerName: String)] {
        (contains(.pixelRatio) ? [("Sec-CH-DPR", "DPR")] : []) + (contains(.width) ? [("Sec-CH-Width", "Width")] : [])
    }
}
