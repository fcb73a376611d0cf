/// The kinds of Redis that a region can have, and how each is reached.
package enum RedisDeployment: Hashable, Sendable {
    /// One server.
    case single(RedisAddress)
    /// A primary that sentinels watch under a name and replace when it fails. The login is for the primary; sentinels
    /// are signed in to only where their own addresses say so, and have no databases.
    case sentinel([RedisAddress], master: String, login: RedisLogin)
    /// A cluster, by the addresses of some of its nodes. All nodes take the same login, and have only database 0.
    case cluster([RedisAddress.Place], login: RedisLogin)

    /// A client, which connects with the first call.
    ///
    /// - Parameter limits: `timeout` bounds a whole call. `connections` are those to one server; the nodes of a cluster
    ///   share twice as many (`ConnectionPool.Limits.shared(among:)`).
    package func client(
        limits: ConnectionPool.Limits = .init(),
        observer: @escaping RedisEvent.Observer = { _ in }
    ) -> any RedisClient {
        switch self {
        case .single(let address): ConnectionPool(to: address, limits: limits, reportingTo: observer)
        case .sentinel(let sentinels, let master, let login):
            SentinelClient(
                SentinelSearch(
                    sentinels: sentinels, master: master, login: login, limits: limits, observer: observer))
        case .cluster(let seeds, let login):
            ClusterClient(ClusterSearch(seeds: seeds, login: login, limits: limits, observer: observer))
        }
    }
}

/// How to sign in where servers are found only at run time.
package struct RedisLogin: Hashable, Sendable, CustomStringConvertible {
    /// The name of an ACL user (Redis 6 and later); `nil` is the default user.
    package let user: String?
    /// `nil` means that nobody signs in.
    package let password: String?
    package let database: Int

    package init(user: String? = nil, password: String? = nil, database: Int = 0) {
        self.user = user
        self.password = password
        self.database = database
    }

    /// The login without its secrets, for logs.
    package var description: String { "database \(database)" }

    func address(of place: RedisAddress.Place) -> RedisAddress {
        RedisAddress(place, user: user, password: password, database: database)
    }
}
