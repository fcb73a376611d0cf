import Deadlines
import Processes
import Purging

/// Keeps in touch with one other region: exchanges news with it every second, and at once when there is a reason.
final class RegionLink: Sendable {
    private let otherRegion: OtherRegion
    private let exchanges: RegionExchanges
    private let rounds = Monitor(Rounds())

    private struct Rounds {
        var isStopped = false
        /// Somebody wants an exchange that begins from now on.
        var isWanted = false
        /// This region's own rules up to here are to be in it.
        var number: UInt64 = 0
        /// Nothing is left to be done at once; also after a failure.
        var isSettled = false
    }

    init(_ otherRegion: OtherRegion, exchanges: RegionExchanges) {
        self.otherRegion = otherRegion
        self.exchanges = exchanges
    }

    func start() throws(ProcessError) -> WorkThread {
        try WorkThread(named: "region-\(otherRegion.name)") { [self] in keepUp() }
    }

    /// The thread ends once its exchange has, within `LinkTiming.patience` and what the log takes.
    func stop() {
        rounds.update { $0.isStopped = true }
    }

    /// Has an exchange begin now.
    ///
    /// - Parameter number: of a rule that was just accepted here and is to go with it.
    func exchangeNow(with number: UInt64 = 0) {
        rounds.update { rounds in
            rounds.isWanted = true
            rounds.number = max(rounds.number, number)
        }
    }

    /// Waits until the first exchange has ended, with all that follows from it.
    func awaitFirst(until deadline: Deadline) {
        _ = rounds.wait(until: deadline) { $0.isSettled || $0.isStopped ? true : nil }
    }

    private func keepUp() {
        let timing = exchanges.timing
        while true {
            let begun = Deadline.now
            let number = rounds.withLock { rounds in
                defer { (rounds.isWanted, rounds.number) = (false, 0) }
                return rounds.number
            }
            let isHasty = exchange(number)
            if !isHasty { rounds.update { $0.isSettled = true } }
            let next = begun.later(by: isHasty ? .zero : timing.interval)
            _ = rounds.wait(until: next) { $0.isStopped || $0.isWanted ? true : nil }
            // However much is wanted.
            let isStopped = rounds.wait(until: begun.later(by: timing.pause)) { $0.isStopped ? true : nil }
            if isStopped == true { return }
        }
    }

    /// - Returns: whether there is more to be exchanged at once.
    private func exchange(_ number: UInt64) -> Bool {
        if number > 0 {
            let wanted = PurgeVector([exchanges.identity.region: number])
            _ = exchanges.log?.awaitVector(wanted, until: Deadline(in: exchanges.timing.news))
        }
        let start = Deadline.now
        let before = otherRegion.known
        do throws(RegionError) {
            let answer = try otherRegion.exchange(
                exchanges.message(to: before), until: start.later(by: exchanges.timing.patience))
            otherRegion.known = answer.known
            let taken = exchanges.take(
                answer, from: otherRegion.name, at: start, until: Deadline(in: exchanges.timing.adoption))
            let lacks = !answer.known.covers(exchanges.vector)
            // Only while it helps: what cannot be told or kept is tried again a second later.
            return (lacks && answer.known != before) || (answer.isCut && taken.isNews)
        } catch {
            exchanges.failed(otherRegion.name, error)
            return false
        }
    }
}
