import CLinux
import Glibc

/// All that Landlock governs is forbidden but to read some files (landlock(7)).
struct FileRules {
    let readable: [String]

    /// The rights over files of the versions in turn: LANDLOCK_ACCESS_FS_EXECUTE to _MAKE_SYM, then _REFER, _TRUNCATE and,
    /// with version 5, _IOCTL_DEV.
    private static let fileRights = [13, 14, 15, 15, 16]
    private static let networkVersion = 4
    /// LANDLOCK_ACCESS_NET_BIND_TCP and _CONNECT_TCP.
    private static let networkRights: UInt64 = 0b11
    private static let scopeVersion = 6
    /// LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET and _SIGNAL.
    private static let scopes: UInt64 = 0b11
    /// LANDLOCK_ACCESS_FS_READ_FILE and _READ_DIR.
    private static let readFile: UInt64 = 1 << 2
    private static let readFolder: UInt64 = 1 << 3

    /// The version that is in force then; 0 where the kernel has none, or does not let it be used.
    func enter() throws(LockdownError) -> Int {
        let version = Int(apus_landlock_version())
        guard version > 0 else { return 0 }
        let ruleset = try makeRuleset(version)
        defer { close(ruleset) }
        for path in readable { try allow(path, in: ruleset) }
        guard apus_landlock_enter(ruleset) == 0 else { throw LockdownError(step: .files, errno: errno) }
        return version
    }

    private func makeRuleset(_ version: Int) throws(LockdownError) -> Int32 {
        let known = Self.fileRights[min(version, Self.fileRights.count) - 1]
        var attributes = apus_landlock_ruleset(files: 1 << UInt64(known) - 1, network: 0, scopes: 0)
        var fields = 1
        if version >= Self.networkVersion { (attributes.network, fields) = (Self.networkRights, 2) }
        if version >= Self.scopeVersion { (attributes.scopes, fields) = (Self.scopes, 3) }
        let ruleset = apus_landlock_ruleset(&attributes, fields * MemoryLayout<UInt64>.size)
        guard ruleset >= 0 else { throw LockdownError(step: .files, errno: errno) }
        return ruleset
    }

    private func allow(_ path: String, in ruleset: Int32) throws(LockdownError) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        let rights = status.st_mode & S_IFMT == S_IFDIR ? Self.readFile | Self.readFolder : Self.readFile
        // What this user may not even look at is no loss.
        guard apus_landlock_allow(ruleset, path, rights) == 0 || errno == EACCES || errno == ENOENT else {
            throw LockdownError(step: .files, errno: errno)
        }
    }
}
