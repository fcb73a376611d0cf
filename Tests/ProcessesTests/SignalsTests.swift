import Deadlines
import Glibc
import Processes
import Testing

/// Signals taken by waiting, each in a thread of its own so that the other tests' threads do not mind.
struct SignalsTests {
    /// Runs `body` in a thread whose signal mask is its own.
    private func inThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) throws -> Result? {
        let result = Monitor<Result?>(nil)
        try WorkThread(named: "signals") { result.update { $0 = body() } }.join()
        return result.withLock { $0 }
    }

    @Test func `A blocked signal waits until it is asked for`() throws {
        let numbers = try inThread {
            var signals = Signals(blocking: [SIGUSR1, SIGWINCH])
            pthread_kill(pthread_self(), SIGWINCH)
            pthread_kill(pthread_self(), SIGUSR1)
            return [
                signals.wait(until: Deadline(in: .seconds(20))), signals.wait(until: .now), signals.wait(until: .now),
            ]
        }
        let taken = try #require(numbers)
        #expect(Set(taken.compactMap { $0 }) == [SIGUSR1, SIGWINCH])
        #expect(taken[2] == nil)
    }

    @Test(arguments: [Duration.zero, .milliseconds(10), .seconds(-1)])
    func `A wait ends at its deadline`(duration: Duration) throws {
        let number = try inThread {
            var signals = Signals(blocking: [SIGWINCH])
            return signals.wait(until: Deadline(in: duration))
        }
        #expect(number == .some(nil))
    }

    @Test func `The end of a child is a signal too, though its default is to be ignored`() throws {
        let number = try inThread { () -> Int32? in
            var signals = Signals(blocking: [SIGCHLD])
            pthread_kill(pthread_self(), SIGCHLD)
            return signals.wait(until: Deadline(in: .seconds(20)))
        }
        #expect(number == .some(SIGCHLD))
    }

    @Test func `A reader that has gone is an error and not the end`() throws {
        Signals.ignoreBrokenPipes()
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        #expect(write(ends[1], "x", 1) == -1)
        #expect(errno == EPIPE)
    }
}
