import Deadlines
import Processes
import Testing

/// Shared state and the wait for it, between real threads.
struct MonitorTests {
    private struct Refusal: Error, Equatable {
        let number: Int
    }

    private static let patience: Duration = .seconds(20)

    private func withThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws {
        var threads: [WorkThread] = []
        defer { for thread in threads { thread.join() } }
        for number in 0..<count { threads.append(try WorkThread(named: "monitor-\(number)") { body(number) }) }
    }

    @Test func `No change is lost between threads`() throws {
        let counter = Monitor(0)
        try withThreads(8) { number in
            for _ in 0..<5000 {
                if number % 2 == 0 { counter.withLock { $0 += 1 } } else { counter.update { $0 += 1 } }
            }
        }
        #expect(counter.withLock { $0 } == 40_000)
    }

    @Test func `Who waits wakes when the state becomes right, and not before`() throws {
        let state = Monitor(0)
        let seen = Monitor<[Int]>([])
        let waiting = try WorkThread(named: "waiting") {
            let value = state.wait(until: Deadline(in: Self.patience)) { $0 >= 3 ? $0 : nil }
            seen.withLock { $0.append(value ?? -1) }
        }
        for _ in 0..<3 {
            #expect(seen.withLock { $0 }.isEmpty)
            state.update { $0 += 1 }
        }
        waiting.join()
        #expect(seen.withLock { $0 } == [3])
    }

    @Test func `All who wait look again, and each gets its share`() throws {
        let tokens = Monitor(0)
        let taken = Monitor(0)
        var threads: [WorkThread] = []
        for number in 0..<20 {
            threads.append(
                try WorkThread(named: "taker-\(number)") {
                    let got = tokens.wait(until: Deadline(in: Self.patience)) { count -> Bool? in
                        guard count > 0 else { return nil }
                        count -= 1
                        return true
                    }
                    if got == true { taken.withLock { $0 += 1 } }
                })
        }
        for _ in 0..<4 { tokens.update { $0 += 5 } }
        for thread in threads { thread.join() }
        #expect(taken.withLock { $0 } == 20)
        #expect(tokens.withLock { $0 } == 0)
    }

    @Test(arguments: [Int64.min, -1_500_000_000, -1, 0, 1, Deadline.now.nanoseconds])
    func `A deadline that has passed still gives one attempt`(nanoseconds: Int64) {
        let state = Monitor(5)
        let passed = Deadline(nanoseconds: nanoseconds)
        #expect(state.wait(until: passed) { $0 == 5 ? $0 : nil } == 5)
        var attempts = 0
        let nothing = state.wait(until: passed) { _ -> Int? in
            attempts += 1
            return nil
        }
        #expect(nothing == nil)
        #expect(attempts >= 1)
    }

    @Test func `A wait ends at its deadline and looks a last time`() {
        let state = Monitor(0)
        let deadline = Deadline(in: .milliseconds(20))
        let answer = state.wait(until: deadline) { _ in deadline.hasPassed ? "late" : nil }
        #expect(answer == "late")
        #expect(deadline.hasPassed)
    }

    @Test func `The longest deadline is one`() throws {
        let state = Monitor(false)
        let waiting = try WorkThread(named: "waiting") {
            _ = state.wait(until: Deadline(nanoseconds: .max)) { $0 ? true : nil }
        }
        state.update { $0 = true }
        waiting.join()
    }

    @Test func `An error passes, and leaves the lock free and the change in place`() {
        let state = Monitor(1)
        #expect(throws: Refusal(number: 1)) {
            try state.update { value throws(Refusal) in
                value = 2
                throw Refusal(number: 1)
            }
        }
        #expect(throws: Refusal(number: 2)) {
            try state.withLock { value throws(Refusal) in throw Refusal(number: value) }
        }
        #expect(state.withLock { $0 } == 2)
    }
}
