import Deadlines
import Memory

#if canImport(Glibc)
    import Glibc
#endif

/// A file of the store, open for reading.
struct StoredFile: ~Copyable {
    /// Length in bytes when it was opened.
    let size: Int
    private let descriptor: Int32
    private let lastUse: Int64

    private static let chunkSize = 256 * 1024
    /// A use is noted at most once in that time, so that reading what is popular costs no writing. Nanoseconds.
    private static let useGranularity: Int64 = 3_600 * 1_000_000_000
    /// `UTIME_OMIT` of utimensat(2), a macro that Swift does not see.
    private static let omit = (1 << 30) - 2

    /// `nil` if no regular file lies there.
    static func open(_ path: String) throws(StoreError) -> StoredFile? {
        let descriptor = SystemCalls.open(path, O_RDONLY)
        guard descriptor >= 0 else {
            switch errno {
            // ELOOP is a symbolic link, ENXIO and ENODEV are a socket or a device.
            case ENOENT, ELOOP, ENXIO, ENODEV: return nil
            default: throw .system(call: "open", errno: errno)
            }
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.isRegular else {
            close(descriptor)
            return nil
        }
        return StoredFile(descriptor: descriptor, status: status)
    }

    private init(descriptor: Int32, status: stat) {
        self.descriptor = descriptor
        size = Int(status.st_size)
        lastUse = status.lastUse
    }

    deinit {
        close(descriptor)
    }

    /// The bytes; fewer than `size` if somebody cuts the file short meanwhile.
    borrowing func copied(until deadline: Deadline) throws(StoreError) -> SharedMemory {
        do throws(SharedMemoryError) {
            var writer = try SharedMemoryWriter(maximum: size)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(size, Self.chunkSize), alignment: 16)
            defer { buffer.deallocate() }
            while writer.count < size {
                let wanted = min(buffer.count, size - writer.count)
                let count = read(descriptor, buffer.baseAddress, wanted)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw SharedMemoryError(call: "read", errno: errno) }
                if count == 0 { break }
                try writer.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes)
                guard writer.count == size || !deadline.hasPassed else {
                    throw SharedMemoryError(call: "read", errno: ETIMEDOUT)
                }
            }
            return try writer.finish()
        } catch {
            // The deadline's, or that of a file system on the network.
            throw error.errno == ETIMEDOUT ? .timedOut : .system(call: error.call, errno: error.errno)
        }
    }

    /// Takes note that the file is of use, for eviction. A store that may only be read goes without.
    borrowing func markUse() {
        let unused = WallClock.unixSeconds &* 1_000_000_000 &- lastUse
        // Less than nothing: the clock was set back since.
        guard unused >= Self.useGranularity || unused < -Self.useGranularity else { return }
        var times = (timespec(tv_sec: 0, tv_nsec: Self.omit), timespec())
        clock_gettime(CLOCK_REALTIME, &times.1)
        withUnsafeBytes(of: &times) { bytes in
            _ = futimens(descriptor, bytes.assumingMemoryBound(to: timespec.self).baseAddress)
        }
    }
}
