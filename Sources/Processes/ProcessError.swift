/// A call of the operating system that starts, stops or talks to a process failed.
package struct ProcessError: Error, Equatable, CustomStringConvertible {
    package let call: String
    package let errno: Int32

    package init(call: String, errno: Int32) {
        self.call = call
        self.errno = errno
    }

    package var description: String { "\(call): error \(errno)" }
}
