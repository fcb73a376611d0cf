import CFiles
package import Deadlines

#if canImport(Glibc)
    import Glibc
#endif

extension DiskOrigin: ListingOrigin {
    /// How many names are looked at, in all folders together.
    private static let mostEntries = 20_000

    /// The first regular file, those of a folder in the order of their names before those of the folders in it. Hidden
    /// ones and links are passed over.
    package func anyObject(until deadline: Deadline) throws(OriginError) -> OriginPath? {
        var left = Self.mostEntries
        var folders: [[UInt8]] = [[]]
        // Ends: every folder takes of what is left.
        while !folders.isEmpty, !deadline.hasPassed {
            let folder = folders.removeFirst()
            let contents: FolderContents
            do throws(OriginError) {
                contents = try FolderContents(of: Array(root.utf8) + [UInt8(ascii: "/")] + folder, most: left)
            } catch {
                // One that may not be read lies beside others that may.
                guard folder.isEmpty else { continue }
                throw error
            }
            if let file = contents.files.min(by: { $0.lexicographicallyPrecedes($1) }) {
                return OriginPath(name: folder + file)
            }
            let names = contents.folders.sorted { $0.lexicographicallyPrecedes($1) }
            folders += names.map { folder + $0 + [UInt8(ascii: "/")] }
            left -= contents.count
            guard left > 0 else { return nil }
        }
        return nil
    }
}

/// What lies in a folder.
private struct FolderContents {
    private(set) var files: [[UInt8]] = []
    private(set) var folders: [[UInt8]] = []
    private(set) var count = 1

    /// - Parameter most: how many names are read.
    init(of path: [UInt8], most: Int) throws(OriginError) {
        let folder = opendir(path.map(CChar.init(bitPattern:)) + [0])
        guard let folder else { throw OpenFile.folderError(errno) }
        defer { closedir(folder) }
        while count < most, let entry = readdir(folder) {
            count += 1
            let name = Self.name(of: entry)
            guard name.first != UInt8(ascii: ".") else { continue }
            var status = stat()
            let text = name.map(CChar.init(bitPattern:)) + [0]
            guard fstatat(dirfd(folder), text, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFREG: files.append(name)
            case S_IFDIR: folders.append(name)
            default: break
            }
        }
    }

    /// Swift's import has the name at its longest; the entry ends where it does.
    private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
        let name = UnsafeRawPointer(entry) + offset
        return Array(UnsafeRawBufferPointer(start: name, count: strlen(name.assumingMemoryBound(to: CChar.self))))
    }
}
