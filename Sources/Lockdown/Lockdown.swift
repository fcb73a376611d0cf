import CLinux
import Glibc
package import Processes

/// How a process gives up, for good, all that a decoder that was taken over could harm somebody with: files, sockets,
/// programs, other processes.
///
/// Nothing is ever given back, and what a kernel does not know is left out, and said: Debian 12's (6.1) has Landlock 2.
package struct Lockdown: Sendable {
    private let readable: [String]
    private let socket: Int32

    /// - Parameters:
    ///   - readable: the files and folders that may still be read. Those that are not there are passed over.
    ///   - socket: the one descriptor by which messages may still be sent and received.
    package init(readable: [String], socket: Int32) {
        self.readable = readable
        self.socket = socket
    }

    /// To be called once, by a process of one thread; all that it starts later are locked in as well. Where there are others
    /// already, as those of a sanitizer, files stay in reach: Landlock holds for the thread that asks.
    ///
    /// Throws where the kernel could do it and did not: then the process must not go on.
    package func enter() throws(LockdownError) -> Confinement {
        guard apus_never_gain_privileges() == 0 else { throw LockdownError(step: .privileges, errno: errno) }
        // Root's rights over other users' files, which count where there is no Landlock.
        guard apus_drop_capabilities() == 0 else { throw LockdownError(step: .capabilities, errno: errno) }
        let landlock = Self.threadCount == 1 ? try FileRules(readable: readable).enter() : 0
        return Confinement(landlock: landlock, filtersCalls: try CallFilter(socket: socket).enter())
    }

    private static var threadCount: Int {
        guard let folder = opendir("/proc/self/task") else { return 1 }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            // Not `.` and `..`.
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        return count
    }
}

/// A step that the kernel could do failed.
package struct LockdownError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Step: String, Sendable {
        case privileges, capabilities, files, calls
    }

    package let step: Step
    package let errno: Int32

    package var description: String { "locking in, \(step.rawValue): error \(errno)" }
}
