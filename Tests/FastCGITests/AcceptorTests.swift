import Deadlines
import FastCGI
import Testing

/// How the workers of a host share the connections that come. Had the slots a place in the kernel's queue each, the first
/// worker would get all of them: it has slots that are free all the time.
struct AcceptorTests {
    private static let slots = 8

    @Test(arguments: [2, 3])
    func `Workers take turns`(count: Int) throws {
        try Self.run(count) { place in
            let rounds = 50
            var answers: [UInt8: Int] = [:]
            for _ in 0..<rounds * count { for worker in try Self.ask(place) { answers[worker, default: 0] += 1 } }
            #expect(answers.count == count)
            // One whose threads the system leaves waiting misses turns.
            for (worker, share) in answers { #expect(share >= rounds / 5, "worker \(worker): \(share) of \(rounds)") }
        }
    }

    @Test func `Connections that are kept are spread over the workers`() throws {
        try Self.run(2) { place in
            var servers: [WebServer] = []
            // One after the other: a worker whose thread waits for a processor would miss a burst of them.
            let answers = try (0..<Self.slots).map { _ in
                servers.append(try WebServer(to: place.listener))
                return try [UInt8](servers[servers.count - 1].ask([]).body)
            }
            #expect(Set(answers).count == 2)
        }
    }

    /// With workers of which each accepts already, and answers with its number.
    private static func run(_ count: Int, _ body: (Place) throws -> Void) throws {
        let place = try Place()
        let workers = try (0..<count).map { number in
            try Worker(slots: slots, on: place.listener) { _ in [UInt8(number)] }
        }
        defer { for worker in workers { worker.stop() } }
        var answered: Set<UInt8> = []
        let limit = Deadline(in: .seconds(20))
        while answered.count < count, !limit.hasPassed { answered.formUnion(try ask(place)) }
        try #require(answered.count == count)
        try body(place)
    }

    /// The worker that has answered a connection which is then closed.
    private static func ask(_ place: Place) throws -> [UInt8] {
        try [UInt8](WebServer(to: place.listener).ask([], keeping: false).body)
    }
}
