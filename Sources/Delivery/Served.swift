import Caching
import Deadlines
import HTTPRules

/// What is delivered: an entry, which tier it came from, and how long each stage took.
struct Served: Sendable {
    /// The value of `x-apus-cache`.
    enum Tier: String, Sendable {
        case redis, render, origin
    }

    var entry: Entry
    var variant: Entry.Variant
    var tier: Tier
    var timing = ServerTiming()
}

/// How a look for a variant ends when nothing went wrong.
enum Outcome: Sendable {
    case served(Served)
    /// The client has it already: no more than its entity tag is needed. Nothing was rendered for it.
    case notModified(EntityTag)
}
