import CFiles
import Deadlines
import Memory

#if canImport(Glibc)
    import Glibc
#endif

/// A file that is being written, out of the readers' sight; `place(at:)` puts it before them in one step.
///
/// Its writer holds a lock on it until it lies in its place: a file that can be locked was left by a killed writer.
struct NewFile: ~Copyable {
    private let descriptor: Int32
    private let path: String
    /// Nothing of ours lies under `path` any more.
    private var isDone = false

    /// How often another name, or another way to put the file into its place, is tried.
    private static let attempts = 8
    /// Between two looks at the deadline.
    private static let chunkSize = 1024 * 1024
    /// Files whose names begin otherwise do not count towards the size limit.
    private static let countedPrefix = "value-"
    private static let otherPrefix = "purge-"

    static func create(in folder: StoreFolder, counts: Bool) throws(StoreError) -> NewFile {
        let prefix = folder.new + "/" + (counts ? countedPrefix : otherPrefix)
        var code: Int32 = EEXIST
        for _ in 0..<attempts {
            let path = prefix + String(UInt64.random(in: .min ... .max), radix: 16)
            let descriptor = SystemCalls.open(path, O_RDWR | O_CREAT | O_EXCL)
            guard descriptor >= 0 else {
                code = errno
                if code == ENOENT { try StoreFolder.make(folder.new) }
                guard code == ENOENT || code == EEXIST else { break }
                continue
            }
            // Somebody who clears up may have seen the file before it was locked.
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0, isLinked(descriptor) {
                return NewFile(descriptor: descriptor, path: path)
            }
            close(descriptor)
            unlink(path)
        }
        throw StoreError(changing: "open", code)
    }

    private static func isLinked(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink > 0
    }

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        if !isDone { unlink(path) }
        close(descriptor)
    }

    /// Removes the file at once, so that its space may be released.
    mutating func abandon() {
        guard !isDone else { return }
        isDone = true
        ftruncate(descriptor, 0)
        unlink(path)
    }

    // MARK: Writing

    /// Writes `parts`, which are `size` bytes together.
    ///
    /// The file has its full length from the beginning, so that whoever adds up sizes sees what it will take.
    borrowing func fill(
        _ parts: [any Blob], size: Int, until deadline: Deadline
    ) throws(StoreError) {
        guard ftruncate(descriptor, size) == 0 else { throw StoreError(changing: "ftruncate", errno) }
        for part in parts {
            try part.withBytes { (bytes) throws(StoreError) in
                try bytes.withUnsafeBytes { (bytes) throws(StoreError) in
                    try Self.write(bytes, to: descriptor, until: deadline)
                }
            }
        }
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, until deadline: Deadline
    ) throws(StoreError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = UnsafeRawBufferPointer(rebasing: rest.prefix(chunkSize))
            let written = Glibc.write(descriptor, chunk.baseAddress, chunk.count)
            if written > 0 {
                rest = rest.dropFirst(written)
                guard rest.isEmpty || !deadline.hasPassed else { throw .timedOut }
            } else if errno != EINTR {
                throw StoreError(changing: "write", errno)
            }
        }
    }

    /// Brings the bytes to the disk.
    borrowing func synchronise() throws(StoreError) {
        try SystemCalls.synchronise(descriptor)
    }

    // MARK: Placing

    /// Puts the file at `place`, instead of what lies there. Returns the footprint of what it replaced; 0 for nothing.
    ///
    /// The two files change places and the old one is removed under its new name: of two writers that replace the same
    /// file at once, each removes what it has replaced itself, and so each sum is right.
    mutating func place(at place: String) throws(StoreError) -> Int {
        var code: Int32 = 0
        for _ in 0..<Self.attempts {
            if apus_rename_if_free(path, place) == 0 {
                isDone = true
                return 0
            }
            code = errno
            switch code {
            case EEXIST:
                if apus_rename_exchanging(path, place) == 0 { return removeReplaced() }
                code = errno
                // It was removed meanwhile.
                guard code == ENOENT else { return try placePlainly(at: place, code) }
            case ENOENT: try StoreFolder.make(StoreFolder.parent(of: place))
            default: return try placePlainly(at: place, code)
            }
        }
        throw StoreError(changing: "renameat2", code)
    }

    private mutating func removeReplaced() -> Int {
        isDone = true
        let footprint = SystemCalls.status(of: path)?.footprint ?? 0
        return unlink(path) == 0 ? footprint : 0
    }

    /// For file systems that cannot exchange files (`EINVAL`, rename(2)): the sum may be wrong until the next recount
    /// if two writers replace the same file at once.
    private mutating func placePlainly(at place: String, _ code: Int32) throws(StoreError) -> Int {
        guard code == EINVAL || code == ENOSYS else { throw StoreError(changing: "renameat2", code) }
        let replaced = SystemCalls.status(of: place)?.footprint ?? 0
        guard rename(path, place) == 0 else { throw StoreError(changing: "rename", errno) }
        isDone = true
        return replaced
    }
}

extension NewFile {
    /// What killed writers have left.
    struct Leftovers {
        var files = 0
        /// Of those that count towards the size limit.
        var footprint = 0
    }

    /// Removes the files of writers that are no more. Any number of processes may do so at once.
    static func removeLeftovers(in folder: StoreFolder) throws(StoreError) -> Leftovers {
        var removed = Leftovers()
        guard let listing = try FolderListing.open(folder.new) else { return removed }
        while let name = try listing.next() {
            let path = folder.new + "/" + name
            guard let status = removeIfLeft(path) else { continue }
            removed.files += 1
            // An empty one had no space reserved yet.
            if name.hasPrefix(countedPrefix), status.st_size > 0 { removed.footprint += status.footprint }
        }
        return removed
    }

    /// Its status if the file was removed; `nil` if it has a writer or is no file.
    private static func removeIfLeft(_ path: String) -> stat? {
        let descriptor = SystemCalls.open(path, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
        // Its writer may have exchanged it for the file that it replaces, before it let go of the lock.
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.isRegular, SystemCalls.status(of: path)?.st_ino == status.st_ino,
            unlink(path) == 0
        else { return nil }
        return status
    }
}
