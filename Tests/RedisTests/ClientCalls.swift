import Deadlines
import Redis

extension RedisClient {
    func ping(until deadline: Deadline) throws(RedisError) -> Reply {
        try call(Command("PING"), on: "", until: deadline, expecting: .status)
    }

    func set(_ key: String, _ value: String, until deadline: Deadline) throws(RedisError) -> Reply {
        try call(Command("SET", .text(key), .text(value)), on: key, until: deadline, expecting: .status)
    }

    func get(_ key: String, until deadline: Deadline) throws(RedisError) -> Reply {
        try call(Command("GET", .text(key)), on: key, until: deadline, expecting: [.bytes, .null])
    }
}
