import Deadlines
import Storage

extension PurgeLog {
    /// Writes to the store what is to be written, and then removes what is to be removed, as far as the time allows.
    func tidy(_ archive: PurgeArchive, _ sync: inout PurgeSync) {
        do throws(StoreError) {
            let limit = Deadline(in: PurgeSync.timeToWrite)
            // What begins just before the limit has as much time again, so that it is not taken for a failure.
            let end = limit.later(by: PurgeSync.timeToWrite)
            try writeFiles(archive, beginning: limit, until: end)
            try removeFiles(archive, beginning: limit, until: end)
            sync.isTidyFailing = false
        } catch {
            sync.nextTidy = Deadline(in: PurgeSync.pauseAfterFailure)
            if !sync.isTidyFailing { tell(.storeNotTidied(error)) }
            sync.isTidyFailing = true
        }
    }

    private func writeFiles(
        _ archive: PurgeArchive, beginning limit: Deadline, until end: Deadline
    ) throws(StoreError) {
        while !limit.hasPassed {
            let part = change { state in
                state.chores.storeWrites.formIntersection(state.book.rules.keys)
                return state.nextStoreWrites(most: PurgeSync.filesAtOnce)
            }
            guard !part.isEmpty else { return }
            let write: @Sendable ((rule: PurgeRule, isShared: Bool)) -> StoreError? = { file in
                Self.error { () throws(StoreError) in
                    try archive.write(file.rule, isShared: file.isShared, until: end)
                }
            }
            // Who reads the files of another log takes the newest for the end of all. So none is there before the older.
            let isOrdered = part.first?.rule.source != nil
            var isFailing = false
            let errors =
                isOrdered
                ? part.map { file -> StoreError? in
                    let error = isFailing ? .unavailable : write(file)
                    isFailing = error != nil
                    return error
                } : Concurrently.map(part, write)
            change { state in
                for (file, error) in zip(part, errors) where error == nil {
                    state.storeTop = max(state.storeTop, file.rule.number)
                    // A rule that got another number meanwhile is to be written again.
                    guard state.book.rules[file.rule.requestID] == file.rule else { continue }
                    state.chores.storeWrites.remove(file.rule.requestID)
                }
            }
            if let error = errors.lazy.compactMap({ $0 }).first { throw error }
        }
    }

    private func removeFiles(
        _ archive: PurgeArchive, beginning limit: Deadline, until end: Deadline
    ) throws(StoreError) {
        while !limit.hasPassed, inspect({ $0.chores.storeWrites.isEmpty }) {
            let part = inspect { Array($0.chores.storeRemovals.suffix(PurgeSync.filesAtOnce)) }
            guard !part.isEmpty else { return }
            let errors = Concurrently.map(part) { name in
                Self.error { () throws(StoreError) in try archive.remove(name, until: end) }
            }
            let removed = Set(zip(part, errors).filter { $1 == nil }.map(\.0))
            change { state in
                // Purges that are accepted meanwhile put more at the end, not much.
                let start = state.chores.storeRemovals.lastIndex(of: part[0]) ?? 0
                state.chores.storeRemovals[start...].removeAll { removed.contains($0) }
            }
            if let error = errors.lazy.compactMap({ $0 }).first { throw error }
        }
    }

    private static func error(_ body: () throws(StoreError) -> Void) -> StoreError? {
        do {
            try body()
            return nil
        } catch {
            return error
        }
    }
}
