import Explaining

/// The path of a request as logs have it. Where it is itself a URL (of a web proxy), what opens things to every reader is
/// left out: its password and its query, which may be signed. So are such URLs among what layers show, and a signature that
/// has become part of the path by a question mark that was encoded.
struct LoggedPath: CustomStringConvertible {
    let description: String

    /// - Parameter isURL: whether it is one whatever it looks like.
    init(_ path: String, isURL: Bool = false) {
        let lower = path.lowercased()
        guard isURL || Self.marks.contains(where: { lower.contains($0) }) else {
            description = SecretAddress.withoutInputs(path)
            return
        }
        let end = ["?", "%3f"].compactMap { lower.firstRange(of: $0)?.lowerBound }.min()
        let shown = lower.distance(from: lower.startIndex, to: end ?? lower.endIndex)
        let segments = path.prefix(shown).split(separator: "/", omittingEmptySubsequences: false)
        let open = segments.map { Self.hasUser($0) ? "-" : String($0) }.joined(separator: "/")
        description = SecretAddress.withoutInputs(open) + (end == nil ? "" : "?-")
    }

    /// What shows that the path may hold such a thing.
    private static let marks = ["http:", "https:", "http%3a", "https%3a", "ik-s=", "ik-s%3d"]

    private static func hasUser(_ segment: Substring) -> Bool {
        // Twice it is a slash of the URL language.
        segment.split(separator: "@@", omittingEmptySubsequences: false).contains { $0.contains("@") }
            || segment.contains("%40")
    }
}

extension DeliveryError {
    /// Why, as logs have it: without what the message quotes of a URL that is not shown as it is.
    func loggedReason(_ request: DeliveryRequest) -> String {
        if let log { return log }
        let isShown =
            LoggedPath(request.path).description == request.path && !ShownQuery(request.query).hidesOthers
        return isShown ? message : SecretAddress.withoutQuotes(message)
    }
}
