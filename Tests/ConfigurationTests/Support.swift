import Configuration
import Glibc

/// An account that a file cannot do without.
let minimalAccount = "accounts: [{ id: demo, insecure: true, origins: [{ id: photos, type: DISK, path: samples }] }]"

/// Parses text as if it lay in `/etc/apus`.
func parse(
    _ yaml: String, environment: [String: String] = [:], overrides: Configuration.Overrides = .init()
) throws(ConfigurationProblems) -> Configuration {
    try Configuration.parse(
        [UInt8](yaml.utf8), name: "apus.yaml", folder: "/etc/apus", environment: environment, overrides: overrides
    )
}

/// The problems of a text, one line each; empty when it is right.
func problems(
    _ yaml: String, environment: [String: String] = [:], overrides: Configuration.Overrides = .init()
) -> [String] {
    do {
        _ = try parse(yaml, environment: environment, overrides: overrides)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// A folder that is gone, with what lies in it, when the test ends.
final class TemporaryFolder {
    let path: String
    private var files: [String] = []

    init() throws {
        var template = [CChar]((P_tmpdir + "/apus-configuration-XXXXXX").utf8CString)
        let isMade = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { mkdtemp($0) != nil } ?? false
        }
        guard isMade else { throw Failure(errno: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Writes a file and returns its path.
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = path + "/" + name
        guard let handle = fopen(file, "w") else { throw Failure(errno: errno) }
        defer { fclose(handle) }
        files.append(file)
        guard fwrite(bytes, 1, bytes.count, handle) == bytes.count else { throw Failure(errno: errno) }
        return file
    }

    struct Failure: Error {
        let errno: Int32
    }

    deinit {
        for file in files { unlink(file) }
        rmdir(path)
    }
}
