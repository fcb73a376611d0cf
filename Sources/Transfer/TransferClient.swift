import CCurl
package import Deadlines

/// Carries out transfers: blocking, one request each, with connections kept alive in between. Shared by all threads.
///
/// Nothing of the environment is used: no proxy, no netrc, no cookies.
package final class TransferClient: Sendable {
    private let pool: HandlePool
    private let caFile: String?
    private let observer: TransferEvent.Observer?

    /// - Parameters:
    ///   - idleHandles: the most handles kept, all hosts together; each holds a connection and two descriptors more.
    ///   - idleLifetime: how long one is kept after its last use. Checked at the next transfer.
    ///   - caFile: certificates (PEM) that are trusted besides the system's.
    ///   - observer: told of all that transfers meet.
    package init(
        idleHandles: Int = 64, idleLifetime: Duration = .seconds(60), caFile: String? = nil,
        observer: TransferEvent.Observer? = nil
    ) {
        pool = HandlePool(capacity: max(0, idleHandles), lifetime: idleLifetime)
        self.caFile = caFile
        self.observer = observer
    }

    /// Sends the request, follows redirects where that is right, and returns once the head of the final response is
    /// there; its body is read from what is returned. Every status is an answer, no error.
    ///
    /// - Parameter deadline: ends everything, whatever the stage, unless the stream is told otherwise.
    package func open(_ request: TransferRequest, deadline: Deadline) throws(TransferError) -> TransferStream {
        let requestBytes = BodyReader(request.method.body ?? []).count
        guard requestBytes <= request.limits.requestBytes else { throw .tooLarge(limit: request.limits.requestBytes) }
        let follows = request.followsRedirects && request.method.isRedirectable
        var way = try Redirects(request)
        // Ends: the way has a limit.
        while true {
            guard !deadline.hasPassed else { throw .timedOut(.total) }
            let answer = try send(request, along: way, deadline: deadline)
            guard follows, let location = answer.head.redirectLocation else { return answer }
            answer.skip()
            try way.follow(location)
        }
    }

    /// The same with the response's body in one piece, at most `request.limits.bodyBytes` long.
    package func exchange(
        _ request: TransferRequest, deadline: Deadline
    ) throws(TransferError) -> (head: ResponseHead, body: [UInt8]) {
        let answer = try open(request, deadline: deadline)
        var bytes: [UInt8] = []
        while try answer.read({ piece in piece.withUnsafeBytes { bytes.append(contentsOf: $0) } }) {}
        return (answer.head, bytes)
    }

    /// Handles waiting for their next use.
    package var idleCount: Int { pool.idleCount }

    /// One hop, up to the head of its response. A handle is lent; it comes back once its response is complete.
    private func send(
        _ request: TransferRequest, along way: Redirects, deadline: Deadline
    ) throws(TransferError) -> TransferStream {
        let use = HandlePool.Use(
            purpose: request.purpose, scheme: way.url.scheme, host: way.url.host, port: way.url.port, policy: way.policy
        )
        guard let handle = pool.take(for: use) else { throw .curl(code: CURLE_OUT_OF_MEMORY.rawValue) }
        observer?(.asking(scheme: way.url.scheme, host: way.url.host, port: way.url.port))
        let exchange = Exchange(
            request.method, policy: way.policy, limits: request.limits, deadline: deadline, observer: observer)
        try handle.begin(
            exchange, url: way.url, headers: way.headers, connectLimit: request.limits.connect, caFile: caFile)
        let progress = try handle.advance(exchange) { exchange.head != nil }
        guard let head = exchange.head else { throw .protocolError }
        observer?(.answered(status: head.status, handle.httpVersion))
        let stream = TransferStream(
            head: head, url: way.url, bodyLimit: request.limits.bodyBytes, exchange: exchange, handle: handle
        ) { [pool] in pool.give($0, for: use) }
        if progress == .finished { stream.finish() }
        return stream
    }
}
