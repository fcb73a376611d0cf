/// Which originals of an account are meant, by the canonical path `/{account}/[{prefix}/]{object}`. Every character is
/// literal, `*` too.
package enum PurgePattern: Hashable, Sendable {
    /// The original with exactly this path, whatever query of its own it has.
    case path(String)
    /// The original with exactly this path and this query of its own, without the `?`.
    case exact(path: String, query: String)
    /// Every original whose path, with `?` and its query where it has one, begins with this text.
    case prefix(String)
}

/// What a purge makes unusable, of one account.
package enum PurgeTarget: Hashable, Sendable {
    /// The originals that the pattern means, and everything made of them.
    case originals(PurgePattern)
    /// Of the originals that the pattern means, only the variants with one of these canonical plans (1…8: what one
    /// transformation becomes for clients that accept different formats).
    case variant(PurgePattern, plans: Set<String>)
    /// What came with this `Cache-Tag` or `Surrogate-Key`, and everything made of it.
    case tag(String)
    /// What came from the origin with this id, and everything made of it.
    case origin(String)

    /// The most plans of one variant.
    package static let mostPlans = 8
    /// The most bytes of all texts of a target.
    package static let longestTexts = 4096

    package static func path(_ path: String) -> PurgeTarget { .originals(.path(path)) }
    package static func exact(path: String, query: String) -> PurgeTarget {
        .originals(.exact(path: path, query: query))
    }
    package static func prefix(_ text: String) -> PurgeTarget { .originals(.prefix(text)) }

    /// The one spelling of a target, in which it is stored and compared.
    var normalised: PurgeTarget {
        switch self {
        case .originals(let pattern): .originals(pattern.normalised)
        case .variant(let pattern, let plans): .variant(pattern.normalised, plans: Set(plans.map(PlanName.short)))
        case .tag, .origin: self
        }
    }

    /// Whether all texts are there and within the limits.
    var isValid: Bool {
        guard texts.reduce(0, { $0 + $1.utf8.count }) <= Self.longestTexts else { return false }
        return switch self {
        case .originals(let pattern): pattern.isValid
        case .variant(let pattern, let plans): (1...Self.mostPlans).contains(plans.count) && pattern.isValid
        case .tag(let text), .origin(let text): !text.isEmpty
        }
    }

    private var texts: [String] {
        switch self {
        case .originals(let pattern): pattern.texts
        case .variant(let pattern, let plans): pattern.texts + plans
        case .tag(let text), .origin(let text): [text]
        }
    }
}

extension PurgePattern {
    fileprivate var normalised: PurgePattern {
        if case .exact(let path, let query) = self, query.isEmpty { return .path(path) }
        return self
    }

    fileprivate var isValid: Bool {
        switch self {
        case .path(let text), .exact(let text, _): !text.isEmpty
        case .prefix: true
        }
    }

    fileprivate var texts: [String] {
        switch self {
        case .path(let text), .prefix(let text): [text]
        case .exact(let path, let query): [path, query]
        }
    }
}

/// What a canonical plan is called in rules: its text, or the digest of a long one.
enum PlanName {
    /// The longest plan text that is kept as it is, in bytes.
    private static let longest = 200

    /// Two long plans with the same digest are purged together, which only purges too much.
    static func short(_ plan: String) -> String {
        guard plan.utf8.count > longest else { return plan }
        var digest = TextDigest()
        for byte in plan.utf8 { digest.add(byte) }
        return "#" + String(digest.value, radix: 16)
    }
}
