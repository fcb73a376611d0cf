import Glibc

/// A call of the operating system that starts, stops or talks to a process failed.
package struct ProcessError: Error, Equatable, CustomStringConvertible {
    package let call: String
    package let errno: Int32

    /// Whether this process, or the host, has no room for more descriptors, buffers or memory: the other side has no part in
    /// it.
    package var isShortage: Bool { Self.isShortage(errno) }

    /// The same of another call's error.
    package static func isShortage(_ errno: Int32) -> Bool {
        [EMFILE, ENFILE, ETOOMANYREFS, ENOBUFS, ENOMEM].contains(errno)
    }

    package init(call: String, errno: Int32) {
        self.call = call
        self.errno = errno
    }

    package var description: String { "\(call): error \(errno)" }
}
