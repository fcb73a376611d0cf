import Deadlines

#if canImport(Glibc)
    import Glibc
#endif

/// A lock that one thread of all processes that share the folder holds; the kernel lifts it when its holder dies.
///
/// It is flock(2) on a folder, so that a full disk cannot keep anybody from it. Needs a local file system.
struct FolderLock: ~Copyable {
    private let descriptor: Int32
    private static let pause: UInt32 = 1_000

    /// Waits for the lock; `nil` once the deadline has passed, or if there is no such folder.
    static func take(_ path: String, until deadline: Deadline = .now) -> FolderLock? {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EINTR || errno == EWOULDBLOCK, !deadline.hasPassed else {
                close(descriptor)
                return nil
            }
            usleep(pause)
        }
        return FolderLock(descriptor: descriptor)
    }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
