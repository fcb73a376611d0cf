import Glibc

/// The memory of a canvas, all 0 at first: rows that nothing is drawn on take none, and what has been read for the last
/// time is given back while the bitmap is made of it.
struct CanvasMemory: ~Copyable {
    let bytes: UnsafeMutableRawBufferPointer
    private var given = 0
    /// A multiple of every size of page.
    private static let piece = 1 << 20

    /// Throws when the host is out of memory. `count` must be above 0.
    init(count: Int) throws(TypesettingError) {
        guard let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            start != MAP_FAILED
        else { throw .failed(call: "mmap", code: errno) }
        bytes = UnsafeMutableRawBufferPointer(start: start, count: count)
    }

    deinit {
        munmap(bytes.baseAddress, bytes.count)
    }

    /// Gives back the memory before `offset`, in whole pieces. What is read there afterwards is 0.
    mutating func giveBack(before offset: Int) {
        let end = offset / Self.piece * Self.piece
        guard end > given, let start = bytes.baseAddress else { return }
        madvise(start + given, end - given, MADV_DONTNEED)
        given = end
    }
}
