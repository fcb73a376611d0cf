import CFiles

#if canImport(Glibc)
    import Glibc
#endif

/// A regular file of a folder, open for reading.
struct OpenFile: ~Copyable {
    /// Length in bytes when it was opened.
    let size: Int
    let validators: Original.Validators
    private let modified: timespec
    private let descriptor: Int32

    /// How often opening is tried when somebody renames folders meanwhile (`EAGAIN`, openat2(2)) or a signal arrives.
    private static let attempts = 8

    /// Opens `path`, relative and without NUL, below the folder `root`.
    init(beneath root: String, path: [UInt8]) throws(OriginError) {
        let folder = Glibc.open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Self.folderError(errno) }
        defer { close(folder) }
        let descriptor = try Self.open(path, beneath: folder)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .notFound
        }
        self.descriptor = descriptor
        size = Int(status.st_size)
        modified = status.st_mtim
        let numbers = [
            UInt64(bitPattern: Int64(status.st_mtim.tv_sec)), UInt64(bitPattern: Int64(status.st_mtim.tv_nsec)),
            UInt64(bitPattern: Int64(status.st_size)), UInt64(status.st_ino),
        ]
        let tag = numbers.map { String($0, radix: 16) }.joined(separator: "-")
        validators = Original.Validators(entityTag: "\"\(tag)\"", lastModified: Int64(status.st_mtim.tv_sec))
    }

    deinit {
        close(descriptor)
    }

    /// Reads bytes from `offset` on; never 0, because the file was longer than that.
    borrowing func read(into buffer: inout [UInt8], at offset: Int) throws(OriginError) -> Int {
        let descriptor = descriptor
        while true {
            let count = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, offset) }
            if count > 0 { return count }
            guard count < 0 else { throw .unidentified(.changedWhileRead) }
            guard errno == EINTR else { throw .unidentified(.system(errno)) }
        }
    }

    /// Throws if the file has been written to since it was opened: what was read may be half old, half new.
    borrowing func checkUnchanged() throws(OriginError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, Int(status.st_size) == size,
            status.st_mtim.tv_sec == modified.tv_sec, status.st_mtim.tv_nsec == modified.tv_nsec
        else { throw .unidentified(.changedWhileRead) }
    }

    private static func open(_ path: [UInt8], beneath folder: Int32) throws(OriginError) -> Int32 {
        let name = path.map(CChar.init(bitPattern:)) + [0]
        var code: Int32 = 0
        for _ in 0..<attempts {
            let descriptor = apus_open_beneath(folder, name)
            if descriptor >= 0 { return descriptor }
            code = errno
            guard code == EAGAIN || code == EINTR else { break }
        }
        throw fileError(code)
    }

    /// `EXDEV` is the kernel's word for a link that leaves the folder, `ENXIO` and `ENODEV` for a socket or a device.
    private static func fileError(_ code: Int32) -> OriginError {
        switch code {
        case ENOENT, ENOTDIR, ELOOP, EXDEV, ENAMETOOLONG, ENXIO, ENODEV: .notFound
        case EACCES, EPERM: .forbidden()
        default: .unidentified(.system(code))
        }
    }

    static func folderError(_ code: Int32) -> OriginError {
        switch code {
        case ENOENT, ENOTDIR: .unidentified(.folderMissing)
        case EACCES, EPERM: .forbidden()
        default: .unidentified(.system(code))
        }
    }
}
