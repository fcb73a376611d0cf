import Caching
import Deadlines
import Memory
import Origins

/// Originals for a moment after they were fetched, so that the widths of one page, which browsers ask for together, cost
/// one fetch and not as many as happened to come too late for its flight.
final class RecentOriginals: Sendable {
    private static let lifetime: Duration = .seconds(1)
    private static let smallestCapacity = 32_000_000

    private struct Held {
        let original: FetchedOriginal
        let until: Deadline
    }

    /// Bytes of all that are held; at least one original of any size that is allowed.
    private let capacity: Int
    private let held = Monitor<[EntryKey: Held]>([:])

    init(largestOriginal: Int) {
        capacity = max(Self.smallestCapacity, largestOriginal)
    }

    func find(_ key: EntryKey) -> FetchedOriginal? {
        held.withLock { held in
            Self.forgetOld(&held)
            return held[key]?.original
        }
    }

    func remove(_ key: EntryKey) { held.withLock { $0[key] = nil } }

    /// Holds it if there is room.
    func keep(_ original: FetchedOriginal, under key: EntryKey) {
        held.withLock { held in
            Self.forgetOld(&held)
            let bytes = held.values.reduce(original.original.bytes.count) { $0 + $1.original.original.bytes.count }
            guard bytes <= capacity else { return }
            held[key] = Held(original: original, until: Deadline(in: Self.lifetime))
        }
    }

    private static func forgetOld(_ held: inout [EntryKey: Held]) {
        held = held.filter { !$0.value.until.hasPassed }
    }
}
