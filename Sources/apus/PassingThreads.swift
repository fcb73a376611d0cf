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

    private let threads = Monitor(Threads())
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// Writes `beginning` and then all of `file` to `answer`, after this has returned.
    ///
    /// - Parameters:
    ///   - beginning: the head, and what comes before the file.
    ///   - request: its id, for the log.
    func pass(_ file: PassingFile, beginning: [UInt8], to answer: LongAnswer, request: String) {
        joinEnded()
        threads.update { threads in
            threads.started += 1
            let number = threads.started
            do throws(ProcessError) {
                threads.running[number] = try WorkThread(named: "file") { [self] in
                    write(file, beginning, to: answer, request)
                    self.threads.update { threads in
                        threads.running.removeValue(forKey: number).map { threads.ended.append($0) }
                    }
                }
            } catch {
                logger.error("file not passed on", metadata: ["reason": "\(error)", "request": "\(request)"])
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

    private func write(_ file: PassingFile, _ beginning: [UInt8], to answer: LongAnswer, _ request: String) {
        do throws(ClientGone) {
            try answer.write(beginning.span.bytes)
            switch try file.pass(to: { (piece) throws(ClientGone) in try answer.write(piece) }) {
            case .complete: try answer.end()
            case .broken(let reason):
                logger.warning("file broken off", metadata: ["reason": "\(reason)", "request": "\(request)"])
            }
        } catch {
            // Nobody is left to tell.
        }
    }
}
