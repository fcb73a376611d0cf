import Deadlines
import Glibc
import Purging

/// How far purges are, seen from this worker: one that another worker has just accepted is known here a moment later.
struct PurgeStates: Sendable {
    /// How long the log may take to bring news; it looks for them several times a second.
    private static let newsLimit: Duration = .seconds(1)
    private static let pollMilliseconds: Int32 = 50
    /// Slots that may wait for news at once; more are told at once what is known.
    private static let mostWaiting = 4
    /// The form of ids: UUIDs as text (RFC 9562 §4). There is no news of others.
    private static let idLength = 36

    private let purges: any Purges
    private let waiting = Monitor(0)

    init(_ purges: any Purges) {
        self.purges = purges
    }

    /// `nil` if none of the accounts has such a purge. May wait for a second, but not beyond the deadline.
    func state(of id: String, accounts: Set<String>, until deadline: Deadline) -> PurgeState? {
        guard id.utf8.count == Self.idLength else { return nil }
        if let state = known(id, accounts) { return state }
        let mayWait = waiting.withLock { waiting in
            guard waiting < Self.mostWaiting else { return false }
            waiting += 1
            return true
        }
        guard mayWait else { return nil }
        defer { waiting.withLock { $0 -= 1 } }
        let limit = deadline.capped(to: Self.newsLimit)
        while !limit.hasPassed {
            poll(nil, 0, Self.pollMilliseconds)
            if let state = known(id, accounts) { return state }
        }
        return nil
    }

    private func known(_ id: String, _ accounts: Set<String>) -> PurgeState? {
        for account in accounts {
            if let state = purges.state(of: id, account: account) { return state }
        }
        return nil
    }
}
