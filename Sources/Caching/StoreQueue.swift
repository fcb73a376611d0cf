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
        var bytes = 0
        var isWriting = false
        var isStopping = false
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

    /// The thread that writes; it ends when `stop` is called and all is written, or the writes' time is up.
    func start() throws(ProcessError) -> WorkThread {
        try WorkThread(named: "store-queue") { [self] in
            while let batch = next() {
                for (key, entry) in batch {
                    report(tier.keep(entry, under: key, until: Deadline(in: Self.writeLimit)))
                }
                state.update { $0.isWriting = false }
            }
        }
    }

    func stop() {
        state.update { $0.isStopping = true }
    }

    /// Whether everything that was added before was written by the deadline. For tests and the end of a worker.
    func waitUntilWritten(until deadline: Deadline) -> Bool {
        state.wait(until: deadline) { $0.waiting.isEmpty && !$0.isWriting ? true : nil } ?? false
    }

    private func next() -> [(key: EntryKey, entry: Entry)]? {
        while true {
            let batch = state.wait(until: Deadline(in: .seconds(60))) { state -> [(key: EntryKey, entry: Entry)]? in
                guard !state.waiting.isEmpty else { return state.isStopping ? [] : nil }
                defer { (state.waiting, state.bytes, state.isWriting) = ([], 0, true) }
                return state.waiting
            }
            if let batch { return batch.isEmpty ? nil : batch }
        }
    }
}
