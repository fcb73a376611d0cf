import CLinux
import Deadlines
import Glibc

/// Makes the kernel choose anew who runs, on every processor and at every beat.
///
/// The scheduler that Linux has since 6.6 (EEVDF; measured with 6.18) lets a process of the idle class that has got a
/// processor in the moment in which an ordinary one went to sleep keep it to the next tick of the clock, 4 ms with many a
/// kernel, also if that other one is woken at once: as nginx is, all the time. Any thread that wakes there ends such a turn.
package final class Metronome: Sendable {
    private enum State {
        case silent, beating, stopped
    }

    /// Between two beats of all metronomes of a host: what somebody waits then is less than what he waits for the network.
    private static let interval: Duration = .microseconds(500)
    /// Threads of a silent one look again, at the latest.
    private static let longestWait: Duration = .seconds(3600)

    private let processors: Int
    private let interval: Duration
    private let state = Monitor(State.silent)

    /// - Parameters:
    ///   - processors: how many this process may run on.
    ///   - count: metronomes on this host, which take turns by chance.
    package init(processors: Int, count: Int) {
        self.processors = processors
        interval = Self.interval * max(1, count)
    }

    /// A thread for each processor; they run until `stop`. Call once.
    package func start() throws(ProcessError) -> [WorkThread] {
        var threads: [WorkThread] = []
        for number in 0..<processors {
            threads.append(try WorkThread(named: "metronome", stackBytes: 128 * 1024) { self.run(on: number) })
        }
        return threads
    }

    /// Whether it beats from now on. Cheap where that is so already.
    package func beat(_ isNeeded: Bool) {
        let wanted = isNeeded ? State.beating : .silent
        guard state.withLock({ $0 != wanted && $0 != .stopped }) else { return }
        state.update { if $0 != .stopped { $0 = wanted } }
    }

    package var isBeating: Bool { state.withLock { $0 == .beating } }

    package func stop() {
        state.update { $0 = .stopped }
    }

    /// Without a processor of its own (a container's were changed) a thread would be of no use.
    private func run(on number: Int) {
        guard apus_run_on(Int32(number)) == 0 else { return }
        // In a scheduling group with renders (a container, a session) it would change the group's weight with each beat, from
        // next to nothing to a whole process', and nginx in another group then waited for 0.3 s (Linux 6.18). What is nicest
        // weighs little, and comes before the idle class all the same.
        ThisProcess.weighLeast()
        var pause = timespec(tv_sec: 0, tv_nsec: Int(interval.wholeNanoseconds))
        while true {
            switch state.wait(until: Deadline(in: Self.longestWait), { $0 == .silent ? nil : $0 }) {
            case .beating: clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nil)
            case .stopped: return
            case .silent, nil: continue
            }
        }
    }
}
