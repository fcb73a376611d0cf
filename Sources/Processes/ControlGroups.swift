import Glibc

/// The cgroups that this process lies in, its own first and then those around it: each of them may set a limit.
///
/// cgroups(7). In a container the folder of this process' own group may be what is mounted, under a path that says
/// otherwise; then the path leads nowhere, and the mounted folder itself is the last of those around.
struct ControlGroups {
    /// Where the cgroup file systems are mounted.
    static let usualRoot = "/sys/fs/cgroup"
    /// Where the kernel says in which groups this process is.
    static let usualMembership = "/proc/self/cgroup"
    /// Paths of cgroups are no longer than this; what is longer is not read.
    private static let longestLine = 4096

    /// How the files of one resource are found.
    struct Resource {
        /// As version 1 calls what governs it; a folder and a name in a list.
        let controller: String
        /// The file of version 2 that tells whether version 2 governs it.
        let unified: String
    }

    private let root: String
    private let memberships: [Substring]

    init(root: String, membership: String) {
        self.root = root
        memberships = Self.lines(of: membership).map { Substring($0) }
    }

    /// The folders of version 2 that have the resource's file, this process' own first.
    func unifiedFolders(of resource: Resource) -> [String] {
        folders(path(where: { $0.isEmpty }), below: root).filter { access("\($0)/\(resource.unified)", R_OK) == 0 }
    }

    /// The folders of version 1, this process' own first, whether they are there or not.
    func dividedFolders(of resource: Resource) -> [String] {
        let path = path { $0.split(separator: ",").contains { $0 == resource.controller } }
        return folders(path, below: "\(root)/\(resource.controller)")
    }

    /// Lines are `ID:CONTROLLERS:PATH`; version 2's has no controllers.
    private func path(where matches: (Substring) -> Bool) -> Substring {
        for line in memberships {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            if parts.count == 3, matches(parts[1]) { return parts[2] }
        }
        return ""
    }

    private func folders(_ path: Substring, below root: String) -> [String] {
        var names = path.split(separator: "/")
        // A group outside of what this process may see.
        if names.contains("..") { names = [] }
        var found: [String] = []
        while !names.isEmpty {
            found.append("\(root)/\(names.joined(separator: "/"))")
            names.removeLast()
        }
        return found + [root]
    }

    /// The first line of a file; `nil` where there is none.
    static func firstLine(of path: String) -> String? { lines(of: path, atMost: 1).first }

    private static func lines(of path: String, atMost limit: Int = 100) -> [String] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var lines: [String] = []
        var line = [CChar](repeating: 0, count: longestLine)
        while lines.count < limit, fgets(&line, Int32(line.count), file) != nil {
            let bytes = line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:))
            lines.append(String(decoding: bytes, as: UTF8.self))
        }
        return lines
    }
}
