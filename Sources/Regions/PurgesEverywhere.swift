import Deadlines
import Purging

/// The purges of all regions, entered in this one: a purge is completed when no region answers with old bytes.
final class PurgesEverywhere: Purges {
    private let log: any SharedPurges
    private let exchanges: RegionExchanges
    private let accepted: @Sendable (_ number: UInt64) -> Void
    /// Which were completed once: that is for good, whoever goes away afterwards.
    private let completed = Monitor(Set<PurgeRule.Source>())

    /// More are judged anew.
    private static let mostCompleted = 10_000

    /// - Parameter accepted: called with the number of each rule that this worker has accepted.
    init(_ log: any SharedPurges, exchanges: RegionExchanges, accepted: @escaping @Sendable (_ number: UInt64) -> Void)
    {
        self.log = log
        self.exchanges = exchanges
        self.accepted = accepted
    }

    func accept(account: String, target: PurgeTarget, deadline: Deadline) throws(PurgeError) -> String {
        let id = try log.accept(account: account, target: target, deadline: deadline)
        accepted(log.origin(of: id, account: account)?.number ?? 0)
        return id
    }

    /// In whichever region it was entered.
    func state(of requestID: String, account: String) -> PurgeState? {
        guard let state = log.state(of: requestID, account: account) else { return nil }
        guard state == .completed else { return state }
        // A purge that has no number that others know has not reached them.
        guard let source = log.origin(of: requestID, account: account) else { return .pending }
        guard completed.withLock({ $0.contains(source) }) || exchanges.isObeyed(source) else { return .pending }
        completed.withLock { completed in
            if completed.count >= Self.mostCompleted { completed = [] }
            completed.insert(source)
        }
        return .completed
    }
}
