#if canImport(Glibc)
    import Glibc
#endif

extension StoreError {
    /// What the failure of a call that changes the folder means.
    init(changing call: String, _ code: Int32) {
        self =
            switch code {
            case ENOSPC, EDQUOT: .full
            case EROFS, EACCES, EPERM: .readOnly
            default: .system(call: call, errno: code)
            }
    }
}

/// Calls that are made in more than one place.
enum SystemCalls {
    /// Opens a file or folder; a signal in between does not count. The errno of the last attempt is left in place.
    ///
    /// Never through a symbolic link in the place of the file, and never waiting for the other end of a FIFO.
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) -> Int32 {
        while true {
            let descriptor = Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, mode)
            if descriptor >= 0 || errno != EINTR { return descriptor }
        }
    }

    /// What lies under a path, links not followed; `nil` if that cannot be told, with the errno left in place.
    static func status(of path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// Brings what the kernel holds of a file or folder to the disk.
    static func synchronise(_ descriptor: Int32) throws(StoreError) {
        while fsync(descriptor) != 0 {
            guard errno == EINTR else { throw StoreError(changing: "fsync", errno) }
        }
    }

    /// Brings the entries of a folder to the disk.
    static func synchronise(folder path: String) throws(StoreError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(changing: "open", errno) }
        defer { close(descriptor) }
        try synchronise(descriptor)
    }
}

extension stat {
    var isRegular: Bool { st_mode & S_IFMT == S_IFREG }

    /// When its content was last changed, or the file last used (`StoredFile.markUse`): nanoseconds since 1970.
    var lastUse: Int64 {
        let (seconds, overflow) = Int64(st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        // A file system that is damaged may say anything.
        return overflow ? 0 : seconds &+ Int64(st_mtim.tv_nsec)
    }

    /// What the file takes of the store's space.
    var footprint: Int { Footprint.ofFile(size: Int(st_size)) }
}
