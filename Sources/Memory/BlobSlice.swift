/// A part of another blob's bytes, which it keeps alive; nothing is copied.
package struct BlobSlice: Blob {
    private let base: any Blob
    private let range: Range<Int>

    /// - Returns: `nil` where the range goes beyond the blob.
    package init?(_ base: any Blob, _ range: Range<Int>) {
        guard range.lowerBound >= 0, range.upperBound <= base.count else { return nil }
        self.base = base
        self.range = range
    }

    package var count: Int { range.count }

    package func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try base.withBytes { (bytes) throws(Failure) in
            try body(bytes.extracting(range))
        }
    }

    /// Nothing is copied where the slice is the beginning of shared memory.
    package func inSharedMemory() throws(SharedMemoryError) -> SharedMemory {
        if range.lowerBound == 0, let memory = base as? SharedMemory { return try memory.prefix(count) }
        return try copiedToSharedMemory()
    }
}
