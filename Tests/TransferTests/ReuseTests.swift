import Glibc
import HostileOrigin
import Synchronization
import Testing
import Transfer

@Suite("Connections")
struct ReuseTests {
    private static let answer: HostileOrigin.Script = { _ in .answer(200, body: "x") }

    @Test("Are kept for the same use")
    func kept() throws {
        let client = TransferClient()
        try HostileOrigin.serve(Self.answer) { origin in
            for _ in 0..<5 { _ = try client.receive(request(origin.url)) }
            #expect(origin.connectionCount == 1)
            #expect(client.idleCount == 1)
        }
    }

    @Test("Are kept after an answer that was not wanted")
    func keptAfterSkip() throws {
        let client = TransferClient()
        try HostileOrigin.serve { _ in
            .answer(404, body: "no such thing")
        } _: { origin in
            for _ in 0..<3 { _ = try client.receive(request(origin.url)) { _ in false } }
            #expect(origin.connectionCount == 1)
        }
    }

    @Test("Are not used again once something has come that nobody asked for")
    func disturbed() throws {
        let client = TransferClient()
        try HostileOrigin.serve { request in
            request.path == "/first" ? .answer(200, body: "x") + .answer(200, body: "forged") : .answer(200, body: "y")
        } _: { origin in
            for _ in 0..<3 {
                let first = try client.receive(request(origin.url + "/first"))
                #expect(first.body == "x")
                // The rest comes when the system likes, and nobody but the client's socket knows of it.
                usleep(100_000)
                let second = try client.receive(request(origin.url + "/second"))
                #expect(second.body == "y")
            }
        }
    }

    @Test("Never cross purposes or address policies")
    func neverCross() throws {
        let client = TransferClient()
        let allowed = try loopbackAllowed()
        try HostileOrigin.serve(Self.answer) { origin in
            for _ in 0..<2 {
                _ = try client.receive(request(origin.url, purpose: "a"))
                _ = try client.receive(request(origin.url, purpose: "b"))
                _ = try client.receive(request(origin.url, purpose: "a", policy: allowed))
            }
            #expect(origin.connectionCount == 3)
            // The kept connections do not help a policy that would not have made them.
            let strict = try request(origin.url, purpose: "a", policy: .publicOnly(allowed: []))
            #expect(throws: TransferError.addressForbidden) { try client.receive(strict) }
        }
    }

    @Test("Are not more than the limit, and closed after their time")
    func bounded() throws {
        let two = TransferClient(idleHandles: 2)
        let short = TransferClient(idleLifetime: .zero)
        try HostileOrigin.serve(Self.answer) { origin in
            for purpose in ["a", "b", "c"] { _ = try two.receive(request(origin.url, purpose: purpose)) }
            #expect(two.idleCount == 2)
            _ = try two.receive(request(origin.url, purpose: "a"))
            #expect(origin.connectionCount == 4)

            for _ in 0..<2 { _ = try short.receive(request(origin.url)) }
            #expect(origin.connectionCount == 6)
        }
    }

    @Test("That the server has closed are replaced without an error")
    func replaced() throws {
        let client = TransferClient()
        try HostileOrigin.serve { _ in
            .answer(200, body: "x") + [.close]
        } _: { origin in
            for _ in 0..<4 { _ = try client.receive(request(origin.url)) }
            #expect(origin.connectionCount == 4)
        }
    }

    @Test("Serve many threads at once, each its own answer")
    func threads() throws {
        let client = TransferClient()
        let right = Atomic<Int>(0)
        try HostileOrigin.serve { request in
            .answer(200, body: request.path)
        } _: { origin in
            let url = origin.url
            try withThreads(8) { number in
                for round in 0..<25 {
                    let path = "/\(number)-\(round)"
                    let body = try? client.receive(request(url + path)).body
                    if body == path { right.add(1, ordering: .relaxed) }
                }
            }
            #expect(right.load(ordering: .relaxed) == 200)
            #expect(origin.connectionCount <= 8)
        }
    }
}
