package import Deadlines

/// Originals in a folder (type `DISK`).
///
/// Nothing outside the folder is ever read: a symbolic link works while it is relative and stays inside, any other does
/// not exist. Only regular files are read, and nothing waits for the other end of a FIFO. The original is copied, not
/// mapped: a mapped file that somebody cuts short kills its reader (SIGBUS).
package struct DiskOrigin: Origin {
    package let id: String
    let root: String

    /// The folder need not exist yet.
    package init(id: String, root: String) {
        self.id = id
        self.root = root
    }

    package func open(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        // A name in a folder has no slash, so an encoded one names nothing.
        let slash = UInt8(ascii: "/")
        guard request.path.staysInside, !request.path.segments.contains(where: { $0.contains(slash) }) else {
            throw .notFound
        }
        let file = try OpenFile(beneath: root, path: [UInt8](request.path.segments.joined(separator: [slash])))
        let metadata = Original.Metadata(
            originID: id, validators: file.validators, fetchedAt: WallClock.unixSeconds)
        if request.known?.validators == file.validators { return .notModified(metadata) }
        return .opened(DiskBody(file, metadata, request.range, deadline: deadline))
    }
}
