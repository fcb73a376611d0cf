import Glibc
import Processes
import Testing

/// A small file system in memory, mounted for one test. Only root may.
final class Mount: Sendable {
    let path: String

    init(at path: String, options: String) throws {
        self.path = path
        mkdir(path, 0o700)
        try #require(Mount.run(["mount", "-t", "tmpfs", "-o", options, "apus-test", path]) == 0)
    }

    deinit {
        _ = Mount.run(["umount", "-l", path])
    }

    func remount(_ options: String) {
        #expect(Mount.run(["mount", "-o", "remount," + options, path]) == 0)
    }

    /// Whether this user, here, may mount: containers often forbid it, even to root.
    static let isPossible: Bool = {
        guard getuid() == 0, let sandbox = try? Sandbox() else { return false }
        return (try? Mount(at: sandbox.path + "/try", options: "size=64k")) != nil
    }()

    private static func run(_ command: [String]) -> Int32 {
        let silence = ["sh", "-c", "exec \"$@\" 2>/dev/null"] + command.prefix(1)
        let arguments = Array(silence.dropFirst()) + command
        guard
            let child = try? ChildProcess(
                path: "/bin/sh", arguments: arguments, environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
        else { return -1 }
        return child.waitForEnd()
    }
}
