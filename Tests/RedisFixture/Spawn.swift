import Glibc

/// Starts programs.
enum Spawn {
    /// The process id of the new program, which the caller has to wait for.
    static func run(_ path: String, _ arguments: [String]) throws(FixtureError) -> pid_t {
        var process = pid_t()
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        let code = posix_spawn(&process, path, nil, nil, &pointers, environ)
        guard code == 0 else { throw FixtureError(call: "posix_spawn", errno: code) }
        return process
    }
}

/// What a program that writes to sockets has to do once: a closed connection is an error then, not its end.
package func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
}
