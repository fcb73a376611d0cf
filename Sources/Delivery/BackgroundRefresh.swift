import Deadlines
package import Processes

/// Makes stale things fresh while others are answered from them: a few threads, a bounded queue, each thing once at a
/// time, and a moment's delay by chance, so that what expired together does not come to the origin together.
package final class BackgroundRefresh<Key: Hashable & Sendable>: Sendable {
    private static var threads: Int { 2 }
    private static var mostWaiting: Int { 256 }
    private static var longestDelay: Double { 0.5 }

    private struct Job {
        let key: Key
        let dueAt: Deadline
        let work: @Sendable () -> Void
    }

    private struct State {
        var known: Set<Key> = []
        var waiting: [Job] = []
        var isStopping = false
    }

    private let state = Monitor(State())

    package init() {}

    /// False where it is under way already, or too much is.
    @discardableResult
    package func schedule(_ key: Key, _ work: @escaping @Sendable () -> Void) -> Bool {
        let job = Job(key: key, dueAt: Deadline(in: .seconds(.random(in: 0...Self.longestDelay))), work: work)
        return state.update { state in
            guard !state.isStopping, state.waiting.count < Self.mostWaiting, state.known.insert(key).inserted else {
                return false
            }
            state.waiting.append(job)
            return true
        }
    }

    package func start() throws(ProcessError) -> [WorkThread] {
        var threads: [WorkThread] = []
        for number in 0..<Self.threads {
            threads.append(
                try WorkThread(named: "refresh-\(number)") { [self] in
                    while let job = next() {
                        job.work()
                        state.withLock { _ = $0.known.remove(job.key) }
                    }
                })
        }
        return threads
    }

    /// What waits is dropped; what runs ends by its own deadline.
    package func stop() {
        state.update { state in
            state.isStopping = true
            state.waiting = []
        }
    }

    private enum Turn {
        case job(Job), stop
        /// Something was added that is due before the wait would end.
        case sooner
    }

    private func next() -> Job? {
        while true {
            let end = state.withLock { $0.waiting.map(\.dueAt).min() } ?? Deadline(in: .seconds(60))
            let turn = state.wait(until: end) { state -> Turn? in
                if state.isStopping { return .stop }
                if let index = state.waiting.firstIndex(where: \.dueAt.hasPassed) {
                    return .job(state.waiting.remove(at: index))
                }
                return state.waiting.contains { $0.dueAt < end } ? .sooner : nil
            }
            switch turn {
            case .job(let job): return job
            case .stop: return nil
            case .sooner, nil: continue
            }
        }
    }
}
