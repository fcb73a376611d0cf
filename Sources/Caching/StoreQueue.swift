import Deadlines
import Memory
import Processes

/// Entries on their way to the store, written by a thread of their own, so that no request waits for it.
///
/// Bounded: what does not fit is not written, which costs a render some day and no memory now.
final class StoreQueue: Sendable {
    private static let mostEntries = 1000
    private static let mostBytes = 64_000_000
    /// The most that one write may take.
    private static let writeLimit: Duration = .seconds(10)

    private struct State {
        var waiting: [(key: EntryKey, entry: Entry)] = []
        /// Of what waits and of what is being written.
        var bytes = 0
        /// What is being written, and whether it has been removed meanwhile.
        var writing: EntryKey?
        var isRemoved = false
        /// Set when no more comes: what is not written by then is dropped.
        var end: Deadline?
    }

    private let tier: StoreTier
    private let report: @Sendable (KeepOutcome) -> Void
    private let state = Monitor(State())

    /// - Parameter report: told of every write, on the queue's thread.
    init(tier: StoreTier, report: @escaping @Sendable (KeepOutcome) -> Void) {
        self.tier = tier
        self.report = report
    }

    /// False, and nothing done, where there is no room.
    func add(_ entry: Entry, under key: EntryKey) -> Bool {
        state.update { state in
            let bytes = state.bytes + entry.body.count
            guard state.waiting.count < Self.mostEntries, bytes <= Self.mostBytes else { return false }
            state.waiting.append((key, entry))
            state.bytes = bytes
            return true
        }
    }

    /// What is on its way under that key does not stay.
    func remove(_ key: EntryKey) {
        state.withLock { state in
            for (waiting, entry) in state.waiting where waiting == key { state.bytes -= entry.body.count }
            state.waiting.removeAll { $0.key == key }
            if state.writing == key { state.isRemoved = true }
        }
    }

    /// The thread that writes, until `stop`.
    func start() throws(ProcessError) -> WorkThread {
        try WorkThread(named: "store-queue") { [self] in
            while let (key, entry) = next() {
                report(tier.keep(entry, under: key, until: Deadline(in: Self.writeLimit)))
                let isRemoved = state.withLock { state in
                    state.bytes -= entry.body.count
                    defer { (state.writing, state.isRemoved) = (nil, false) }
                    return state.isRemoved
                }
                if isRemoved { tier.remove(key, until: Deadline(in: Self.writeLimit)) }
            }
        }
    }

    /// Writes what waits, but begins nothing after the deadline.
    func stop(until deadline: Deadline) {
        state.update { $0.end = deadline }
    }

    /// The next entry to write; `nil` at the end.
    private func next() -> (key: EntryKey, entry: Entry)? {
        while true {
            let turn = state.wait(until: Deadline(in: .seconds(60))) { state -> Turn? in
                if let end = state.end, end.hasPassed || state.waiting.isEmpty { return .end }
                guard !state.waiting.isEmpty else { return nil }
                let next = state.waiting.removeFirst()
                state.writing = next.key
                return .write(next)
            }
            switch turn {
            case .write(let next): return next
            case .end: return nil
            case nil: continue
            }
        }
    }

    private enum Turn {
        case write((key: EntryKey, entry: Entry))
        case end
    }
}
