/// Immutable bytes with an owner: an array, a mapped piece of shared memory, a reply of Redis.
///
/// What flows between targets is a `Blob`; a pointer never does.
package protocol Blob: Sendable {
    /// Length in bytes.
    var count: Int { get }

    /// Lends the bytes for the length of the call.
    func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result

    /// The same bytes where another process can map them; a copy, unless they lie there already.
    func inSharedMemory() throws(SharedMemoryError) -> SharedMemory
}

extension [UInt8]: Blob {
    package func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(span.bytes)
    }
}

extension Blob {
    /// A copy of the bytes.
    package var copied: [UInt8] {
        withBytes { bytes in
            bytes.withUnsafeBytes { unsafe in [UInt8](unsafe) }
        }
    }

    package func inSharedMemory() throws(SharedMemoryError) -> SharedMemory {
        try copiedToSharedMemory()
    }

    func copiedToSharedMemory() throws(SharedMemoryError) -> SharedMemory {
        var writer = try SharedMemoryWriter(maximum: count)
        try withBytes { (bytes) throws(SharedMemoryError) in try writer.append(bytes) }
        return try writer.finish()
    }
}
