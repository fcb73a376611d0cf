/// Purges of which somebody outside has still to be told, such as a CDN.
package struct UntoldPurges: Sendable, Hashable {
    /// The lowest number, in this region's log, of one for which other regions are to wait; `nil` if they need not.
    package var first: UInt64?
    /// Which rules are not merged meanwhile, by the ids of their requests.
    package var requests: Set<String>

    package init(first: UInt64? = nil, requests: Set<String> = []) {
        (self.first, self.requests) = (first, requests)
    }
}

extension PurgeLog {
    /// The purges that were entered in this region at a time or later, in seconds since 1970, in no order. Those that
    /// have no rules of their own any more are among what merged ones mean, and what makes good a log that was lost is
    /// there, too.
    ///
    /// - Parameter others: regions of which those are wanted, too, that have a higher number there.
    package func entered(since time: Int64, andIn others: [String: UInt64] = [:]) -> [PurgeRule] {
        inspect { state in
            state.book.rules.values.filter { rule in
                guard rule.acceptedAt >= time else { return false }
                guard let source = rule.source, source.region != settings.region else { return true }
                return others[source.region].map { source.number > $0 } ?? false
            }
        }
    }

    /// Changes whenever there may be more in `entered(since:)`. Cheap.
    package var newestNumber: UInt64 { current.number }

    /// Says of which purges somebody outside has still to be told: other regions do not call them completed before.
    package func note(_ untold: UntoldPurges) {
        change { $0.untold = untold }
    }
}
