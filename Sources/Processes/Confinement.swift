/// What a process has given up for good.
package struct Confinement: Sendable, Equatable {
    /// By which version of Landlock files are out of its reach; 0: they are not.
    package var landlock: Int
    /// Whether its system calls are filtered: no sockets, no programs, no other processes, nothing written to a file.
    package var filtersCalls: Bool

    package init(landlock: Int, filtersCalls: Bool) {
        self.landlock = landlock
        self.filtersCalls = filtersCalls
    }

    /// Whether this kernel, or what the process was started in, has kept back nothing.
    package var isComplete: Bool { landlock > 0 && filtersCalls }
}

extension Confinement: CustomStringConvertible {
    package var description: String {
        let files = landlock > 0 ? "files by Landlock \(landlock)" : "files not, for want of Landlock"
        let calls = filtersCalls ? "sockets and programs by seccomp" : "sockets and programs not, for want of seccomp"
        return "\(files), \(calls)"
    }
}
