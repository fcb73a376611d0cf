extension Configuration {
    /// The internal cache's first tier.
    package struct Redis: Sendable, Equatable {
        /// Where it is found.
        package let server: Server
        /// `nil` logs in without a name, or not at all.
        package let user: String?
        /// `nil` where none is asked for.
        package let password: Secret?
        /// The database to select, 0…1,000,000; always 0 in a cluster.
        package let database: Int
        /// The largest variant that is kept in Redis, 1 kB…64 MB; bigger ones go to the store.
        package let maxValueBytes: Int

        /// Where Redis is found.
        package enum Server: Sendable, Equatable {
            /// The absolute path of a socket.
            case unix(path: String)
            case tcp(Endpoint)
            /// Sentinels, at least one, and the name of the master that they watch.
            case sentinel([Endpoint], master: String)
            /// Some nodes, at least one.
            case cluster([Endpoint])
        }

        /// A host and its port.
        package struct Endpoint: Sendable, Equatable {
            /// A name or an address, IPv6 without brackets.
            package let host: String
            /// 1…65535.
            package let port: UInt16

            /// An endpoint as given, unchecked.
            package init(host: String, port: UInt16) {
                self.host = host
                self.port = port
            }
        }
    }
}

extension Configuration.Redis.Server {
    /// What is named of it in a network; empty for a socket.
    package var endpoints: [Configuration.Redis.Endpoint] {
        switch self {
        case .unix: []
        case .tcp(let endpoint): [endpoint]
        case .sentinel(let endpoints, _), .cluster(let endpoints): endpoints
        }
    }
}

/// The `redis` section before it is known whether anything names a server.
struct RedisDraft {
    var url: RedisURL?
    var maxValueBytes = 524_288

    static func reading(_ section: Section, defaults: RedisDraft) -> RedisDraft {
        section.section("redis") { RedisDraft(from: $0, defaults: defaults) } ?? defaults
    }

    var settings: Configuration.Redis? {
        url.map {
            Configuration.Redis(
                server: $0.server, user: $0.user, password: $0.password, database: $0.database,
                maxValueBytes: maxValueBytes
            )
        }
    }
}

extension RedisDraft {
    private init(from section: Section, defaults: RedisDraft) {
        url = section.value("url", .redisURL) ?? defaults.url
        maxValueBytes = section.value("maxValueBytes", .bytes(1000...64_000_000)) ?? defaults.maxValueBytes
    }
}
