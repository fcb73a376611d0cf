import Deadlines
import Purging
import Redis
import RedisFixture
import Testing

@Suite struct FloodTests {
    private func members(_ redis: RedisServer) throws -> Int64 {
        let deadline = Deadline(in: .seconds(5))
        let connection = try Connection(to: Endpoint(redis.address), replyBytes: 1 << 20, until: deadline)
        let reply = try connection.call(Command("ZCARD", "apus:v1:purges"), until: deadline)
        guard case .integer(let count) = reply.kind else { return -1 }
        return count
    }

    enum Places: CaseIterable { case redisAndStore, store }

    @Test(arguments: Places.allCases)
    func `Of 12,000 purges none is lost, and the log stays small`(_ places: Places) throws {
        let redis = try RedisServer()
        let store = MemoryStore()
        let used = places == .redisAndStore ? redis : nil
        let (one, other) = (Worker(redis: used, store: store), Worker(redis: used, store: store))
        one.log.synchronise()
        other.log.synchronise()
        var first = ""
        for number in 1...12_000 {
            let id = try one.accept(.path("/demo/\(number % 7)/\(number).jpg"))
            if number == 1 { first = id }
            if number % 1000 == 0 { other.log.synchronise() }
        }
        #expect(
            one.settles {
                other.log.synchronise()
                return store.names.count <= 10_000
            })
        if used != nil { #expect(one.settles { (try? members(redis)).map { $0 <= 10_001 } ?? false }) }
        let late = (used.map { [Worker(redis: $0)] } ?? []) + [Worker(store: store)]
        for worker in [one, other] + late {
            // The number alone rises as soon as files are listed, the epoch once they are read.
            #expect(worker.settles { worker.log.current.epoch >= 12_000 })
            for number in stride(from: 1, through: 12_000, by: 37) {
                #expect(worker.newest("/demo/\(number % 7)/\(number).jpg") >= UInt64(number))
            }
        }
        #expect(one.events.contains { if case .merged(10_001, _) = $0 { true } else { false } })
        one.advance(.seconds(14))
        #expect(one.log.state(of: first, account: "demo") == .completed)
    }
}
