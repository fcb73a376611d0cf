import Glibc
import Processes
import Testing

/// What a process that has locked itself in can still do: a program of its own tries.
@Suite struct LockdownTests {
    private static let refused = [
        "readSecret", "listFolder", "listProcesses", "write", "append", "makeFile", "makeFolder", "rename", "remove",
        "link", "truncate", "chmod", "internetSocket", "unixSocket", "socketPair", "sendElsewhere", "fork",
        "killParent", "killGroup", "raiseLimit", "raisePriority", "executableFile", "codeFromData", "sharedCode",
        "setOwner", "setOwnerWithJunk", "setOwnerByStructure", "setSignal", "sendSignals", "lengthen", "allocate",
    ]
    private static let deadly = [
        "program", "programByDescriptor", "trace", "readParent", "ring", "bpf", "openByHandle", "mount", "newNamespace",
        "becomeUser",
    ]
    private static let allowed = [
        "readAllowed", "thread", "sharedMemory", "freshCode", "libraryCode", "notBlocking", "duplicate",
    ]

    @Test(arguments: refused)
    func `It fails as if this user might not do it`(attempt: String) throws {
        let probe = try Probe(attempt)
        #expect(probe.code == 0)
        #expect(probe.filtersCalls)
        // Landlock says EACCES; which of the two is asked first is the kernel's business.
        if probe.hasLandlock || attempt != "readSecret" && !attempt.hasPrefix("list") {
            #expect([EPERM, EACCES].contains(probe.error))
        }
        #expect(probe.isUntouched)
    }

    @Test(arguments: deadly)
    func `What nobody does by mistake ends it`(attempt: String) throws {
        #expect(try Probe(attempt).code == 128 + SIGSYS)
    }

    @Test(arguments: allowed)
    func `What a job needs is possible`(attempt: String) throws {
        let probe = try Probe(attempt)
        #expect(probe.code == 0)
        #expect(probe.error == 0)
    }

    /// glibc starts threads without it then.
    @Test func `A call whose arguments cannot be seen is said to be unknown`() throws {
        #expect(try Probe("spawn").error == ENOSYS)
    }
}

/// One run of the program, in a folder of its own.
private final class Probe {
    let code: Int32
    let hasLandlock: Bool
    let filtersCalls: Bool
    /// What the attempt failed with; 0: it did not.
    let error: Int32
    /// Whether the folder is as it was.
    let isUntouched: Bool

    init(_ attempt: String) throws {
        var template = Array((P_tmpdir + "/apus-lockdown-XXXXXX").utf8CString)
        try #require(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let files = ["secret", "allowed"].map { folder + "/" + $0 }
        for file in files {
            let handle = try #require(fopen(file, "w"))
            fputs("text", handle)
            fclose(handle)
        }
        defer {
            for file in files { unlink(file) }
            rmdir(folder)
        }
        let output = try Self.run([attempt, folder])
        let words = output.text.split(separator: " ")
        code = output.code
        hasLandlock = words.first.map { $0 != "0" } ?? false
        filtersCalls = words.dropFirst().first == "true"
        error = words.last.flatMap { Int32($0) } ?? -1
        var status = stat()
        isUntouched =
            files.allSatisfy { stat($0, &status) == 0 && status.st_size == 4 }
            && access(folder + "/new", F_OK) != 0
    }

    private static func run(_ arguments: [String]) throws -> (text: String, code: Int32) {
        let path = ThisProcess.programPath(of: CommandLine.arguments[0])
        let program = path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/lockdown-probe"
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let child: ChildProcess
        do {
            defer { close(ends[1]) }
            // The shell makes descriptor 3 the standard output.
            child = try ChildProcess(
                path: "/bin/sh", arguments: ["-c", "exec \"$0\" \"$@\" >&3 3>&-", String(program)] + arguments,
                environment: [:], descriptors: [ends[1]])
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = read(ends[0], &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
        let text = String(decoding: bytes, as: UTF8.self)
        return (String(text.split(separator: "\n").last ?? ""), child.waitForEnd())
    }
}
