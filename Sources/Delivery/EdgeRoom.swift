import Deadlines
import Glibc
package import Logging

/// Whether nginx has room for what it keeps.
///
/// It has no way to go on without: where it cannot write the copy of an answer it breaks off the answer, too. So it is
/// told not to keep anything as long as the disk is full or cannot be written.
package final class EdgeRoom: Sendable {
    /// Below so many bytes the disk counts as full; nginx itself begins to clear its cache at 512 MB.
    static let leastBytes: UInt64 = 64_000_000
    /// For how long a look is good.
    private static let interval: Duration = .seconds(1)

    private struct Look {
        var isGoodUntil: Deadline
        var hasRoom: Bool
    }

    private let folder: String
    /// A service manager may show the folder to this process alone as one that cannot be written.
    private let isNeverWritable: Bool
    private let logger: Logger
    private let last: Monitor<Look>

    /// - Parameter folder: nginx' edge cache.
    package init(folder: String, logger: Logger) {
        self.folder = folder
        self.logger = logger
        isNeverWritable = Self.status(of: folder)?.isReadOnly ?? false
        last = Monitor(Look(isGoodUntil: .now, hasRoom: true))
    }

    var hasRoom: Bool {
        last.withLock { last in
            guard last.isGoodUntil.hasPassed else { return last.hasRoom }
            let hasRoom = look()
            if hasRoom != last.hasRoom {
                logger.log(
                    level: hasRoom ? .notice : .error,
                    hasRoom ? "the edge cache has room again" : "the edge cache has no room: nginx keeps nothing",
                    metadata: ["folder": "\(folder)"])
            }
            last = Look(isGoodUntil: Deadline(in: Self.interval), hasRoom: hasRoom)
            return hasRoom
        }
    }

    /// What cannot be looked at is nginx' own business.
    private func look() -> Bool {
        guard let status = Self.status(of: folder) else { return true }
        return status.freeBytes >= Self.leastBytes && (isNeverWritable || !status.isReadOnly)
    }

    private static func status(of folder: String) -> (freeBytes: UInt64, isReadOnly: Bool)? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return (overflow ? .max : bytes, status.f_flag & UInt(ST_RDONLY) != 0)
    }
}
