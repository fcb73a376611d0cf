import CFastCGI
import Deadlines
import Glibc

/// Where the slots of a worker get their connections: one of them waits at the listening socket, the others for its place.
///
/// So each worker stands in the kernel's queue for the socket once, and goes to the end of it with every connection that
/// it gets: workers take turns. Had each slot a place of its own, all connections would go to the worker that came first,
/// as long as it has a slot that is free, and to render processes of that worker alone.
package final class Acceptor: Sendable {
    /// How long nothing is accepted while the process, or the kernel, has no descriptor or memory left.
    private static let shortagePause: Int32 = 10

    private let listener: Listener
    private let drain: Drain
    /// An epoll descriptor; of those that watch the same socket in other workers a connection wakes one.
    private let watch: Int32
    /// Held by the slot that waits; whether `watch` has the listening socket.
    private let turn = Monitor(false)

    package init(listener: Listener, drain: Drain) throws(FastCGIError) {
        (self.listener, self.drain) = (listener, drain)
        watch = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard watch >= 0 else { throw .system(call: "epoll_create1", errno: errno) }
        guard add(drain.descriptor, EPOLLIN.rawValue) else { throw .system(call: "epoll_ctl", errno: errno) }
    }

    deinit { close(watch) }

    /// Waits for a connection, which is the caller's; `nil` once the worker drains.
    func next() -> Int32? {
        turn.withLock { isListening in
            while true {
                // A drain that has begun goes before connections that wait: another worker takes them.
                guard !drain.hasBegun else { return nil }
                if !isListening { isListening = listen() }
                guard isListening else { continue }
                var event = epoll_event()
                guard epoll_wait(watch, &event, 1, -1) == 1, event.data.fd == listener.descriptor else { continue }
                if let connection = accept() {
                    isListening = goToEnd()
                    return connection
                }
            }
        }
    }

    /// Gives whether it listens still.
    private func goToEnd() -> Bool {
        epoll_ctl(watch, EPOLL_CTL_DEL, listener.descriptor, nil)
        return listen()
    }

    private func listen() -> Bool {
        if add(listener.descriptor, EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue) || errno == EEXIST { return true }
        poll(nil, 0, Self.shortagePause)
        return false
    }

    private func add(_ descriptor: Int32, _ events: UInt32) -> Bool {
        var event = epoll_event()
        event.events = events
        event.data.fd = descriptor
        return epoll_ctl(watch, EPOLL_CTL_ADD, descriptor, &event) == 0
    }

    /// `nil` where another worker has come first, or the connection is of nobody who may connect.
    private func accept() -> Int32? {
        // Not accept4, which Swift's import lacks: children are started with every other descriptor closed.
        var peer = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let connection = withUnsafeMutablePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.accept(listener.descriptor, $0, &length)
            }
        }
        guard connection >= 0 else {
            // The connection stays in the backlog; a pause keeps this from spinning.
            if [EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(errno) { poll(nil, 0, Self.shortagePause) }
            return nil
        }
        if let webServers = listener.webServers, !webServers.admit(peer) {
            close(connection)
            return nil
        }
        return connection
    }
}
