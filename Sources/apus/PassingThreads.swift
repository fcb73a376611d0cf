import Deadlines
import Delivery
import FastCGI
import Logging
import Memory
import Processes

/// Passes on files that go out while they come, each in a thread of its own: a client may take an hour for one, and slots
/// are for those who want an answer now. How many there are at a time is `Files`' business.
final class PassingThreads: Sendable {
    private struct Threads {
        var running: [Int: WorkThread] = [:]
        /// Those that are done, or as good as.
        var ended: [WorkThread] = []
        var started = 0
    }

    /// Little is called from there: the read of a body and a write.
    private static let stackBytes = 256 * 1024

    private let threads = Monitor(Threads())
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// Writes `head` and then all of `file` to `answer`, after this has returned.
    func pass(_ file: PassingFile, head: [UInt8], to answer: LongAnswer) {
        joinEnded()
        threads.update { threads in
            threads.started += 1
            let number = threads.started
            threads.running[number] = try? WorkThread(named: "file", stackBytes: Self.stackBytes) { [self] in
                write(file, head, to: answer)
                self.threads.update { threads in
                    threads.running.removeValue(forKey: number).map { threads.ended.append($0) }
                }
            }
        }
    }

    /// Waits for all of them, until the deadline.
    func join(until deadline: Deadline) {
        _ = threads.wait(until: deadline) { $0.running.isEmpty ? true : nil }
    }

    private func joinEnded() {
        let ended = threads.withLock { threads in
            defer { threads.ended = [] }
            return threads.ended
        }
        for thread in ended { thread.join() }
    }

    private func write(_ file: PassingFile, _ head: [UInt8], to answer: LongAnswer) {
        do throws(ClientGone) {
            try answer.write(head.span.bytes)
            switch try file.pass(to: { (piece) throws(ClientGone) in try answer.write(piece) }) {
            case .complete: try answer.end()
            case .broken(let reason): logger.warning("file broken off", metadata: ["reason": "\(reason)"])
            }
        } catch {
            // Nobody is left to tell.
        }
    }
}
