#if canImport(Glibc)
    import Glibc
#endif

/// The entries of a folder, one after the other.
struct FolderListing: ~Copyable {
    private let folder: OpaquePointer

    /// `nil` if there is no such folder.
    static func open(_ path: String) throws(StoreError) -> FolderListing? {
        if let folder = opendir(path) { return FolderListing(folder: folder) }
        guard errno == ENOENT else { throw .system(call: "opendir", errno: errno) }
        return nil
    }

    private init(folder: OpaquePointer) {
        self.folder = folder
    }

    deinit {
        closedir(folder)
    }

    /// The next entry's name, `nil` after the last. The folder itself and the one above it are left out.
    borrowing func next() throws(StoreError) -> String? {
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                guard errno == 0 else { throw .system(call: "readdir", errno: errno) }
                return nil
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { return name }
        }
    }

    /// What lies under a name in the folder, links not followed; `nil` if that is gone, or nothing can be told of it.
    borrowing func status(of name: String) -> stat? {
        var status = stat()
        return fstatat(dirfd(folder), name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }
}
