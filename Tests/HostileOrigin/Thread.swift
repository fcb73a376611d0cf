import Glibc

/// A thread that somebody joins.
package struct Thread: Sendable {
    private let identifier: pthread_t

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    package init(_ body: @escaping @Sendable () -> Void) throws {
        let work = Unmanaged.passRetained(Work(body))
        var identifier = pthread_t()
        let code = pthread_create(
            &identifier, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, work.toOpaque()
        )
        guard code == 0 else {
            work.release()
            throw SystemFailure(call: "pthread_create", errno: code)
        }
        self.identifier = identifier
    }

    package func join() {
        pthread_join(identifier, nil)
    }
}

/// Runs `body` on `count` threads at once, each with its number, and returns when all are done.
package func withThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws {
    var threads: [Thread] = []
    defer { for thread in threads { thread.join() } }
    for number in 0..<count { threads.append(try Thread { body(number) }) }
}
