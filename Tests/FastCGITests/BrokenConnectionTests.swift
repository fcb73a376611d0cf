import Deadlines
import FastCGI
import Glibc
import Testing

/// Web servers that break off, fall silent or talk nonsense cost no slot.
struct BrokenConnectionTests {
    struct Nonsense: CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]

        static let all = [
            Nonsense(testDescription: "HTTP", bytes: [UInt8]("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)),
            Nonsense(testDescription: "zeros", bytes: [UInt8](repeating: 0, count: 9000)),
            Nonsense(
                testDescription: "another version", bytes: Records.record(1, [0, 1, 1, 0, 0, 0, 0, 0], version: 2)),
            Nonsense(testDescription: "a short beginning", bytes: Records.record(1, [0, 1])),
            Nonsense(testDescription: "request 0", bytes: Records.begin(keeping: true, id: 0)),
            Nonsense(testDescription: "an unknown role", bytes: Records.begin(keeping: true, role: 77)),
            Nonsense(
                testDescription: "input before parameters", bytes: Records.begin(keeping: true) + Records.input([1])),
            Nonsense(
                testDescription: "parameters that end early",
                bytes: Records.begin(keeping: true) + Records.stream(4, [5, 5, 65])),
            Nonsense(
                testDescription: "a parameter of 2 GiB",
                bytes: Records.begin(keeping: true)
                    + Records.stream(4, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 65])),
            Nonsense(
                testDescription: "a length that is cut",
                bytes: Records.begin(keeping: true) + Records.stream(4, [0x80, 0])),
        ]
    }

    @Test(arguments: Nonsense.all)
    func `Nonsense is hung up on`(nonsense: Nonsense) throws {
        try Worker.run { worker in
            let server = try WebServer(to: worker.listener)
            try server.send(nonsense.bytes)
            #expect(server.isClosed())
            // The only slot is free again.
            #expect(try WebServer(to: worker.listener).ask([("REQUEST_URI", "/a")]).body.elementsEqual("/a".utf8))
        }
    }

    @Test(arguments: [1, 7, 8, 15, 16, 20, 30])
    func `Half a request and then nothing costs no more than the pause that is allowed`(length: Int) throws {
        try Worker.run(stall: .milliseconds(30)) { worker in
            let server = try WebServer(to: worker.listener)
            try server.send([UInt8](Records.request([("REQUEST_URI", "/a")], keeping: true).prefix(length)))
            #expect(server.isClosed())
            #expect(try WebServer(to: worker.listener).ask([("REQUEST_URI", "/a")]).body.elementsEqual("/a".utf8))
        }
    }

    @Test func `A kept connection may rest for longer than that pause`() throws {
        try Worker.run(slots: 2, stall: .milliseconds(20)) { worker in
            let kept = try WebServer(to: worker.listener)
            #expect(try kept.ask([("REQUEST_URI", "/a")]).body.elementsEqual("/a".utf8))
            // Meanwhile another one runs into the limit.
            let silent = try WebServer(to: worker.listener)
            try silent.send(Records.begin(keeping: true))
            #expect(silent.isClosed())
            #expect(try kept.ask([("REQUEST_URI", "/b")]).body.elementsEqual("/b".utf8))
        }
    }

    @Test(arguments: Network.allCases)
    func `A web server that goes away in the middle is noticed`(network: Network) throws {
        let body = [UInt8](repeating: 1, count: 30_000_000)
        try Worker.run(over: network, answering: { $0["REQUEST_URI"] == "/big" ? body : [1] }) { worker in
            do {
                let server = try WebServer(to: worker.listener)
                try server.send(Records.request([("REQUEST_URI", "/big")], keeping: true))
                _ = try server.read(1000)
            }
            let gone = worker.outcomes.wait(until: Deadline(in: .seconds(20))) { $0.gone > 0 ? $0.gone : nil }
            #expect(gone == 1)
            #expect(try WebServer(to: worker.listener).ask([]).body.elementsEqual([1]))
        }
    }

    @Test func `A web server that stops reading is given up`() throws {
        let body = [UInt8](repeating: 1, count: 30_000_000)
        try Worker.run(stall: .milliseconds(30), answering: { $0["REQUEST_URI"] == "/big" ? body : [1] }) { worker in
            let server = try WebServer(to: worker.listener)
            try server.send(Records.request([("REQUEST_URI", "/big")], keeping: true))
            let gone = worker.outcomes.wait(until: Deadline(in: .seconds(20))) { $0.gone > 0 ? $0.gone : nil }
            #expect(gone == 1)
            #expect(try WebServer(to: worker.listener).ask([]).body.elementsEqual([1]))
        }
    }
}
