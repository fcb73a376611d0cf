/// Why the file that processes share could not be had.
package struct MetricsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system call that failed.
    package let call: String
    package let errno: Int32

    package init(call: String, errno: Int32) {
        self.call = call
        self.errno = errno
    }

    package var description: String { "\(call): errno \(errno)" }
}
