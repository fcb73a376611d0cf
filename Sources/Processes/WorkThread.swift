import CLinux
import Glibc

/// A thread of the operating system that blocks as it likes; Swift's own pool must not be blocked (design §5).
package final class WorkThread: Sendable {
    private let thread: pthread_t

    /// - Parameter stackBytes: at least 128 KiB; pages are only used up as they are touched.
    package init(
        named name: String, stackBytes: Int = 512 * 1024, _ body: @escaping @Sendable () -> Void
    ) throws(ProcessError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackBytes)
        let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
                ThisProcess.nameThread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw ProcessError(call: "pthread_create", errno: code)
        }
        self.thread = thread
    }

    /// Waits until the thread's body has returned. To be called once.
    package func join() {
        pthread_join(thread, nil)
    }
}

private final class ThreadStart: Sendable {
    /// At most 15 bytes are shown by the kernel.
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }
}
