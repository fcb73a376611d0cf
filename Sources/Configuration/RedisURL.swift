import HTTPRules

/// The URL of a Redis: `redis://[user:password@]host[:port][/database]`, `unix://[user:password@]/path[?db=N]`,
/// `redis+sentinel://[…@]host[:port],…/master[/database]`, `redis+cluster://[…@]host[:port],…`.
struct RedisURL {
    let server: Configuration.Redis.Server
    let user: String?
    let password: Secret?
    let database: Int

    private static let nodesLimit = 64
    /// What fits into a socket address (unix(7)).
    private static let socketPathLimit = 107
    private static let databaseRange = 0...1_000_000

    static var blank: RedisURL {
        RedisURL(server: .unix(path: ""), user: nil, password: nil, database: 0)
    }

    private init(server: Configuration.Redis.Server, user: String?, password: Secret?, database: Int) {
        self.server = server
        self.user = user
        self.password = password
        self.database = database
    }

    init?(_ text: String) {
        guard isPlainText(text, 1...4000), let (scheme, rest) = text[...].split(once: "://") else { return nil }
        var location = rest
        var user: String?
        var password: Secret?
        let authority = rest.prefix { $0 != "/" }
        if let at = authority.lastIndex(of: "@") {
            let credentials = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard credentials.count == 2, let name = percentDecoded(credentials[0]),
                let word = percentDecoded(credentials[1]), !word.isEmpty
            else { return nil }
            user = name.isEmpty ? nil : name
            password = Secret(word)
            location = rest[rest.index(after: at)...]
        }
        guard let (server, database) = Self.server(scheme.lowercased(), location) else { return nil }
        self.init(server: server, user: user, password: password, database: database)
    }

    /// The same for a text that somebody has written; says what is wrong with it, without any of it.
    init(checking text: String) throws(ConfigurationProblem.Reason) {
        guard !text.lowercased().hasPrefix("rediss://") else { throw .noTLS }
        guard let url = RedisURL(text) else { throw .wrong(expected: Format.redisURL.expected, found: nil) }
        guard !url.server.endpoints.contains(where: { IPAddress.isPublicLiteral($0.host) }) else { throw .notPrivate }
        self = url
    }

    private static func server(_ scheme: String, _ location: Substring) -> (Configuration.Redis.Server, Int)? {
        if scheme == "unix" { return socket(location) }
        let parts = location.split(separator: "/", omittingEmptySubsequences: false)
        guard let nodes = nodes(parts[0], defaultPort: scheme == "redis+sentinel" ? 26_379 : 6379) else { return nil }
        switch scheme {
        case "redis":
            guard parts.count <= 2, nodes.count == 1, let database = database(parts.dropFirst().first) else {
                return nil
            }
            return (.tcp(nodes[0]), database)
        case "redis+sentinel":
            guard (2...3).contains(parts.count), !parts[1].isEmpty, let database = database(parts.dropFirst(2).first)
            else { return nil }
            return (.sentinel(nodes, master: String(parts[1])), database)
        case "redis+cluster":
            let hasNoPath = parts.count == 1 || (parts.count == 2 && parts[1].isEmpty)
            return hasNoPath ? (.cluster(nodes), 0) : nil
        default:
            return nil
        }
    }

    private static func socket(_ location: Substring) -> (Configuration.Redis.Server, Int)? {
        let parts = location.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = percentDecoded(parts[0]), path.hasPrefix("/"), (2...socketPathLimit).contains(path.utf8.count)
        else { return nil }
        guard parts.count == 2 else { return (.unix(path: path), 0) }
        let number = parts[1].dropFirst(3)
        guard parts[1].hasPrefix("db="), !number.isEmpty, let database = database(number) else { return nil }
        return (.unix(path: path), database)
    }

    private static func nodes(_ list: Substring, defaultPort: UInt16) -> [Configuration.Redis.Endpoint]? {
        let texts = list.split(separator: ",", omittingEmptySubsequences: false)
        guard texts.count <= nodesLimit else { return nil }
        let nodes = texts.compactMap { HostAndPort($0, defaultPort: defaultPort) }
        guard nodes.count == texts.count else { return nil }
        return nodes.map { Configuration.Redis.Endpoint(host: $0.host, port: $0.port) }
    }

    private static func database(_ text: Substring?) -> Int? {
        guard let text, !text.isEmpty else { return 0 }
        return wholeNumber(text).flatMap { databaseRange.contains($0) ? $0 : nil }
    }
}

/// `nil` for a broken escape, NUL, or what is not UTF-8.
private func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        let hex = rest.prefix(2)
        guard hex.count == 2, hex.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let value = UInt8(String(Substring(hex)), radix: 16), value != 0
        else { return nil }
        bytes.append(value)
        rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
}
