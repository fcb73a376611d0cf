import Deadlines
import Memory

/// One value on its way into the folder.
struct DiskWrite {
    let parts: [any Blob]
    /// Bytes of all parts together.
    let size: Int
    let name: StoreName
    let folder: StoreFolder
    let space: Space
    let deadline: Deadline

    func run() throws(StoreError) {
        do throws(StoreError) {
            try attempt()
        } catch .full {
            // Others may have filled the disk, or the limit is more than it holds: older files make room then.
            guard space.makeRoomOnDisk(for: Footprint.ofFile(size: size), until: deadline) else { throw .full }
            try attempt()
        }
    }

    private func attempt() throws(StoreError) {
        try name.kind == .purge ? keepForGood() : keep()
    }

    private func keep() throws(StoreError) {
        // The file is there before its space is reserved, so that a recount cannot miss it.
        var file = try NewFile.create(in: folder, counts: true)
        let footprint = Footprint.ofFile(size: size)
        try space.reserve(footprint, until: deadline)
        do throws(StoreError) {
            try file.fill(parts, size: size, until: deadline)
            space.release(try file.place(at: folder.path(of: name)))
        } catch {
            file.abandon()
            space.release(footprint)
            throw error
        }
    }

    private func keepForGood() throws(StoreError) {
        var file = try NewFile.create(in: folder, counts: false)
        try file.fill(parts, size: size, until: deadline)
        try file.synchronise()
        _ = try file.place(at: folder.path(of: name))
        try SystemCalls.synchronise(folder: folder.folder(of: .purge))
        // The folders may be as new as the file; the one above them may not be ours to open.
        try SystemCalls.synchronise(folder: folder.root)
        try? SystemCalls.synchronise(folder: folder.parent)
    }
}
