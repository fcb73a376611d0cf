import Deadlines
import FastCGI
import Glibc
import Testing

/// Who may connect over the network, and what it looks like to who may not.
struct WebServersTests {
    struct Case: CustomTestStringConvertible {
        let listening: String
        let from: String
        let allowed: [String]
        let isAdmitted: Bool
        var testDescription: String { "from \(from) to \(listening), allowed: \(allowed.joined(separator: " "))" }
    }

    @Test(arguments: [
        Case(listening: "127.0.0.1", from: "127.0.0.2", allowed: ["127.0.0.2"], isAdmitted: true),
        Case(listening: "127.0.0.1", from: "127.0.0.2", allowed: ["127.0.0.3", "127.0.0.2"], isAdmitted: true),
        Case(listening: "127.0.0.1", from: "127.0.0.2", allowed: ["127.0.0.1"], isAdmitted: false),
        Case(listening: "127.0.0.1", from: "127.0.0.2", allowed: [], isAdmitted: false),
        Case(listening: "127.0.0.1", from: "127.0.0.2", allowed: ["127.0.0.20"], isAdmitted: false),
        Case(listening: "127.0.0.1", from: "127.0.0.2", allowed: ["::ffff:127.0.0.2"], isAdmitted: true),
        Case(listening: "::1", from: "::1", allowed: ["::1"], isAdmitted: true),
        Case(listening: "::1", from: "::1", allowed: ["0:0:0:0:0:0:0:1"], isAdmitted: true),
        Case(listening: "::1", from: "::1", allowed: ["127.0.0.1"], isAdmitted: false),
        Case(listening: "::1", from: "::1", allowed: ["::"], isAdmitted: false),
        // An address of IPv4 that comes to a socket for both.
        Case(listening: "::", from: "::ffff:127.0.0.2", allowed: ["127.0.0.2"], isAdmitted: true),
        Case(listening: "::", from: "::ffff:127.0.0.2", allowed: ["::1", "127.0.0.1"], isAdmitted: false),
    ])
    func `Who is named is answered, all others find the connection closed`(example: Case) throws {
        var listener = try Listener(.tcp(host: example.listening, port: 0))
        defer { close(listener.descriptor) }
        let refused = Monitor<[String]>([])
        listener.webServers = try WebServers(example.allowed) { peer in refused.update { $0.append(peer) } }
        let worker = try Worker(on: listener) { _ in [1] }
        defer { worker.stop() }
        let peer = try WebServer(to: listener, from: example.from)
        guard example.isAdmitted else {
            // Reset or closed, without a byte.
            try? peer.send(Records.request([], keeping: false))
            #expect(peer.isClosed())
            let said = refused.wait(until: Deadline(in: .seconds(20))) { $0.isEmpty ? nil : $0 }
            #expect(said == [example.from.replacing("::ffff:", with: "")])
            return
        }
        #expect(try peer.ask([]).body.elementsEqual([1]))
        #expect(refused.withLock { $0 }.isEmpty)
    }

    @Test func `One that is refused holds no slot`() throws {
        var listener = try Listener(.tcp(host: "127.0.0.1", port: 0))
        defer { close(listener.descriptor) }
        listener.webServers = try WebServers(["127.0.0.1"])
        let worker = try Worker(slots: 1, on: listener) { _ in [1] }
        defer { worker.stop() }
        let strangers = try (0..<20).map { _ in try WebServer(to: listener, from: "127.0.0.2") }
        #expect(try WebServer(to: listener).ask([]).body.elementsEqual([1]))
        withExtendedLifetime(strangers) {}
    }

    @Test func `A unix socket has its permissions instead`() throws {
        let place = try Place(.unix)
        var listener = place.listener
        listener.webServers = try WebServers([])
        let worker = try Worker(on: listener) { _ in [1] }
        defer { worker.stop() }
        #expect(try WebServer(to: listener).ask([]).body.elementsEqual([1]))
    }

    @Test func `The variable is a list`() throws {
        #expect(WebServers.addresses(in: "10.0.0.1,10.0.0.2, fd00::1 ,") == ["10.0.0.1", "10.0.0.2", "fd00::1"])
        #expect(WebServers.addresses(in: "") == [])
    }

    @Test(arguments: ["", "front.example", "10.0.0.0/8", "10.0.0", "fd00::1%eth0", "[fd00::1]", "10.0.0.1:9000"])
    func `A name, a network or a port is no address`(text: String) {
        #expect(throws: FastCGIError.badWebServer(text)) { _ = try WebServers([text]) }
    }

    @Test func `The host's own addresses`() throws {
        struct Own {
            let host: String
            let addresses: [String]
            let isOnNetwork: Bool
        }
        for own in [
            Own(host: "127.0.0.7", addresses: ["127.0.0.1", "::1", "127.0.0.7"], isOnNetwork: false),
            Own(host: "::1", addresses: ["127.0.0.1", "::1", "::1"], isOnNetwork: false),
            Own(host: "0.0.0.0", addresses: ["127.0.0.1", "::1"], isOnNetwork: true),
            Own(host: "::", addresses: ["127.0.0.1", "::1"], isOnNetwork: true),
        ] {
            let listener = try Listener(.tcp(host: own.host, port: 0))
            defer { close(listener.descriptor) }
            #expect(WebServers.addresses(of: listener) == own.addresses)
            #expect(listener.isOnNetwork == own.isOnNetwork)
        }
        let place = try Place(.unix)
        #expect(!place.listener.isOnNetwork)
    }
}
