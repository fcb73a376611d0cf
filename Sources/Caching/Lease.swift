import Deadlines
import Redis

/// The right to be the only one in the region who makes something: a key in Redis with its holder's token and an expiry.
///
/// It makes no promise, only duplicates rare: a holder that hangs longer than its term is taken over, and without Redis
/// everybody makes it. Results are safe either way, because an entry is the same whoever made it.
struct LeaseTable: Sendable {
    /// How long a holder that has died keeps others waiting at most.
    static let term: Duration = .seconds(3)

    enum Answer: Sendable, Equatable {
        case acquired(Lease)
        /// Somebody else has it.
        case held
        /// Redis could not be asked.
        case unavailable
    }

    let client: any RedisClient

    func acquire(_ name: String, until deadline: Deadline) -> Answer {
        let lease = Lease(name: name)
        let command = Command(
            "EVAL", .text(Self.acquisition), "1", .text(name), .text(lease.token), .number(Self.termMilliseconds))
        guard let reply = try? client.call(command, on: name, until: deadline, expecting: .integer) else {
            return .unavailable
        }
        return reply.kind == .integer(1) ? .acquired(lease) : .held
    }

    /// False once it is lost; `nil` where Redis could not be asked.
    func renew(_ lease: Lease, until deadline: Deadline) -> Bool? {
        let command = Command(
            "EVAL", .text(Self.renewal), "1", .text(lease.name), .text(lease.token), .number(Self.termMilliseconds))
        let reply = try? client.call(command, on: lease.name, until: deadline, expecting: .integer)
        return reply.map { $0.kind == .integer(1) }
    }

    /// Not knowing whether it did is fine: it expires.
    func release(_ lease: Lease, until deadline: Deadline) {
        let command = Command("EVAL", .text(Self.removal), "1", .text(lease.name), .text(lease.token))
        _ = try? client.call(command, on: lease.name, until: deadline, expecting: .integer)
    }

    private static let termMilliseconds = Int(term / .milliseconds(1))
    /// Whatever lies there without an end in sight is given one, so that nothing is held for ever.
    private static let acquisition = """
        if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
        local left = redis.call('PTTL', KEYS[1])
        if left < 0 or left > tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        return 0
        """
    /// Only its holder may touch a lease, and Redis has no single command for that.
    private static let renewal =
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"
    private static let removal =
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
}

/// One lease that is held.
struct Lease: Sendable, Hashable {
    let name: String
    /// Tells its holder from all others.
    let token: String

    init(name: String) {
        self.name = name
        var generator = SystemRandomNumberGenerator()
        token = "\(generator.next())-\(generator.next())"
    }
}
