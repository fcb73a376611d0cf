import CFiles

#if canImport(Glibc)
    import Glibc
#endif

/// Shared memory that is still growing: bytes are appended, then `finish()` seals them.
///
/// Appending is write(2): the kernel fills whole new pages in one pass, where growing and mapping the file would take a
/// fault for each page and zero it first. Nothing is mapped for writing, so the seals can be set at once.
package struct SharedMemoryWriter: ~Copyable {
    /// Bytes appended so far.
    package private(set) var count = 0
    /// The most bytes that it takes.
    package let maximum: Int
    private let descriptor: Int32

    /// Throws when the host is out of memory or descriptors.
    package init(maximum: Int) throws(SharedMemoryError) {
        self.maximum = maximum
        descriptor = apus_memfd_create("apus")
        guard descriptor >= 0 else { throw SharedMemoryError(call: "memfd_create", errno: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// Copies `bytes` to the end.
    ///
    /// Throws `EFBIG`, with nothing copied, when they would pass `maximum`, and otherwise what write(2) says; after an
    /// error the writer is only good for being thrown away.
    package mutating func append(_ bytes: RawSpan) throws(SharedMemoryError) {
        guard bytes.byteCount <= maximum - count else { throw SharedMemoryError(call: "append", errno: EFBIG) }
        let failure = bytes.withUnsafeBytes { Self.write($0, to: descriptor) }
        if let failure { throw failure }
        count += bytes.byteCount
    }

    /// Seals what was appended and maps it for reading.
    package consuming func finish() throws(SharedMemoryError) -> SharedMemory {
        let (descriptor, count) = (self.descriptor, self.count)
        discard self
        guard fcntl(descriptor, Seals.add, Seals.contents | Seals.itself) == 0 else {
            let code = errno
            close(descriptor)
            throw SharedMemoryError(call: "F_ADD_SEALS", errno: code)
        }
        return try SharedMemory(adopting: descriptor, count: count)
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> SharedMemoryError? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = UnsafeRawBufferPointer(rebasing: rest)
            let written = Glibc.write(descriptor, chunk.baseAddress, chunk.count)
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written == 0 || errno != EINTR {
                return SharedMemoryError(call: "write", errno: written == 0 ? EIO : errno)
            }
        }
        return nil
    }
}
