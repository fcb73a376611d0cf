#if canImport(Glibc)
    import Glibc
#endif

/// Where things lie in the folder of a `DiskStore`:
///
///     ledger           how much space is taken
///     variants/7f/…    spread over 256 folders, by a hash of the name
///     originals/7f/…   likewise
///     purges/…
///     new/…            what is being written, and what killed writers have left
struct StoreFolder: Sendable {
    static let shardsOfKind = 256
    /// Shards of variants and originals together.
    static let shardCount = shardsOfKind * countedKinds.count
    private static let countedKinds: [StoreName.Kind] = [.variant, .original]

    /// Without a slash at its end.
    let root: String

    init(root: String) {
        let end = root.lastIndex { $0 != "/" }
        self.root = end.map { String(root[...$0]) } ?? root
    }

    var ledger: String { root + "/ledger" }
    var new: String { root + "/new" }
    var parent: String { Self.parent(of: root) }

    func folder(of kind: StoreName.Kind) -> String {
        switch kind {
        case .variant: root + "/variants"
        case .original: root + "/originals"
        case .purge: root + "/purges"
        }
    }

    /// The folders that the files of a kind lie in.
    func folders(of kind: StoreName.Kind) -> [String] {
        guard Self.countedKinds.contains(kind) else { return [folder(of: kind)] }
        return (0..<Self.shardsOfKind).map { shard(kind, $0) }
    }

    /// The shard with a number; any number will do, they begin again after `shardCount`.
    func shard(_ number: Int) -> String {
        let number = UInt(bitPattern: number) % UInt(Self.shardCount)
        let (index, kind) = number.quotientAndRemainder(dividingBy: UInt(Self.countedKinds.count))
        return shard(Self.countedKinds[Int(kind)], Int(index))
    }

    func path(of name: StoreName) -> String {
        switch name.kind {
        case .purge: folder(of: .purge) + "/" + name.text
        case .variant, .original: shard(name.kind, Self.shard(of: name.text)) + "/" + name.text
        }
    }

    private func shard(_ kind: StoreName.Kind, _ index: Int) -> String {
        let digits = String(index, radix: 16)
        return folder(of: kind) + (digits.count == 1 ? "/0" : "/") + digits
    }

    /// FNV-1a, folded to a byte: the same in every process and version, also for names that begin alike.
    private static func shard(of text: String) -> Int {
        var hash: UInt32 = 0x811C_9DC5
        for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        hash ^= hash >> 16
        hash ^= hash >> 8
        return Int(hash & 0xFF)
    }

    // MARK: Making folders

    /// Makes a folder, for this user alone, and those that it lies in. Nothing happens if it is there.
    static func make(_ path: String) throws(StoreError) {
        if mkdir(path, 0o700) == 0 { return }
        var code = errno
        if code == ENOENT, parent(of: path) != path {
            try make(parent(of: path))
            if mkdir(path, 0o700) == 0 { return }
            code = errno
        }
        var status = stat()
        // Read-only file systems say so even where nothing is to be made.
        guard code == EEXIST || code == EROFS, stat(path, &status) == 0 else {
            throw StoreError(changing: "mkdir", code)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .system(call: "mkdir", errno: ENOTDIR) }
    }

    /// The folder that holds the file or folder at `path`.
    static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
