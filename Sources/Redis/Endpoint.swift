import Deadlines
import Glibc

/// A Redis address that is ready to be connected to: paths and numeric addresses at once, names looked up when needed.
///
/// `getaddrinfo(3)` has no time limit, so a name is looked up on a thread of its own. At most one such thread exists
/// for an endpoint; whoever runs out of time leaves it to finish, and the next caller joins it.
package final class Endpoint: Sendable {
    package let address: RedisAddress
    /// Whether a replica that answers there is the wrong server. Asked of every new connection with `ROLE`.
    let mustBePrimary: Bool

    /// How many of a name's addresses are tried.
    static let mostAddresses = 8

    private enum Lookup {
        case idle
        case running
        case done(Result<[SocketAddress], RedisError>)
    }

    private let lookup = Monitor<Lookup>(.idle)

    package init(_ address: RedisAddress, mustBePrimary: Bool = false) {
        self.address = address
        self.mustBePrimary = mustBePrimary
    }

    /// The addresses to try in order, at least one.
    func socketAddresses(until deadline: Deadline) throws(RedisError) -> [SocketAddress] {
        switch address.place {
        case .unix(let path):
            guard let address = SocketAddress(path: path) else { throw .failed(.connect, errno: ENAMETOOLONG) }
            return [address]
        case .tcp(let host, let port):
            if case .success(let addresses) = SocketAddress.resolve(host, port, flags: AI_NUMERICHOST) {
                return addresses
            }
            return try lookUp(until: deadline).get()
        }
    }

    private func lookUp(until deadline: Deadline) throws(RedisError) -> Result<[SocketAddress], RedisError> {
        let starts = lookup.withLock { state in
            if case .running = state { return false }
            state = .running
            return true
        }
        if starts { startThread() }
        let answer = lookup.wait(until: deadline) { state in
            if case .done(let result) = state { return result }
            return nil
        }
        guard let answer else { throw .timedOut(.lookup) }
        return answer
    }

    private func startThread() {
        let code = Background.run { [self] in finishLookup() }
        if code != 0 { lookup.update { $0 = .done(.failure(.failed(.lookup, errno: code))) } }
    }

    private func finishLookup() {
        guard case .tcp(let host, let port) = address.place else { return }
        let result = SocketAddress.resolve(host, port, flags: 0)
        lookup.update { $0 = .done(result) }
    }
}
