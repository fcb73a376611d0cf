import Deadlines
import Processes
import Purging

/// Keeps in touch with one other region: exchanges news with it every second, and at once when there is a reason.
final class RegionLink: Sendable {
    private let neighbour: Neighbour
    private let talk: RegionTalk
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

    init(_ neighbour: Neighbour, talk: RegionTalk) {
        self.neighbour = neighbour
        self.talk = talk
    }

    func start() throws(ProcessError) -> WorkThread {
        try WorkThread(named: "region-\(neighbour.name)") { [self] in keepUp() }
    }

    /// The thread ends once its exchange has, within `LinkTiming.patience` and what the log takes.
    func stop() {
        rounds.update { $0.isStopped = true }
    }

    /// Has an exchange begin now.
    ///
    /// - Parameter number: of a rule that was just accepted here and is to go with it.
    func kick(number: UInt64 = 0) {
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
        let timing = talk.timing
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
            let wanted = PurgeVector([talk.identity.region: number])
            _ = talk.log?.awaitVector(wanted, until: Deadline(in: talk.timing.news))
        }
        let start = Deadline.now
        let before = neighbour.known
        do throws(RegionError) {
            let answer = try neighbour.exchange(
                talk.message(to: before), until: start.later(by: talk.timing.patience))
            neighbour.known = answer.known
            let taken = talk.take(
                answer, from: neighbour.name, at: start, until: Deadline(in: talk.timing.adoption))
            let lacks = !answer.known.covers(talk.vector)
            // Only while it helps: what cannot be told or kept is tried again a second later.
            return (lacks && answer.known != before) || (answer.isCut && taken.isNews)
        } catch {
            talk.failed(neighbour.name, error)
            return false
        }
    }
}
