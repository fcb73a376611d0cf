import Glibc

/// A folder for the time of one command, in `TMPDIR` or where the system has such.
struct TemporaryFolder {
    /// Deeper than anything that is made in it.
    private static let deepest = 16

    let path: String

    /// `nil` where none can be made.
    init?() {
        let parent = environmentVariables()["TMPDIR"] ?? P_tmpdir
        // mkdtemp(3) fills in the six letters.
        var template = Array("\(parent)/apus-\(String(repeating: "X", count: 6))".utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes it and all that lies in it. Links are removed, not followed.
    func remove() { Self.remove(path, depth: 0) }

    private static func remove(_ path: String, depth: Int) {
        // A folder that is not empty stays for now.
        guard Glibc.remove(path) != 0, depth < deepest, let folder = opendir(path) else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { remove(path + "/" + name, depth: depth + 1) }
        }
        _ = Glibc.remove(path)
    }
}
