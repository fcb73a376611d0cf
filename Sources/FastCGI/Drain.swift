import CFastCGI
import Glibc

/// Tells every slot of a worker to stop: what it has accepted it answers, then it accepts no more.
package final class Drain: Sendable {
    /// An eventfd that becomes readable for all and stays so.
    let descriptor: Int32

    package init() throws(FastCGIError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw .system(call: "eventfd", errno: errno) }
    }

    deinit { close(descriptor) }

    var hasBegun: Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wanted, 1, 0) == 1
    }

    package func begin() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }
}
