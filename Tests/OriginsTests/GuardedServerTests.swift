import Deadlines
import HTTPRules
import HostileOrigin
import Origins
import Testing
import Transfer

@Suite("Guarded origins and real servers")
struct GuardedServerTests {
    private static func folder(_ url: String, _ timeouts: OriginTimeouts = OriginTimeouts()) throws -> Subject {
        let settings = WebSettings(client: TransferClient(), timeouts: timeouts)
        return Subject(try WebFolderOrigin(id: "shop", baseURL: url, settings: settings))
    }

    @Test("That refuse, and come back on the same port")
    func refusing() throws {
        let server = try DeafServer()
        defer { server.stop() }
        let subject = try Self.folder(server.url)
        for _ in 0..<8 { #expect(subject.ask() == .refused) }
        #expect(subject.holdOffs == [.seconds(1)])
        try server.serve()
        #expect(subject.ask() == .refused)
        #expect(server.connectionCount == 0)
        subject.clock.move(.seconds(1))
        #expect(subject.ask() == nil)
        #expect(subject.ask() == nil)
        #expect(subject.events.map(\.change) == [.opened(holdOff: .seconds(1)), .closed])
    }

    @Test("That hang: only those before the fifth wait for them")
    func hanging() throws {
        let isHanging = Monitor(true)
        try HostileOrigin.serve { _ in
            isHanging.withLock { $0 } ? [.silence] : .answer(200)
        } _: { server in
            let subject = try Self.folder(server.url, OriginTimeouts(firstByte: .seconds(1)))
            for _ in 0..<9 { #expect(subject.ask() == .timedOut(.firstByte)) }
            #expect(server.requests.count == 5)
            isHanging.withLock { $0 = false }
            subject.clock.move(.seconds(1))
            #expect(subject.ask() == nil)
            #expect(server.requests.count == 6)
        }
    }

    @Test("That say when to come back")
    func retryAfter() throws {
        try HostileOrigin.serve { _ in
            .answer(503, ["Retry-After: 12"])
        } _: { server in
            let subject = try Self.folder(server.url)
            for _ in 0..<9 { #expect(subject.ask() == .unidentified(.status(503, retryAfter: 12))) }
            #expect(server.requests.count == 5)
            #expect(subject.holdOffs == [.seconds(12)])
        }
    }

    @Test("That a web proxy asks, one of them away")
    func proxied() throws {
        let range = try #require(IPRange("127.0.0.0/8"))
        let away = try LoopbackSocket.bound()
        defer { LoopbackSocket.close(away.descriptor) }
        try HostileOrigin.serve { _ in
            .answer(200)
        } _: { server in
            let settings = WebSettings(client: TransferClient(), strangers: .publicOnly(allowed: [range]))
            let subject = Subject(WebProxyOrigin(id: "web", settings: settings), scope: .host)
            for _ in 0..<8 { #expect(subject.ask("http://127.0.0.1:\(away.port)/a") == .refused) }
            #expect(subject.events.map(\.host) == ["127.0.0.1:\(away.port)"])
            for _ in 0..<8 { #expect(subject.ask(server.url + "/a") == nil) }
            #expect(server.requests.count == 8)
        }
    }
}
