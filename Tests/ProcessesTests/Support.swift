import Glibc
import Processes

/// Runs a shell script as a child, which finds a pipe as descriptor 3, and gives what it wrote there and how it ended.
func shell(
    _ script: String, _ arguments: [String] = [], environment: [String: String] = ["PATH": "/usr/bin:/bin"],
    more: [Int32] = []
) throws -> (output: String, code: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw ProcessError(call: "pipe", errno: errno) }
    defer { close(ends[0]) }
    let child: ChildProcess
    do {
        defer { close(ends[1]) }
        child = try ChildProcess(
            path: "/bin/sh", arguments: ["-c", script, "sh"] + arguments, environment: environment,
            descriptors: [ends[1]] + more)
    }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while case let count = read(ends[0], &chunk, chunk.count), count > 0 { output += chunk[..<count] }
    return (String(decoding: output, as: UTF8.self), child.waitForEnd())
}

/// A folder with some files of one line, gone when the object is.
final class TemporaryFolder {
    let path: String
    private var made: [String] = []

    init(_ files: [String: String] = [:]) throws {
        var template = [CChar]((P_tmpdir + "/apus-processes-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw ProcessError(call: "mkdtemp", errno: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for (name, text) in files { try write(name, text) }
    }

    private func write(_ name: String, _ text: String) throws {
        var folder = path
        for part in name.split(separator: "/").dropLast() {
            folder += "/" + part
            if mkdir(folder, 0o700) == 0 { made.append(folder) }
        }
        let file = path + "/" + name
        guard let handle = fopen(file, "w") else { throw ProcessError(call: "fopen", errno: errno) }
        defer { fclose(handle) }
        made.append(file)
        fputs(text, handle)
    }

    deinit {
        for name in made.reversed() { remove(name) }
        rmdir(path)
    }
}
