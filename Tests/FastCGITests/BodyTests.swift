import FastCGI
import Testing

/// Bodies of requests: announced ones are handed over, and none spoils the connection.
struct BodyTests {
    /// Echoes the body, or says that it was too long.
    private static func echo(_ parameters: RequestParameters) -> [UInt8] {
        parameters.bodyIsTooLong ? [UInt8]("too long".utf8) + parameters.body : parameters.body
    }

    private static func request(_ body: [UInt8], announced: String? = nil, keeping: Bool = true) -> [UInt8] {
        Records.request([("CONTENT_LENGTH", announced ?? "\(body.count)")], keeping: keeping, body: body)
    }

    private static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }

    @Test(arguments: Network.allCases)
    func `An announced body is handed over byte by byte, and the connection stays`(network: Network) throws {
        try Worker.run(over: network, answering: Self.echo) { worker in
            let server = try WebServer(to: worker.listener)
            for length in [0, 1, 4095, 4096, 4097, 8183, 8184, 8185, 8192, 60_000, 65_535, 65_536] {
                let body = Self.bytes(length)
                try server.send(Self.request(body))
                #expect(try server.receive().body.elementsEqual(body), "\(length) bytes")
            }
            #expect(try server.ask([("REQUEST_URI", "/a")], keeping: false).body.isEmpty)
            #expect(server.isClosed())
        }
    }

    @Test func `A body without announcement is not handed over`() throws {
        try Worker.run(answering: Self.echo) { worker in
            let server = try WebServer(to: worker.listener)
            try server.send(Records.request([("REQUEST_URI", "/a")], keeping: true, body: [1, 2, 3]))
            #expect(try server.receive().body.isEmpty)
            try server.send(Self.request([4]))
            #expect(try server.receive().body.elementsEqual([4]))
        }
    }

    /// What nginx lets through is read to its end, else nginx, which is still sending, would not see the answer.
    @Test(arguments: [65_537, 70_000, 500_000, 1_048_576])
    func `A body that is too long is read past and said to be too long`(length: Int) throws {
        try Worker.run(answering: Self.echo) { worker in
            let server = try WebServer(to: worker.listener)
            for _ in 0..<2 {
                try server.send(Self.request(Self.bytes(length)))
                #expect(try server.receive().body.elementsEqual("too long".utf8))
            }
            try server.send(Self.request([1]))
            #expect(try server.receive().body.elementsEqual([1]))
        }
    }

    @Test(arguments: ["nonsense", "1 ", "0x10", "99999999999999999999", "1.5", "9223372036854775807"])
    func `A length that cannot be read is too long`(announced: String) throws {
        try Worker.run(answering: Self.echo) { worker in
            let server = try WebServer(to: worker.listener)
            try server.send(Self.request([1, 2, 3], announced: announced))
            #expect(try server.receive().body.elementsEqual("too long".utf8))
            try server.send(Self.request([1]))
            #expect(try server.receive().body.elementsEqual([1]))
        }
    }

    @Test(arguments: ["0", "-1", "-9223372036854775808"])
    func `A length of nothing is nothing, whatever comes`(announced: String) throws {
        try Worker.run(answering: Self.echo) { worker in
            let server = try WebServer(to: worker.listener)
            try server.send(Self.request([1, 2, 3], announced: announced))
            #expect(try server.receive().body.isEmpty)
            try server.send(Self.request([1]))
            #expect(try server.receive().body.elementsEqual([1]))
        }
    }

    @Test func `What comes beyond the announced length is no part of the body`() throws {
        try Worker.run(answering: Self.echo) { worker in
            let server = try WebServer(to: worker.listener)
            try server.send(Self.request(Self.bytes(20_000), announced: "10000"))
            #expect(try server.receive().body.elementsEqual(Self.bytes(10_000)))
            try server.send(Self.request([1]))
            #expect(try server.receive().body.elementsEqual([1]))
        }
    }

    @Test func `A body that ends too early is hung up on`() throws {
        try Worker.run(answering: Self.echo) { worker in
            let server = try WebServer(to: worker.listener)
            try server.send(Self.request([1, 2, 3], announced: "4"))
            #expect(server.isClosed())
            let other = try WebServer(to: worker.listener)
            try other.send(Self.request([1]))
            #expect(try other.receive().body.elementsEqual([1]))
        }
    }

    @Test(arguments: [0, 1, 3000, 9000])
    func `A body that pauses costs no more than the pause that is allowed`(sent: Int) throws {
        try Worker.run(stall: .milliseconds(30), answering: Self.echo) { worker in
            let server = try WebServer(to: worker.listener)
            try server.send(
                Records.begin(keeping: true) + Records.parameters([("CONTENT_LENGTH", "10000")])
                    + (sent == 0 ? [] : Records.record(5, Self.bytes(sent))))
            #expect(server.isClosed())
            let other = try WebServer(to: worker.listener)
            try other.send(Self.request([1]))
            #expect(try other.receive().body.elementsEqual([1]))
        }
    }

    @Test func `A body may come in any pieces`() throws {
        let body = Self.bytes(300)
        try Worker.run(answering: Self.echo) { worker in
            let server = try WebServer(to: worker.listener)
            for byte in Self.request(body) { try server.send([byte]) }
            #expect(try server.receive().body.elementsEqual(body))
            try server.send(Records.begin(keeping: true) + Records.parameters([("CONTENT_LENGTH", "300")]))
            for byte in body { try server.send(Records.record(5, [byte])) }
            try server.send(Records.record(5, []))
            #expect(try server.receive().body.elementsEqual(body))
        }
    }
}
