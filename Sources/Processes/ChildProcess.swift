import CLinux
import Glibc

/// A program that this process started. Ended and collected by its process id; never detached.
package struct ChildProcess: Sendable, Hashable {
    package let id: Int32

    /// A child that an earlier program of this same process has started (`exec(3)` keeps children).
    package init(adopting id: Int32) {
        self.id = id
    }

    /// Starts the program at `path`.
    ///
    /// `descriptors` are those of this process that the child gets, under the numbers 3, 4, … in their order; its
    /// standard streams are ours, all else is closed to it. The child starts with no signal blocked and with every
    /// signal at its default.
    /// - Parameter environment: replaces the whole environment.
    package init(
        path: String, arguments: [String], environment: [String: String], descriptors: [Int32] = []
    ) throws(ProcessError) {
        // The C library would pass over such an action, and the child get whatever has the number.
        guard descriptors.allSatisfy({ $0 >= 0 }) else { throw ProcessError(call: "posix_spawn \(path)", errno: EBADF) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // By way of numbers above all others: a target number may be one that is still to be copied.
        let high = max(3 + Int32(descriptors.count), (descriptors.max() ?? 0) + 1)
        for (index, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, high + Int32(index))
        }
        for index in descriptors.indices {
            posix_spawn_file_actions_adddup2(&actions, high + Int32(index), 3 + Int32(index))
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, 3 + Int32(descriptors.count))

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var id: Int32 = 0
        let code = withCStrings([path] + arguments) { arguments in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawn(&id, path, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else { throw ProcessError(call: "posix_spawn \(path)", errno: code) }
        self.id = id
    }

    package func send(_ signal: Int32) {
        kill(id, signal)
    }

    /// What stands for the exit status of a child that nobody can ask for it any more.
    private static let lostExitCode: Int32 = 255

    /// The exit status, or 128 + the signal that ended it; `nil` while it runs. Collects the child: once only.
    ///
    /// 255 if there is no such child any more: it was collected already, or the kernel did so by itself because this
    /// process was started with SIGCHLD ignored.
    package func exitCode() -> Int32? {
        var status: Int32 = 0
        return switch waitpid(id, &status, WNOHANG) {
        case id: apus_exit_code(status)
        case -1 where errno == ECHILD: Self.lostExitCode
        default: nil
        }
    }

    /// Waits for the end, however long it takes: for a child that has been killed.
    @discardableResult
    package func waitForEnd() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0 {
            if errno != EINTR { return Self.lostExitCode }
        }
        return apus_exit_code(status)
    }
}

/// Lends the strings as a null-terminated array of C strings, as `exec` and its relatives take them.
package func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
    for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
    pointers[strings.count] = nil
    defer {
        for index in strings.indices { free(pointers[index]) }
        pointers.deallocate()
    }
    return body(pointers)
}
