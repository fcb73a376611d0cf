import Synchronization

/// Counts what a tier did since the process began.
package final class CacheCounters: Sendable {
    /// The counts of one moment.
    package struct Snapshot: Sendable, Hashable {
        package var hits: Int
        package var misses: Int
        package var unavailable: Int
        package var defective: Int
        package var kept: Int
        package var notKept: Int

        package init(
            hits: Int = 0, misses: Int = 0, unavailable: Int = 0, defective: Int = 0, kept: Int = 0, notKept: Int = 0
        ) {
            self.hits = hits
            self.misses = misses
            self.unavailable = unavailable
            self.defective = defective
            self.kept = kept
            self.notKept = notKept
        }
    }

    let hits = Atomic<Int>(0)
    let misses = Atomic<Int>(0)
    let unavailable = Atomic<Int>(0)
    let defective = Atomic<Int>(0)
    let kept = Atomic<Int>(0)
    let notKept = Atomic<Int>(0)

    package var snapshot: Snapshot {
        Snapshot(
            hits: hits.load(ordering: .relaxed),
            misses: misses.load(ordering: .relaxed),
            unavailable: unavailable.load(ordering: .relaxed),
            defective: defective.load(ordering: .relaxed),
            kept: kept.load(ordering: .relaxed),
            notKept: notKept.load(ordering: .relaxed)
        )
    }
}

extension Atomic where Value == Int {
    func increment() {
        wrappingAdd(1, ordering: .relaxed)
    }
}
