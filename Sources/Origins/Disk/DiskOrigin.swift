package import Deadlines
import Memory
import Transfer

#if canImport(Glibc)
    import Glibc
#endif

/// Originals in a folder (type `DISK`).
///
/// Nothing outside the folder is ever read: a symbolic link works while it is relative and stays inside, any other does
/// not exist. Only regular files are read, and nothing waits for the other end of a FIFO. The original is copied, not
/// mapped: a mapped file that somebody cuts short kills its reader (SIGBUS).
package struct DiskOrigin: Origin {
    package let id: String
    private let root: String

    private static let chunkSize = 256 * 1024

    /// The folder need not exist yet.
    package init(id: String, root: String) {
        self.id = id
        self.root = root
    }

    package func fetch(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        let start = Deadline.now
        // A name in a folder has no slash, so an encoded one names nothing.
        let slash = UInt8(ascii: "/")
        guard request.path.staysInside, !request.path.segments.contains(where: { $0.contains(slash) }) else {
            throw .notFound
        }
        let file = try OpenFile(beneath: root, path: [UInt8](request.path.segments.joined(separator: [slash])))
        guard file.size <= request.maximumBytes else { throw .tooLarge(limit: request.maximumBytes) }
        let metadata = Original.Metadata(
            originID: id, validators: file.validators, fetchedAt: WallClock.unixSeconds)
        if request.known?.validators == file.validators { return .notModified(metadata) }
        let bytes = try copy(file, deadline: deadline)
        return .original(Original(bytes: bytes, metadata: metadata, downloadDuration: start.elapsed))
    }

    private func copy(_ file: borrowing OpenFile, deadline: Deadline) throws(OriginError) -> SharedMemory {
        var writer = try OriginalWriter(maximum: file.size)
        var buffer = [UInt8](repeating: 0, count: min(file.size, Self.chunkSize))
        while writer.count < file.size {
            guard !deadline.hasPassed else { throw .timedOut(.total) }
            let count = try file.read(into: &buffer)
            try writer.append(buffer.span.bytes.extracting(first: min(count, file.size - writer.count)))
        }
        try file.checkUnchanged()
        return try writer.finish()
    }
}
