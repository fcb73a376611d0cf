import Glibc

/// How many bytes of memory this process and those beside it in its cgroup may use: the smallest limit of its cgroups
/// (v2, else v1), at most what the host has.
package enum MemoryGrant {
    private static let resource = ControlGroups.Resource(controller: "memory", unified: "memory.max")
    /// Above the first the kernel ends a process, above the second it makes all of them wait.
    private static let unifiedFiles = ["memory.max", "memory.high"]
    private static let dividedFiles = ["memory.limit_in_bytes"]

    package static func bytes() -> Int {
        bytes(cgroupRoot: ControlGroups.usualRoot, membership: ControlGroups.usualMembership)
    }

    /// At least 1.
    ///
    /// - Parameters:
    ///   - root: where the cgroup file systems are mounted.
    ///   - membership: the file that says in which groups this process is.
    package static func bytes(cgroupRoot root: String, membership: String) -> Int {
        let groups = ControlGroups(root: root, membership: membership)
        let unified = groups.unifiedFolders(of: resource)
        let limits =
            unified.isEmpty
            ? limits(groups.dividedFolders(of: resource), dividedFiles) : limits(unified, unifiedFiles)
        return min(hostBytes, limits.min() ?? .max)
    }

    /// No number is no limit: version 2 says "max".
    private static func limits(_ folders: [String], _ names: [String]) -> [Int] {
        folders.flatMap { folder in
            names.compactMap { ControlGroups.firstLine(of: "\(folder)/\($0)").flatMap { Int($0) } }
        }.filter { $0 > 0 }
    }

    private static var hostBytes: Int {
        let (bytes, overflow) = sysconf(Int32(_SC_PHYS_PAGES))
            .multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
        return overflow || bytes <= 0 ? .max : bytes
    }
}
