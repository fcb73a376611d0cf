import Deadlines
import Memory
package import Redis

/// What the processes of a region share about one CDN, in Redis: who of them calls it, and of which purges it was told.
///
/// It makes duplicates rare, no more. Without Redis everybody calls, and what is forgotten is told again: that only
/// makes a CDN forget twice.
package struct CDNMarks: Sendable {
    private let client: any RedisClient
    private let leaseKey: String
    private let toldKey: String
    private let token: String

    /// How long the right to call lasts without being taken again: more than a call takes.
    package static let term: Duration = .seconds(20)
    /// The most ids of one question.
    private static let mostAtOnce = 500
    /// The most purges that are remembered, the last ones: without an expiry, which would let Redis evict them first.
    private static let mostTold = 20_000
    private static let limit: Duration = .milliseconds(500)

    /// - Parameter name: of the CDN, the same in all processes.
    package init(_ client: any RedisClient, name: String, keys: String = "apus:v1:cdn") {
        self.client = client
        leaseKey = "\(keys):lease:\(name)"
        toldKey = "\(keys):told:\(name)"
        var generator = SystemRandomNumberGenerator()
        token = "\(generator.next())-\(generator.next())"
    }

    /// Takes the right to call, or takes it for longer; `nil` where Redis could not be asked.
    package func takeTurn() -> Bool? {
        let term = Int(Self.term / .milliseconds(1))
        let command = Command("EVAL", .text(Self.taking), "1", .text(leaseKey), .text(token), .number(term))
        let reply = try? client.call(command, on: leaseKey, until: Deadline(in: Self.limit), expecting: .integer)
        return reply.map { $0.kind == .integer(1) }
    }

    /// Leaves it to others; not knowing whether it did is fine, because it ends.
    package func leaveTurn() {
        let command = Command("EVAL", .text(Self.leaving), "1", .text(leaseKey), .text(token))
        _ = try? client.call(command, on: leaseKey, until: Deadline(in: Self.limit), expecting: .integer)
    }

    /// Which of these purges the CDN was told of; `nil` where Redis could not be asked.
    package func told(_ requests: [String]) -> [String]? {
        var told: [String] = []
        for part in Self.parts(of: requests) {
            let command = Command(
                "EVAL", .text(Self.asking), "1", .text(toldKey), .text(part.joined(separator: " ")))
            guard
                let reply = try? client.call(command, on: toldKey, until: Deadline(in: Self.limit), expecting: .bytes)
            else { return nil }
            // A character for each.
            told += zip(part, reply.copied).filter { $1 == UInt8(ascii: "1") }.map(\.0)
        }
        return told
    }

    /// Remembers that the CDN was told; false where Redis could not be asked.
    ///
    /// - Parameter time: seconds since 1970.
    package func remember(_ requests: [String], at time: Int64) -> Bool {
        for part in Self.parts(of: requests) {
            let command = Command(
                "EVAL", .text(Self.remembering), "1", .text(toldKey), .text(part.joined(separator: " ")),
                .text(String(time)), .number(Self.mostTold))
            let reply = try? client.call(command, on: toldKey, until: Deadline(in: Self.limit), expecting: .integer)
            guard reply != nil else { return false }
        }
        return true
    }

    private static func parts(of requests: [String]) -> [[String]] {
        stride(from: 0, to: requests.count, by: mostAtOnce).map { start in
            Array(requests[start..<min(start + mostAtOnce, requests.count)])
        }
    }

    private static let taking = """
        local holder = redis.call('GET', KEYS[1])
        if holder and holder ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """
    private static let leaving =
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
    private static let asking = """
        local told = {}
        for id in string.gmatch(ARGV[1], '%S+') do
            told[#told + 1] = redis.call('ZSCORE', KEYS[1], id) and '1' or '0'
        end
        return table.concat(told)
        """
    private static let remembering = """
        for id in string.gmatch(ARGV[1], '%S+') do redis.call('ZADD', KEYS[1], ARGV[2], id) end
        return redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[3]))
        """
}
