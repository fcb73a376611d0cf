import CFastCGI
import Glibc
import Synchronization

/// Tells every slot of a worker to stop: what it has accepted it answers, then it accepts no more.
package final class Drain: Sendable {
    /// An eventfd that becomes readable for all and stays so.
    let descriptor: Int32
    /// Says the same without a system call, for each request.
    private let flag = Atomic(false)

    package init() throws(FastCGIError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw .system(call: "eventfd", errno: errno) }
    }

    deinit { close(descriptor) }

    var hasBegun: Bool { flag.load(ordering: .acquiring) }

    package func begin() {
        flag.store(true, ordering: .releasing)
        var one: UInt64 = 1
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }
}
