import Glibc

/// A TLS server on the loopback (OpenSSL's own test server) with a fresh certificate for `localhost` that nobody trusts.
package final class TLSOrigin {
    package let port: Int
    /// The certificate, or that of its authority; trusting it makes the server trusted.
    package var certificate: String { files.trusted }
    private let files: TLSCertificate
    private let process: pid_t
    /// Open as long as the server runs: it still prints.
    private let output: Int32

    static let program = "/usr/bin/openssl"

    /// Whether the host has what is needed.
    package static var isAvailable: Bool { access(program, X_OK) == 0 }

    package init(_ kind: TLSCertificate.Kind = .selfSigned) throws {
        files = try TLSCertificate(kind)
        let serving = try Self.spawn(
            ["s_server", "-accept", "127.0.0.1:0", "-cert", files.shown, "-key", files.key, "-www"]
        )
        (process, output) = serving
        guard let accepted = Self.port(in: output) else {
            // It has printed all that it will, so it has ended.
            waitpid(process, nil, 0)
            close(output)
            throw SystemFailure(call: "openssl s_server", errno: 0)
        }
        port = accepted
    }

    package func stop() {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        close(output)
        files.remove()
    }

    /// Reads the line `ACCEPT 127.0.0.1:PORT`.
    private static func port(in output: Int32) -> Int? {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 256)
        while case let count = read(output, &buffer, buffer.count), count > 0 {
            text += String(decoding: buffer.prefix(count), as: UTF8.self)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            if let line = lines.first(where: { $0.hasPrefix("ACCEPT ") }) {
                return line.split(separator: ":").last.flatMap { Int($0) }
            }
        }
        return nil
    }

    /// Runs the program to its end.
    static func run(_ arguments: [String]) throws {
        let running = try spawn(arguments)
        close(running.output)
        var status: Int32 = 0
        guard waitpid(running.process, &status, 0) == running.process, status == 0 else {
            throw SystemFailure(call: "openssl \(arguments.first ?? "")", errno: status)
        }
    }

    /// Starts the program; what it prints can be read from `output`.
    private static func spawn(_ arguments: [String]) throws -> (process: pid_t, output: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SystemFailure(call: "pipe", errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        var texts: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for text in texts { free(text) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, program, &actions, nil, &texts, environ)
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw SystemFailure(call: "posix_spawn", errno: code)
        }
        return (process, ends[0])
    }
}
