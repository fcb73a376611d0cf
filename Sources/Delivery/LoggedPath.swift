/// The path of a request as logs have it. Where it is itself a URL (of a web proxy), what opens things to every reader is
/// left out: its password and its query, which may be signed.
struct LoggedPath: CustomStringConvertible {
    let description: String

    init(_ path: String) {
        let lower = path.lowercased()
        guard ["http:", "https:", "http%3a", "https%3a"].contains(where: { lower.contains("/" + $0) }) else {
            description = path
            return
        }
        let end = ["?", "%3f"].compactMap { lower.firstRange(of: $0)?.lowerBound }.min()
        let shown = lower.distance(from: lower.startIndex, to: end ?? lower.endIndex)
        let segments = path.prefix(shown).split(separator: "/", omittingEmptySubsequences: false)
        description =
            segments.map { $0.contains("@") || $0.contains("%40") ? "-" : String($0) }.joined(separator: "/")
            + (end == nil ? "" : "?-")
    }
}
