/// A cluster node's answer that another node is to be asked (Redis cluster specification, "MOVED" and "ASK").
package struct Redirection: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The slot is the other node's from now on.
        case moved
        /// The slot is on its way to the other node; only this one command is to be sent there, after `ASKING`.
        case ask
    }

    package let reason: Reason
    package let place: RedisAddress.Place

    /// `nil` for any other error, and for a redirection that leads nowhere. A message has the form
    /// `MOVED 3999 127.0.0.1:6381`, where the host may be left out.
    ///
    /// - Parameter answerer: the node whose answer this is.
    package init?(_ error: ServerError, from answerer: RedisAddress.Place) {
        switch error.code {
        case .moved: reason = .moved
        case .ask: reason = .ask
        default: return nil
        }
        let words = error.message.split(separator: " ")
        guard
            words.count == 3, let colon = words[2].lastIndex(of: ":"),
            let port = UInt16(words[2][words[2].index(after: colon)...]),
            let place = RedisAddress.Place(announced: String(words[2][..<colon]), port: port, by: answerer)
        else { return nil }
        self.place = place
    }
}

extension RedisAddress.Place {
    /// A node as its cluster announces it. A node that does not know its own host, or is told not to say it, is
    /// announced with an empty one, with `?` or without any: it is then that of the node that answered.
    init?(announced host: String?, port: UInt16, by answerer: RedisAddress.Place) {
        guard port > 0 else { return nil }
        if let host, !host.isEmpty, host != "?" {
            self = .tcp(host: host, port: port)
        } else if case .tcp(let host, _) = answerer {
            self = .tcp(host: host, port: port)
        } else {
            return nil
        }
    }
}
