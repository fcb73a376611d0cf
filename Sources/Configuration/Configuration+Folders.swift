#if canImport(Glibc)
    import Glibc
#endif

extension Configuration {
    /// Origins whose folder holds the configuration, at any depth: they hand it out with its keys to anybody who asks for it
    /// by its name.
    ///
    /// - Parameter file: Where the configuration has been read.
    package func originsWithConfiguration(in file: String) -> [(account: String, origin: String)] {
        let above = foldersAbove(file)
        return accounts.flatMap { account in
            account.origins.compactMap { origin in
                guard case .disk(let path) = origin.kind, let folder = FolderIdentity(path), above.contains(folder)
                else { return nil }
                return (account.id, origin.id)
            }
        }
    }
}

/// The folders that a file lies in, from its own up to the root; none if it is not there.
private func foldersAbove(_ file: String) -> Set<FolderIdentity> {
    guard let real = realpath(file, nil) else { return [] }
    defer { free(real) }
    var names = String(cString: real).split(separator: "/")
    var folders: Set<FolderIdentity> = []
    while names.popLast() != nil {
        if let folder = FolderIdentity("/" + names.joined(separator: "/")) { folders.insert(folder) }
    }
    return folders
}

/// What tells folders apart whatever path has led to them: a symbolic link, or another mount.
private struct FolderIdentity: Hashable {
    private let device: UInt64
    private let number: UInt64

    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
    }
}
