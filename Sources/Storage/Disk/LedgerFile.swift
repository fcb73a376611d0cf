import Deadlines

#if canImport(Glibc)
    import Glibc
#endif

/// The file of a `Ledger`, open and locked against all other threads and processes.
struct LedgerFile: ~Copyable {
    private let descriptor: Int32

    /// Whoever has the file will mostly be done by then.
    private static let attemptsWithoutPause = 8
    /// Microseconds between two later attempts to lock it.
    private static let pause: UInt32 = 100

    /// Opens the file; makes it, and its folder, where they are missing. `nil` if somebody else has it until `deadline`.
    static func open(in folder: StoreFolder, until deadline: Deadline) throws(StoreError) -> LedgerFile? {
        var descriptor = SystemCalls.open(folder.ledger, O_RDWR | O_CREAT)
        if descriptor < 0, errno == ENOENT || errno == ENOTDIR {
            try StoreFolder.make(folder.root)
            descriptor = SystemCalls.open(folder.ledger, O_RDWR | O_CREAT)
        }
        guard descriptor >= 0 else { throw StoreError(changing: "open", errno) }
        let file = LedgerFile(descriptor: descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.isRegular else { throw .system(call: "open", errno: EINVAL) }
        var attempts = 0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw .system(call: "flock", errno: errno) }
            guard !deadline.hasPassed else { return nil }
            attempts += 1
            if attempts < attemptsWithoutPause { sched_yield() } else { usleep(pause) }
        }
        return file
    }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// `nil` for an empty file and for one that says nothing of use.
    borrowing func read() throws(StoreError) -> Account? {
        var fields = [Int](repeating: 0, count: Account.fieldCount)
        let wanted = fields.count * MemoryLayout<Int>.size
        let count = fields.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count >= 0 else { throw .system(call: "pread", errno: errno) }
        return count == wanted ? Account(fields: fields) : nil
    }

    borrowing func write(_ account: Account) throws(StoreError) {
        let fields = account.fields
        let count = fields.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        guard count == fields.count * MemoryLayout<Int>.size else {
            throw StoreError(changing: "pwrite", count < 0 ? errno : ENOSPC)
        }
    }
}
