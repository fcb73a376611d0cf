#if canImport(Glibc)
    import Glibc
#endif

/// Why shared memory could not be had: the host is out of memory or of descriptors, or the limit is reached.
package struct SharedMemoryError: Error, Equatable, Sendable {
    /// The system call, or the check, that failed.
    package let call: String
    package let errno: Int32

    package init(call: String, errno: Int32) {
        self.call = call
        self.errno = errno
    }
}

extension SharedMemoryError: CustomStringConvertible {
    package var description: String { "\(call): errno \(errno)" }
}

/// Bytes in an anonymous file (`memfd_create(2)`) that another process can map through its descriptor.
///
/// Sealed against change and mapped read-only, so what was checked here cannot change under a reader.
/// The descriptor and the mapping live as long as the object. `SharedMemoryWriter` makes it.
package final class SharedMemory: Blob {
    /// Length in bytes.
    package let count: Int
    /// Owned by this object: to be passed to another process, never to be closed.
    package let descriptor: Int32
    /// No bytes: a `nil` address. `nonisolated(unsafe)`: nobody can write there, the seals see to it.
    nonisolated(unsafe) private let mapping: UnsafeRawBufferPointer

    /// Maps `count` bytes of `descriptor` and owns the descriptor from here on, also when it throws.
    ///
    /// A descriptor that its maker could still shrink or change is refused with `EPERM`, unless `count` is 0.
    package init(adopting descriptor: Int32, count: Int) throws(SharedMemoryError) {
        self.descriptor = descriptor
        self.count = count
        do throws(SharedMemoryError) {
            mapping = try Self.map(descriptor, count: count)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Maps all of what a parent process has handed over under that number, and owns it from here on.
    package convenience init(inherited descriptor: Int32) throws(SharedMemoryError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SharedMemoryError(call: "fstat", errno: errno) }
        try self.init(adopting: descriptor, count: Int(status.st_size))
    }

    private static func map(_ descriptor: Int32, count: Int) throws(SharedMemoryError) -> UnsafeRawBufferPointer {
        guard count != 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        var status = stat()
        guard count > 0, fstat(descriptor, &status) == 0, status.st_size >= count else {
            throw SharedMemoryError(call: "fstat", errno: EINVAL)
        }
        // -1, the answer for a file that knows no seals, has every bit set.
        let present = fcntl(descriptor, Seals.get)
        guard present >= 0, present & Seals.contents == Seals.contents else {
            throw SharedMemoryError(call: "F_GET_SEALS", errno: EPERM)
        }
        guard let mapped = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0), mapped != MAP_FAILED else {
            throw SharedMemoryError(call: "mmap", errno: errno)
        }
        return UnsafeRawBufferPointer(start: mapped, count: count)
    }

    deinit {
        if let address = mapping.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), count) }
        close(descriptor)
    }

    package func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(mapping.bytes)
    }

    package func inSharedMemory() throws(SharedMemoryError) -> SharedMemory { self }

    /// The first `length` bytes, at most `count`, as shared memory of their own; nothing is copied.
    package func prefix(_ length: Int) throws(SharedMemoryError) -> SharedMemory {
        guard length != count else { return self }
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SharedMemoryError(call: "F_DUPFD_CLOEXEC", errno: errno) }
        return try SharedMemory(adopting: copy, count: length)
    }
}
