import Glibc

/// A thread that is waited for.
package struct JoinableThread: Sendable {
    private let thread: pthread_t

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Stacks are small, so that a test can have a thousand threads.
    private static let stackBytes = 256 * 1024

    package init(_ body: @escaping @Sendable () -> Void) throws(FixtureError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, JoinableThread.stackBytes)
        defer { pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(body))
        let code = pthread_create(
            &thread,
            &attributes,
            { raw in
                guard let raw else { return nil }
                Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().body()
                return nil
            },
            work.toOpaque()
        )
        guard code == 0 else {
            work.release()
            throw FixtureError(call: "pthread_create", errno: code)
        }
        self.thread = thread
    }

    package func join() {
        pthread_join(thread, nil)
    }

    /// Runs `body` on `count` threads at once and returns when all are done.
    package static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws(FixtureError) {
        var threads: [JoinableThread] = []
        for index in 0..<count { threads.append(try JoinableThread { body(index) }) }
        for thread in threads { thread.join() }
    }
}
