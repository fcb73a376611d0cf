package import Deadlines
import Processes

/// The keeper's thread: as many render processes as there should be.
///
/// A process that dies of a job is replaced at once, however many do: what strangers send must not keep the others
/// waiting. Pauses, ever longer, are for those that die without a job.
extension RenderPool {
    /// The most time that a process has for its start, also where others leave the idle class little of the processor.
    private static let startLimit: Duration = .seconds(30)
    /// How long those that are starting are listened to before anything else is looked at.
    private static let startInterval: Duration = .milliseconds(20)
    /// A process that lives this long without a job is well.
    private static let provenAge: Duration = .seconds(1)
    private static let shortestPause: Duration = .milliseconds(20)
    private static let longestPause: Duration = .seconds(5)
    /// How often idle processes are looked at.
    private static let watchInterval: Duration = .seconds(1)

    private enum Turn {
        case stop
        case start(RenderPriority)
    }

    /// What the keeper alone knows.
    private struct Nursery {
        /// Those that have not said what they have given up.
        var starting: [RenderProcess] = []
        /// When the next may be started.
        var startsAfter = Deadline.now
        var looksAfter = Deadline(in: watchInterval)
    }

    /// Processes that have died without a job, one after the other: the more, the longer are the pauses.
    package var deathsWithoutJob: Int { state.withLock(\.deathsWithoutJob) }

    /// How many may die at their start, one after the other, before it is said that none can be started.
    private static let vainStarts = 2

    /// Waits for the first process to be there. Throws where that takes too long, or where they die at their start.
    package func awaitStart(until deadline: Deadline) throws(RenderPoolError) {
        let isThere = state.wait(until: deadline) { state -> Bool? in
            if state.confinement != nil { return true }
            return state.deathsWithoutJob >= Self.vainStarts ? false : nil
        }
        guard let isThere else { throw .outOfTime }
        guard isThere else { throw .crashed }
    }

    /// Runs until `stop`.
    func keep() {
        var nursery = Nursery()
        while true {
            switch nextTurn(nursery) {
            case .stop: return end(nursery)
            case .start(let priority): startOne(priority, &nursery)
            case nil:
                MessageSocket.awaitNews(of: nursery.starting.map(\.socket), until: Deadline(in: Self.startInterval))
            }
            hear(&nursery)
            if nursery.looksAfter.hasPassed { look(&nursery) }
        }
    }

    /// Waits for something to do, unless there is somebody to listen to.
    private func nextTurn(_ nursery: Nursery) -> Turn? {
        let mayStart = nursery.startsAfter.hasPassed
        func turn(_ state: inout State) -> Turn? {
            if state.isStopping { return .stop }
            return mayStart ? state.missing.popLast().map(Turn.start) : nil
        }
        guard nursery.starting.isEmpty else { return state.withLock(turn) }
        return state.wait(until: mayStart ? nursery.looksAfter : min(nursery.looksAfter, nursery.startsAfter), turn)
    }

    private func startOne(_ priority: RenderPriority, _ nursery: inout Nursery) {
        do throws(ProcessError) {
            nursery.starting.append(
                try RenderProcess(
                    program: program, directory: directory, environment: environment, priority: priority,
                    settings: settings))
        } catch {
            state.update { $0.missing.append(priority) }
            pause(&nursery)
        }
    }

    /// Takes in those that have said what they have given up.
    private func hear(_ nursery: inout Nursery) {
        for process in nursery.starting {
            do throws(RenderProcess.Loss) {
                guard let confinement = try process.confinement() else {
                    if process.startedAt.elapsed < Self.startLimit { continue }
                    throw .late(isBusy: false)
                }
                change { state in
                    state.confinement = confinement
                    state.idle.append(process)
                }
            } catch {
                process.end()
                state.update { $0.missing.append(process.priority) }
                pause(&nursery)
            }
            nursery.starting.removeAll { $0 === process }
        }
    }

    /// Finds idle processes that somebody has killed, and those that keep too much memory.
    private func look(_ nursery: inout Nursery) {
        nursery.looksAfter = Deadline(in: Self.watchInterval)
        var ended: [RenderProcess] = []
        var replaced: [RenderProcess] = []
        state.update { state in
            ended = state.idle.filter(\.hasEnded)
            state.idle.removeAll { process in ended.contains { $0 === process } }
            if state.idle.contains(where: { $0.startedAt.elapsed > Self.provenAge }) { state.deathsWithoutJob = 0 }
            for process in state.idle { process.lookAtRest() }
            replaced = state.idle.filter(\.isSwollen)
            state.idle.removeAll { process in replaced.contains { $0 === process } }
            state.missing += (ended + replaced).map(\.priority)
        }
        for process in replaced { process.end() }
        for process in ended where process.startedAt.elapsed < Self.provenAge { pause(&nursery) }
    }

    private func pause(_ nursery: inout Nursery) {
        let deaths = state.update { state in
            state.deathsWithoutJob += 1
            return state.deathsWithoutJob
        }
        let pause = min(Self.longestPause, Self.shortestPause * (1 << min(deaths, 10)))
        nursery.startsAfter = Deadline(in: deaths > 1 ? pause : .zero)
    }

    private func end(_ nursery: Nursery) {
        for process in nursery.starting + state.withLock({ $0.idle }) { process.end() }
    }
}
