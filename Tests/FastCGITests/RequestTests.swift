import FastCGI
import Testing

/// What requests may look like, and how they may be cut.
struct RequestTests {
    @Test func `Names and values of any length arrive`() throws {
        let name = String(repeating: "N", count: 200)
        let value = String(repeating: "v", count: 40_000)
        try Worker.run(answering: { [UInt8](($0[name] ?? "").utf8) }) { worker in
            let answer = try WebServer(to: worker.listener).ask([("A", "1"), (name, value), ("B", "2")])
            #expect(answer.body.elementsEqual(value.utf8))
        }
    }

    /// libfcgi reads 8 KB at a time: wherever that cuts the records, the connection stays usable.
    @Test func `A kept connection survives requests of every length around the reader's buffer`() throws {
        try Worker.run { worker in
            let server = try WebServer(to: worker.listener)
            for length in Array(8100...8200) + Array(16_290...16_390) {
                let uri = "/" + String(repeating: "a", count: length)
                #expect(try server.ask([("REQUEST_URI", uri)]).body.count == length + 1)
            }
        }
    }

    @Test func `A request may come byte by byte`() throws {
        try Worker.run { worker in
            let server = try WebServer(to: worker.listener)
            for byte in Records.request([("REQUEST_URI", "/slow")], keeping: true) { try server.send([byte]) }
            #expect(try server.receive().body.elementsEqual("/slow".utf8))
            #expect(try server.ask([("REQUEST_URI", "/next")]).body.elementsEqual("/next".utf8))
        }
    }

    @Test func `A body is read past, and the connection stays`() throws {
        try Worker.run { worker in
            let server = try WebServer(to: worker.listener)
            for length in [1, 4096, 8192, 60_000] {
                let body = [UInt8](repeating: 1, count: length)
                try server.send(Records.request([("REQUEST_URI", "/a")], keeping: true, body: body))
                #expect(try server.receive().body.elementsEqual("/a".utf8))
            }
        }
    }

    @Test func `A body without end costs the connection and not the answer`() throws {
        try Worker.run { worker in
            let server = try WebServer(to: worker.listener)
            try server.send(Records.begin(keeping: true) + Records.parameters([("REQUEST_URI", "/a")]))
            for _ in 0..<3 { try? server.send(Records.record(5, [UInt8](repeating: 1, count: 60_000))) }
            #expect(try server.receive().body.elementsEqual("/a".utf8))
            #expect(server.isClosed())
            #expect(try WebServer(to: worker.listener).ask([("REQUEST_URI", "/b")]).body.elementsEqual("/b".utf8))
        }
    }

    @Test func `The first of two parameters of one name counts, and too many are dropped`() throws {
        try Worker.run(answering: { [UInt8]("\($0["A"] ?? "nil") \($0["LAST"] ?? "nil")".utf8) }) { worker in
            let many = (0..<200).map { ("X\($0)", "x") }
            let answer = try WebServer(to: worker.listener).ask([("A", "1"), ("A", "2")] + many + [("LAST", "l")])
            #expect(answer.body.elementsEqual("1 nil".utf8))
        }
    }

    @Test func `Bytes that are no text become some`() throws {
        try Worker.run { worker in
            let server = try WebServer(to: worker.listener)
            let pair = Records.pair([UInt8]("REQUEST_URI".utf8), [0x2F, 0xFF, 0x3D, 0x61])
            try server.send(Records.begin(keeping: true) + Records.stream(4, pair) + Records.input())
            #expect(try server.receive().body.elementsEqual("/\u{FFFD}=a".utf8))
        }
    }

    @Test func `The web server's questions about us are answered`() throws {
        try Worker.run { worker in
            let server = try WebServer(to: worker.listener)
            let question = Records.record(9, Records.pair([UInt8]("FCGI_MPXS_CONNS".utf8), []), id: 0)
            try server.send(question + Records.request([("REQUEST_URI", "/a")], keeping: true))
            let header = try server.read(8)
            #expect(header[1] == 10)
            let content = try server.read(Int(header[5]) + Int(header[6]))
            #expect(content.starts(with: [15, 1] + [UInt8]("FCGI_MPXS_CONNS0".utf8)))
            #expect(try server.receive().body.elementsEqual("/a".utf8))
        }
    }
}
