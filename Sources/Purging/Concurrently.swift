import Deadlines
import Processes

/// Asks for many things on a few threads at once: in a bucket each takes the time of a network.
enum Concurrently {
    private static let mostThreads = 8
    /// So few items are not worth a thread.
    private static let fewestItems = 8

    /// The answers in the order of the items. Returns when all are there.
    static func map<Item: Sendable, Answer: Sendable>(
        _ items: [Item], _ ask: @escaping @Sendable (Item) -> Answer
    ) -> [Answer] {
        guard items.count > fewestItems else { return items.map { ask($0) } }
        let shared = Monitor((next: 0, answers: [Answer?](repeating: nil, count: items.count)))
        let work: @Sendable () -> Void = {
            while true {
                let place = shared.withLock { shared in
                    defer { shared.next += 1 }
                    return shared.next
                }
                guard place < items.count else { return }
                let answer = ask(items[place])
                shared.withLock { $0.answers[place] = answer }
            }
        }
        // Whatever threads there are not, the caller does the work.
        let threads = (1..<mostThreads).compactMap { _ in try? WorkThread(named: "purge files", work) }
        work()
        for thread in threads { thread.join() }
        return shared.withLock { $0.answers.compactMap { $0 } }
    }
}
