import CFastCGI
import Glibc
package import Memory

/// One slot's side of FastCGI: accepts a request, lends its parameters, writes the answer, and again.
///
/// A connection that nginx keeps stays with its slot, which is why nginx may keep only as many as a quarter of a
/// worker's slots. The slot itself waits and accepts, so that it can be told to stop without losing a request;
/// libfcgi reads and parses. Belongs to one thread.
package struct RequestSlot: ~Copyable {
    /// How long a connection may pause in the middle of a request or an answer, in seconds.
    private static let stallSeconds = 10

    private let request: UnsafeMutablePointer<FCGX_Request>
    private let listener: Listener
    private let drain: Drain
    private let waiting: Int32

    /// Call once in a process, before the first slot is made.
    package static func startLibrary() {
        FCGX_Init()
    }

    package init(listener: Listener, drain: Drain) throws(FastCGIError) {
        waiting = try Self.watch(listener, drain)
        self.listener = listener
        self.drain = drain
        request = .allocate(capacity: 1)
        // libfcgi gets no listening socket: where it would accept by itself, it fails at once and we wait again.
        FCGX_InitRequest(request, -1, FCGI_FAIL_ACCEPT_ON_INTR)
    }

    deinit {
        FCGX_Free(request, 1)
        request.deallocate()
        close(waiting)
    }

    /// An epoll descriptor for a new connection, which wakes one slot and not all, and for the drain, which wakes all.
    private static func watch(_ listener: Listener, _ drain: Drain) throws(FastCGIError) -> Int32 {
        let waiting = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard waiting >= 0 else { throw .system(call: "epoll_create1", errno: errno) }
        for (descriptor, events) in [
            (listener.descriptor, EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue), (drain.descriptor, EPOLLIN.rawValue),
        ] {
            var event = epoll_event()
            event.events = events
            event.data.fd = descriptor
            guard epoll_ctl(waiting, EPOLL_CTL_ADD, descriptor, &event) == 0 else {
                let code = errno
                close(waiting)
                throw .system(call: "epoll_ctl", errno: code)
            }
        }
        return waiting
    }

    /// Waits for the next request; `nil` once the worker drains.
    package func next() -> RequestParameters? {
        while true {
            if request.pointee.ipcFd < 0 {
                guard waitForConnection() else { return nil }
                accept()
            } else {
                guard waitForKeptConnection() else { return nil }
            }
            // Negative: the connection was closed or broke; anything else than 0 means the same to us.
            if request.pointee.ipcFd >= 0, FCGX_Accept_r(request) == 0 {
                return RequestParameters(environment: request.pointee.envp)
            }
        }
    }

    private func waitForConnection() -> Bool {
        var event = epoll_event()
        while epoll_wait(waiting, &event, 1, -1) != 1 {}
        return event.data.fd != drain.descriptor
    }

    private func waitForKeptConnection() -> Bool {
        var descriptors = [
            pollfd(fd: request.pointee.ipcFd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: drain.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&descriptors, 2, -1) <= 0 {}
        // A request that has come already is still answered.
        return descriptors[0].revents != 0
    }

    private func accept() {
        // Not accept4, which Swift's import lacks: children are started with every other descriptor closed.
        let connection = Glibc.accept(listener.descriptor, nil, nil)
        guard connection >= 0 else {
            // Out of descriptors: the connection stays in the backlog; a pause keeps this from spinning.
            if errno == EMFILE || errno == ENFILE { poll(nil, 0, 10) }
            return
        }
        var stall = timeval(tv_sec: Self.stallSeconds, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &stall, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &stall, socklen_t(MemoryLayout<timeval>.size))
        request.pointee.ipcFd = connection
        // Else FCGX_Accept_r, which first ends the request before, would close the connection. The request sets it anew.
        request.pointee.keepConnection = 1
    }

    /// Writes the whole answer: `head` is the CGI header block with its empty line. Call once, then `finish`.
    ///
    /// Records go straight to the connection: libfcgi's own writer cuts answers into 8 KB (design §5).
    package func write(head: [UInt8], body: any Blob) throws(ClientGone) {
        let writer = RecordWriter(
            connection: request.pointee.ipcFd, requestID: UInt16(truncatingIfNeeded: request.pointee.requestId))
        try head.withBytes { head throws(ClientGone) in
            try body.withBytes { body throws(ClientGone) in
                try writer.write(head, body)
            }
        }
    }

    /// Ends the request. The connection stays open if nginx asked for it and the answer went out whole.
    package func finish() {
        FCGX_Finish_r(request)
    }

    /// Ends the request by closing its connection: the web server sees that the answer is not whole.
    package func abandon() {
        FCGX_Free(request, 1)
    }
}
