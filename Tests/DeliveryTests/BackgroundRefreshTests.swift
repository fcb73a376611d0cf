import Deadlines
import Delivery
import Processes
import RedisFixture
import Testing

struct BackgroundRefreshTests {
    /// Runs `body` while the threads run, and ends them.
    private func running(_ refreshes: BackgroundRefresh<Int>, _ body: () throws -> Void) throws {
        let threads = try refreshes.start()
        defer {
            refreshes.stop()
            for thread in threads { thread.join() }
        }
        try body()
    }

    @Test func `Each thing is renewed once at a time`() throws {
        let refreshes = BackgroundRefresh<Int>()
        let (gate, done) = (Gate(), Monitor(0))
        try running(refreshes) {
            let work: @Sendable () -> Void = {
                gate.pass()
                done.update { $0 += 1 }
            }
            #expect(refreshes.schedule(1, work))
            for _ in 0..<10 { #expect(!refreshes.schedule(1, work)) }
            #expect(refreshes.schedule(2, work))
            gate.open()
            #expect(eventually { done.withLock { $0 } == 2 })
            // Once more when that is over.
            #expect(eventually { refreshes.schedule(1, work) })
            #expect(eventually { done.withLock { $0 } == 3 })
        }
    }

    @Test func `Many are done, two at a time`() throws {
        let refreshes = BackgroundRefresh<Int>()
        let counts = Monitor((running: 0, most: 0, done: 0))
        try running(refreshes) {
            for key in 0..<200 {
                let isTaken = refreshes.schedule(key) {
                    counts.withLock {
                        $0.running += 1
                        $0.most = max($0.most, $0.running)
                    }
                    counts.withLock {
                        $0.running -= 1
                        $0.done += 1
                    }
                }
                #expect(isTaken)
            }
            #expect(eventually { counts.withLock { $0.done } == 200 })
        }
        #expect(counts.withLock { $0.most } <= 2)
    }

    @Test func `What waits is bounded`() {
        // Nobody works.
        let refreshes = BackgroundRefresh<Int>()
        let taken = (0..<1000).count { refreshes.schedule($0) {} }
        #expect(taken == 256)
    }

    @Test func `The end drops what waits and lets go on what runs`() throws {
        let refreshes = BackgroundRefresh<Int>()
        let (gate, begun, done) = (Gate(), Monitor(0), Monitor(0))
        let threads = try refreshes.start()
        for key in 0..<50 {
            refreshes.schedule(key) {
                begun.update { $0 += 1 }
                gate.pass()
                done.update { $0 += 1 }
            }
        }
        #expect(eventually { begun.withLock { $0 } == 2 })
        refreshes.stop()
        #expect(!refreshes.schedule(100) {})
        gate.open()
        for thread in threads { thread.join() }
        #expect(done.withLock { $0 } == 2)
    }

    @Test func `Threads without anything to do end`() throws {
        try running(BackgroundRefresh<Int>()) {}
    }
}
