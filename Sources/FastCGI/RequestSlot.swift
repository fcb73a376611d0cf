import CFastCGI
import Glibc
package import Memory

/// One slot's side of FastCGI: accepts a request, lends its parameters, writes the answer, and again.
///
/// A connection that nginx keeps stays with its slot, which is why nginx may keep only as many as a quarter of a
/// worker's slots. The worker's `Acceptor` waits and accepts, so that a slot can be told to stop without losing a request;
/// libfcgi reads and parses. Belongs to one thread.
package struct RequestSlot: ~Copyable {
    private let request: UnsafeMutablePointer<FCGX_Request>
    private let acceptor: Acceptor
    private let drain: Drain
    private let stall: Duration

    /// Call once in a process, before the first slot is made.
    package static func startLibrary() {
        FCGX_Init()
    }

    /// - Parameters:
    ///   - acceptor: the worker's.
    ///   - stall: how long a connection may pause in the middle of a request or an answer.
    package init(acceptor: Acceptor, drain: Drain, stall: Duration = .seconds(10)) {
        self.acceptor = acceptor
        self.drain = drain
        self.stall = stall
        request = .allocate(capacity: 1)
        // libfcgi gets no listening socket: where it would accept by itself, it fails at once and we wait again.
        FCGX_InitRequest(request, -1, FCGI_FAIL_ACCEPT_ON_INTR)
    }

    deinit {
        closeAtOnce()
        request.deallocate()
    }

    /// Waits for the next request; `nil` once the worker drains.
    package func next() -> RequestParameters? {
        while true {
            if request.pointee.ipcFd < 0 {
                guard let connection = acceptor.next() else { return nil }
                use(connection)
            } else {
                guard waitForKeptConnection() else { return nil }
            }
            if request.pointee.ipcFd >= 0, let parameters = read() { return parameters }
        }
    }

    /// Reads a request with its body; `nil` if the connection was closed or broke, or what came over it is none.
    private func read() -> RequestParameters? {
        // To libfcgi a detached connection is one that it closes without waiting for the other side to close.
        request.pointee.detached = 1
        guard FCGX_Accept_r(request) == 0 else { return nil }
        var parameters = RequestParameters(environment: request.pointee.envp)
        guard let body = RequestBody(announced: parameters["CONTENT_LENGTH"], from: request.pointee.in) else {
            closeAtOnce()
            return nil
        }
        parameters.take(body)
        request.pointee.detached = 0
        // A connection that never rests would keep a slot from ending.
        if !body.hasEnded || drain.hasBegun { request.pointee.keepConnection = 0 }
        return parameters
    }

    private func waitForKeptConnection() -> Bool {
        let wanted = Int16(POLLIN)
        var descriptors: [2 of pollfd] = [
            pollfd(fd: request.pointee.ipcFd, events: wanted, revents: 0),
            pollfd(fd: drain.descriptor, events: wanted, revents: 0),
        ]
        var span = descriptors.mutableSpan
        while span.withUnsafeMutableBufferPointer({ poll($0.baseAddress, 2, -1) }) <= 0 {}
        // A request that has come already is still answered.
        return descriptors[0].revents != 0
    }

    private func use(_ connection: Int32) {
        Self.limit(SO_RCVTIMEO, of: connection, to: stall)
        Self.limit(SO_SNDTIMEO, of: connection, to: stall)
        request.pointee.ipcFd = connection
        // Else FCGX_Accept_r, which first ends the request before, would close the connection. The request sets it anew.
        request.pointee.keepConnection = 1
    }

    private static func limit(_ option: Int32, of connection: Int32, to stall: Duration) {
        let (seconds, attoseconds) = stall.components
        // 0 would be no limit.
        var time = timeval(tv_sec: Int(seconds), tv_usec: max(1, Int(attoseconds / 1_000_000_000_000)))
        setsockopt(connection, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Writes the whole answer and its end: `head` is the CGI header block with its empty line. Call once, then `finish`.
    ///
    /// Records go straight to the connection: libfcgi's own writer cuts answers into 8 KB and sends the end of the request
    /// by itself, for which nginx would wake up once more (design §5).
    package func write(head: [UInt8], body: any Blob) throws(ClientGone) {
        try head.withBytes { head throws(ClientGone) in
            try body.withBytes { body throws(ClientGone) in
                try writer.write(head, body, isAll: true)
            }
        }
    }

    /// Hands the answer to somebody else, who may take longer for it than a slot has time; the slot is ready for the next
    /// request at once. Its connection is not used for another.
    package func handOver() -> LongAnswer {
        Self.limit(SO_SNDTIMEO, of: request.pointee.ipcFd, to: LongAnswer.clientStall)
        let answer = LongAnswer(writer)
        FCGX_Free(request, 0)
        request.pointee.ipcFd = -1
        return answer
    }

    private var writer: RecordWriter {
        RecordWriter(
            connection: request.pointee.ipcFd, requestID: UInt16(truncatingIfNeeded: request.pointee.requestId))
    }

    /// Gets ready for the next request once the answer is written. The connection stays open if nginx asked for it.
    package func finish() {
        FCGX_Free(request, request.pointee.keepConnection != 0 ? 0 : 1)
    }

    /// Closes the connection: the web server sees that the answer is not whole.
    package func abandon() {
        closeAtOnce()
    }

    private func closeAtOnce() {
        request.pointee.detached = 1
        FCGX_Free(request, 1)
    }
}
