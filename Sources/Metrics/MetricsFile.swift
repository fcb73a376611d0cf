import Deadlines
import Glibc

/// The file through which the workers of a host share their metrics: a header, then the cells, in the machine's own
/// byte order.
///
/// Its name and header carry a hash of the table, so that versions with different tables, which run side by side
/// during a renewal, each have their own.
///
/// On a disk that is very busy, the first addition after the kernel wrote the page back can wait for that disk; on a
/// tmpfs none does.
struct MetricsFile: ~Copyable {
    /// The header has a cache line to itself: mark, hash of the table, count of cells, 0 to the end.
    static let headerBytes = 64
    private static let mark: UInt64 = 0x6170_7573_6d65_7472
    /// How long a process waits for others that make the file, which takes them well under a millisecond.
    private static let patience: Duration = .seconds(1)
    private static let pause: useconds_t = 1_000
    /// Why opening fails when there is nothing, or a link, a folder, a socket, or somebody else's file.
    private static let notOurs: Set<Int32> = [ENOENT, ELOOP, EISDIR, ENXIO, EACCES]

    private let folder: Descriptor
    private let name: String
    private let content: [UInt8]

    /// The file for that table in `folder`, which has to be there. Nothing is made yet.
    init(in folder: String, table: UInt64, cells: Int) throws(MetricsError) {
        self.folder = try Descriptor(call: "open", Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        name = "metrics-" + Self.hexadecimal(table)
        var content = [Self.mark, table, UInt64(cells)].flatMap { number in withUnsafeBytes(of: number, Array.init) }
        content += [UInt8](repeating: 0, count: Self.headerBytes - content.count)
        self.content = content + [UInt8](repeating: 0, count: cells * MemoryLayout<UInt64>.stride)
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// The file, open to read and write: the one that is there, or a new one if there is none or it is not ours.
    func open() throws(MetricsError) -> Descriptor {
        if let present = try present() { return present }
        // Until `folder` is closed.
        try lock()
        // Another process may have been first.
        if let present = try present() { return present }
        return try make()
    }

    /// The file, if it is whole and of this table; `nil` if it may be replaced.
    private func present() throws(MetricsError) -> Descriptor? {
        // A link is not followed, the other end of a FIFO not waited for.
        let number = openat(folder.number, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        // Not, for example, for want of a descriptor: others may be using the file.
        if number < 0, Self.notOurs.contains(errno) { return nil }
        let file = try Descriptor(call: "openat", number)
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size == content.count
        else { return nil }
        var header = [UInt8](repeating: 0, count: Self.headerBytes)
        guard pread(file.number, &header, header.count, 0) == header.count, content.starts(with: header)
        else { return nil }
        return file
    }

    private func lock() throws(MetricsError) {
        let deadline = Deadline(in: Self.patience)
        while flock(folder.number, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, !deadline.hasPassed else {
                throw MetricsError(call: "flock", errno: errno)
            }
            usleep(Self.pause)
        }
    }

    /// Makes the file under another name first, so that nobody sees half of it. Only one process at a time does; what
    /// one left behind that was killed here is removed.
    private func make() throws(MetricsError) -> Descriptor {
        let draft = name + ".new"
        unlinkat(folder.number, draft, 0)
        let file = try Descriptor(
            call: "openat", openat(folder.number, draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
        do throws(MetricsError) {
            // Written, not only lengthened: on a full disk, a page without a block would be a SIGBUS later.
            let written = write(file.number, content, content.count)
            guard written == content.count else {
                throw MetricsError(call: "write", errno: written < 0 ? errno : ENOSPC)
            }
            guard renameat(folder.number, draft, folder.number, name) == 0 else {
                throw MetricsError(call: "renameat", errno: errno)
            }
        } catch {
            unlinkat(folder.number, draft, 0)
            throw error
        }
        return file
    }
}
