/// Where one Redis server listens and how to sign in to it.
package struct RedisAddress: Hashable, Sendable, CustomStringConvertible {
    package enum Place: Hashable, Sendable {
        /// A host name or a numeric address (IPv6 without brackets) and a port.
        case tcp(host: String, port: UInt16)
        /// The path of a unix socket; at most 107 bytes, which is Linux' limit.
        case unix(path: String)
    }

    package let place: Place
    /// The name of an ACL user (Redis 6 and later); `nil` is the default user.
    package let user: String?
    /// `nil` means that nobody signs in.
    package let password: String?
    package let database: Int

    package init(_ place: Place, user: String? = nil, password: String? = nil, database: Int = 0) {
        self.place = place
        self.user = user
        self.password = password
        self.database = database
    }

    /// The address without its secrets, for logs.
    package var description: String {
        switch place {
        case .tcp(let host, let port):
            let shown = host.contains(":") ? "[\(host)]" : host
            return "redis://\(shown):\(port)/\(database)"
        case .unix(let path): return "unix://\(path) database \(database)"
        }
    }
}
