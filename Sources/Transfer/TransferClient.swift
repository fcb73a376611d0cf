import CCurl
package import Deadlines

/// Carries out transfers: blocking, one request each, with connections kept alive in between. Shared by all threads.
///
/// Nothing of the environment is used: no proxy, no netrc, no cookies.
package final class TransferClient: Sendable {
    private let pool: HandlePool
    private let caFile: String?

    /// - Parameters:
    ///   - idleHandles: the most handles kept, all hosts together; each holds a connection and two descriptors more.
    ///   - idleLifetime: how long one is kept after its last use. Checked at the next transfer and by `closeIdle()`.
    ///   - caFile: certificates (PEM) that are trusted besides the system's.
    package init(idleHandles: Int = 64, idleLifetime: Duration = .seconds(60), caFile: String? = nil) {
        pool = HandlePool(capacity: max(0, idleHandles), lifetime: idleLifetime)
        self.caFile = caFile
    }

    /// `perform` with GET, whatever the request's method is.
    package func get(
        _ request: TransferRequest, deadline: Deadline,
        head: (ResponseHead) -> BodyDecision, body: (RawSpan) -> Bool
    ) throws(TransferError) -> TransferResponse {
        var request = request
        request.method = .get
        return try perform(request, deadline: deadline, head: head, body: body)
    }

    /// Sends the request, follows redirects where that is right, and hands the response's body over piece by piece.
    /// Every status is an answer, no error.
    ///
    /// - Parameters:
    ///   - deadline: ends everything, whatever the stage.
    ///   - head: is shown the head of the final response before its body and says whether the body is wanted.
    ///   - body: is lent each piece for the length of the call; `false` ends the transfer with `.stopped`.
    package func perform(
        _ request: TransferRequest, deadline: Deadline,
        head: (ResponseHead) -> BodyDecision, body: (RawSpan) -> Bool
    ) throws(TransferError) -> TransferResponse {
        try withoutActuallyEscaping(head) { (head) throws(TransferError) -> TransferResponse in
            try withoutActuallyEscaping(body) { (body) throws(TransferError) -> TransferResponse in
                try follow(request, deadline: deadline, head: head, body: body)
            }
        }
    }

    /// The same with the response's body in one piece, at most `request.limits.bodyBytes` long.
    package func exchange(
        _ request: TransferRequest, deadline: Deadline
    ) throws(TransferError) -> (head: ResponseHead, body: [UInt8]) {
        var bytes: [UInt8] = []
        let response = try perform(request, deadline: deadline) { _ in
            .receive
        } body: { piece in
            piece.withUnsafeBytes { bytes.append(contentsOf: $0) }
            return true
        }
        return (response.head, bytes)
    }

    /// Closes the connections that have been idle for too long; for a caller that goes on without transfers.
    package func closeIdle() {
        pool.closeExpired()
    }

    /// Handles waiting for their next use.
    package var idleCount: Int { pool.idleCount }

    private func follow(
        _ request: TransferRequest, deadline: Deadline,
        head: @escaping (ResponseHead) -> BodyDecision, body: @escaping (RawSpan) -> Bool
    ) throws(TransferError) -> TransferResponse {
        let requestBytes = BodyReader(request.method.body ?? []).count
        guard requestBytes <= request.limits.requestBytes else { throw .tooLarge(limit: request.limits.requestBytes) }
        let follows = request.followsRedirects && request.method.isRedirectable
        var way = try Redirects(request)
        while true {
            guard !deadline.hasPassed else { throw .timedOut(.total) }
            let exchange = Exchange(
                request.method, policy: way.policy, limits: request.limits, deadline: deadline,
                decide: { follows && $0.redirectLocation != nil ? .skip : head($0) }, receive: body
            )
            let answer = try send(exchange, to: way, of: request)
            guard follows, let location = answer.redirectLocation else {
                return TransferResponse(head: answer, bodyCount: exchange.receivedCount, url: way.url)
            }
            try way.follow(location)
        }
    }

    /// One hop: a handle is lent, used, and given back if its connection is in order.
    private func send(
        _ exchange: Exchange, to way: Redirects, of request: TransferRequest
    ) throws(TransferError) -> ResponseHead {
        let use = HandlePool.Use(
            purpose: request.purpose, scheme: way.url.scheme, host: way.url.host, port: way.url.port, policy: way.policy
        )
        guard let handle = pool.take(for: use) else { throw .curl(code: CURLE_OUT_OF_MEMORY.rawValue) }
        let isReusable = try handle.run(
            exchange, url: way.url, headers: way.headers, connectLimit: request.limits.connect, caFile: caFile
        )
        if isReusable { pool.give(handle, for: use) }
        guard let head = exchange.head else { throw .protocolError }
        return head
    }
}
