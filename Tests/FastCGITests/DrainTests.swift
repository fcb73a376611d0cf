import Deadlines
import FastCGI
import Glibc
import Testing

/// How slots end: nothing that was accepted is lost, and nothing more is accepted.
struct DrainTests {
    @Test func `Slots that wait end`() throws {
        let place = try Place()
        let worker = try Worker(slots: 5, on: place.listener) { _ in [] }
        worker.stop()
    }

    @Test func `Connections that rest are closed`() throws {
        let place = try Place()
        let worker = try Worker(slots: 3, on: place.listener) { _ in [1] }
        let servers = try (0..<3).map { _ in try WebServer(to: place.listener) }
        for server in servers { #expect(try server.ask([]).body.elementsEqual([1])) }
        worker.stop()
        for server in servers { #expect(server.isClosed()) }
    }

    @Test(arguments: [false, true])
    func `A request that has begun is answered`(keeping: Bool) throws {
        let place = try Place()
        let hasCome = Monitor(false)
        let mayGoOn = Monitor(false)
        let body = [UInt8](repeating: 5, count: 500_000)
        let worker = try Worker(on: place.listener) { _ in
            hasCome.update { $0 = true }
            _ = mayGoOn.wait(until: Deadline(in: .seconds(20))) { $0 ? true : nil }
            return body
        }
        let server = try WebServer(to: place.listener)
        try server.send(Records.request([], keeping: keeping))
        #expect(hasCome.wait(until: Deadline(in: .seconds(20))) { $0 ? true : nil } == true)
        worker.drain.begin()
        mayGoOn.update { $0 = true }
        #expect(try server.receive().body.elementsEqual(body))
        #expect(server.isClosed())
        worker.join()
    }

    @Test func `A connection that never rests ends all the same`() throws {
        let place = try Place()
        let worker = try Worker(on: place.listener) { _ in [1] }
        let server = try WebServer(to: place.listener)
        #expect(try server.ask([]).body.elementsEqual([1]))
        // The slot finds the next request and the end of its work at the same time, or only the latter.
        worker.drain.begin()
        var answers = 0
        while (try? server.ask([])) != nil { answers += 1 }
        #expect(answers <= 1)
        worker.join()
    }

    @Test func `Another worker on the same socket takes what one has left`() throws {
        let place = try Place()
        let first = try Worker(slots: 2, on: place.listener) { _ in [1] }
        let second = try Worker(slots: 2, on: place.listener) { _ in [2] }
        for _ in 0..<20 {
            let body = try WebServer(to: place.listener).ask([], keeping: false).body
            #expect(body.elementsEqual([1]) || body.elementsEqual([2]))
        }
        first.stop()
        for _ in 0..<20 {
            #expect(try WebServer(to: place.listener).ask([], keeping: false).body.elementsEqual([2]))
        }
        second.stop()
        // Nobody accepts now: what has come waits for a third.
        let waiting = try WebServer(to: place.listener)
        try waiting.send(Records.request([], keeping: false))
        let third = try Worker(on: place.listener) { _ in [3] }
        #expect(try waiting.receive().body.elementsEqual([3]))
        third.stop()
    }
}
