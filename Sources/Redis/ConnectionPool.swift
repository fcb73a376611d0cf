package import Deadlines

/// The connections of a process to one Redis server: lent for one use, kept for the next, and not tried at all while
/// the server is known to be away.
///
/// A server that is absent, refuses, hangs or speaks something else costs those who are asking it at that moment one
/// `timeout`; everybody after them gets `unavailable` at once, and once per hold-off one caller finds out whether it
/// is back.
package final class ConnectionPool: Sendable {
    package struct Limits: Sendable, Hashable {
        /// The most connections at a time; those who find all of them lent wait for one.
        package var connections: Int
        /// The most that one use may take: waiting for a connection, connecting, sending and receiving together.
        package var timeout: Duration
        /// The most bytes of one reply.
        package var replyBytes: Int
        package var breaker: Breaker.Limits

        /// The fewest connections to each node of a big cluster.
        static let fewestConnections = 4

        package init(
            connections: Int = 32,
            timeout: Duration = .milliseconds(20),
            replyBytes: Int = 1 << 20,
            breaker: Breaker.Limits = .init()
        ) {
            self.connections = max(1, connections)
            self.timeout = timeout
            self.replyBytes = max(1, replyBytes)
            self.breaker = breaker
        }

        /// The limits of one of several servers that share the load: twice its even share of the connections, so that
        /// a process with many servers to talk to does not run out of descriptors.
        func shared(among servers: Int) -> Limits {
            var limits = self
            let (twice, _) = connections.multipliedReportingOverflow(by: 2)
            limits.connections = min(connections, max(Limits.fewestConnections, twice / max(1, servers)))
            return limits
        }
    }

    /// Called, on the thread that met it, when the server is given up for a while and when it is back. Must be quick.
    package typealias Observer = @Sendable (Breaker.Change, RedisError?) -> Void

    private let limits: Limits
    private let endpoint: Endpoint
    private let observer: Observer
    private let shared: Monitor<State>

    private struct State {
        var idle: [Connection] = []
        var lent = 0
        var waiting = 0
        var breaker: Breaker
    }

    private enum Grant {
        /// The connection used last, if any is idle; without one the holder may open one.
        case place(Breaker.Ticket, Connection?)
        case refused
    }

    /// - Parameter mustBePrimary: whether a replica counts as a server that failed.
    package init(
        to address: RedisAddress,
        mustBePrimary: Bool = false,
        limits: Limits = Limits(),
        observer: @escaping Observer = { _, _ in }
    ) {
        self.limits = limits
        self.endpoint = Endpoint(address, mustBePrimary: mustBePrimary)
        self.observer = observer
        shared = Monitor(State(breaker: Breaker(limits.breaker)))
    }

    /// As the other, for one server of possibly many.
    convenience init(
        to address: RedisAddress,
        mustBePrimary: Bool = false,
        limits: Limits,
        reportingTo observer: @escaping RedisEvent.Observer
    ) {
        self.init(to: address, mustBePrimary: mustBePrimary, limits: limits) { change, error in
            observer(.server(address, change, error))
        }
    }

    /// Where the server is.
    var address: RedisAddress { endpoint.address }

    /// How many connections are open and unused.
    package var idleConnections: Int {
        shared.withLock { $0.idle.count }
    }

    /// Lends a connection. `body` gets the moment by which it has to be done, and throws `unexpectedReply` where an
    /// answer is none that its command has; the connection must not outlive the call.
    func withConnection<Result>(
        until deadline: Deadline,
        _ body: (Connection, Deadline) throws(RedisError) -> Result
    ) throws(RedisError) -> Result {
        let limit = deadline.capped(to: limits.timeout)
        let isRushed = limit == deadline
        let (ticket, idle) = try borrow(until: limit)
        var used: Connection?
        do {
            let connection = try quiet(idle, orConnectUntil: limit)
            used = connection
            let result = try body(connection, limit)
            giveBack(connection, ticket, .succeeded, nil)
            return result
        } catch {
            giveBack(error.leavesConnectionUsable ? used : nil, ticket, outcome(of: error, isRushed), error)
            throw error
        }
    }

    private func borrow(until limit: Deadline) throws(RedisError) -> (Breaker.Ticket, Connection?) {
        // The usual case does without a second look: there is a connection, or room for one.
        var grant = shared.withLock { take(&$0, isWaiting: false) }
        if grant == nil {
            grant = shared.wait(until: limit) { take(&$0, isWaiting: true) }
            shared.withLock { $0.waiting -= 1 }
        }
        switch grant {
        case .place(let ticket, let connection): return (ticket, connection)
        case .refused: throw .unavailable
        case nil: throw .crowded
        }
    }

    /// `nil` means wait. The first caller that has to is counted here, under the same lock.
    private func take(_ state: inout State, isWaiting: Bool) -> Grant? {
        let now = Deadline.now
        if state.breaker.refuses(now: now) { return .refused }
        guard state.lent < limits.connections else {
            if !isWaiting { state.waiting += 1 }
            return nil
        }
        guard let ticket = state.breaker.admit(now: now) else { return .refused }
        state.lent += 1
        return .place(ticket, state.idle.popLast())
    }

    /// The first of the idle connections that is still open (a server that restarted has closed them all), or a new
    /// one.
    private func quiet(_ idle: Connection?, orConnectUntil limit: Deadline) throws(RedisError) -> Connection {
        var next = idle
        while let candidate = next {
            if candidate.isQuiet { return candidate }
            next = shared.withLock { $0.idle.popLast() }
        }
        return try Connection(to: endpoint, replyBytes: limits.replyBytes, until: limit)
    }

    private func outcome(of error: RedisError, _ isRushed: Bool) -> Breaker.Outcome {
        switch error {
        case .timedOut where isRushed: .abandoned
        case .refused(let answer) where !answer.dooms: .succeeded
        default: .failed
        }
    }

    private func giveBack(
        _ connection: Connection?,
        _ ticket: Breaker.Ticket,
        _ outcome: Breaker.Outcome,
        _ error: RedisError?
    ) {
        let kept = connection.flatMap { $0.isUsable ? $0 : nil }
        let settle = { (state: inout State) -> Breaker.Change? in
            state.lent -= 1
            if let kept { state.idle.append(kept) }
            return state.breaker.settle(ticket, outcome, now: .now)
        }
        let change = shared.withLock { $0.waiting > 0 ? nil : .some(settle(&$0)) } ?? shared.update(settle)
        if let change { observer(change, error) }
    }
}

extension ConnectionPool: RedisClient {
    package var replyBytes: Int { limits.replyBytes }

    package func call(
        _ command: Command,
        on key: String,
        until deadline: Deadline,
        expecting kinds: Reply.Kinds
    ) throws(RedisError) -> Reply {
        try withConnection(until: deadline) { (connection, limit) throws(RedisError) in
            try connection.call(command, until: limit, expecting: kinds)
        }
    }
}
