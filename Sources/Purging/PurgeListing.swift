import Deadlines
import Processes
import Storage

/// One listing of the store, on a thread of its own: where it hangs or takes long, Redis is followed all the same.
final class PurgeListing: Sendable {
    /// When it began, on the log's clock and on the real one.
    let since: Deadline
    let start: Deadline
    /// What the store had to have at least when it began.
    let storeTop: UInt64
    private let found: Monitor<Result<[StoreName], StoreError>?>
    private let thread: WorkThread

    /// Begins. Whoever lets go of it before it has an answer leaves its thread to end by the deadline.
    init(of archive: PurgeArchive, since: Deadline, storeTop: UInt64, until deadline: Deadline) throws(StoreError) {
        (self.since, self.storeTop, start) = (since, storeTop, .now)
        let found = Monitor<Result<[StoreName], StoreError>?>(nil)
        self.found = found
        do throws(ProcessError) {
            thread = try WorkThread(named: "purge listing") {
                let names = Result { () throws(StoreError) in try archive.names(until: deadline) }
                found.update { $0 = names }
            }
        } catch {
            throw .system(call: error.call, errno: error.errno)
        }
    }

    /// The answer; `nil` if there is none by the deadline. Not to be called again once there was one.
    func answer(until deadline: Deadline) -> Result<[StoreName], StoreError>? {
        guard let answer = found.wait(until: deadline, { $0 }) else { return nil }
        thread.join()
        return answer
    }
}
