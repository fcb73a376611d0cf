import Caching
import Purging

/// Whether what was kept may still be used, by the purge log.
struct Validity: Sendable {
    /// `nil` where nothing is ever purged.
    private let log: PurgeLog?

    init(_ log: PurgeLog?) {
        self.log = log
    }

    /// The number under which what is made from now on is kept.
    var epoch: UInt64 { log?.current.epoch ?? 0 }

    /// The number under which what another region makes is kept, and what that region has to know of the logs of all: no
    /// purge counts as obeyed there of which it was not told.
    var moment: (epoch: UInt64, purges: PurgeVector) {
        log.map { log in
            let rules = log.current
            return (rules.vouched, rules.vector)
        } ?? (0, PurgeVector())
    }

    /// Whether the log is known well enough to believe what lies in the caches.
    var isKnown: Bool { log?.isConfirmed ?? true }

    func isVoid(_ entry: Entry, of order: Order) -> Bool {
        guard let rules = log?.current, rules.number > entry.purgeEpoch else { return false }
        return rules.void(
            order.purgeSubject(entry.source, isOriginal: entry.isOriginal), madeUnder: entry.purgeEpoch)
    }

    /// The number of the last purge that has hit the order's original, as far as that is known without it.
    func lastPurgeOfOriginal(_ order: Order) -> UInt64 {
        log?.current.newest(matching: order.purgeSubject(Entry.Source(), isOriginal: true)) ?? 0
    }

    /// The number of the last purge that has hit what this order names; part of its entity tag, so that a purge gives new
    /// bytes to everybody even where the origin's validators stayed the same.
    func lastPurge(of order: Order, _ source: Entry.Source) -> UInt64 {
        log?.current.newest(matching: order.purgeSubject(source, isOriginal: false)) ?? 0
    }
}

extension Entry {
    fileprivate var isOriginal: Bool { if case .original = content { true } else { false } }
}
