import Deadlines
import HTTPRules
import HostileOrigin
import Testing
import Transfer

@Suite("What a transfer meets")
struct EventTests {
    private final class Log: Sendable {
        let events = Monitor<[TransferEvent]>([])

        var client: TransferClient {
            TransferClient { [events] event in events.withLock { $0.append(event) } }
        }

        var all: [TransferEvent] { events.withLock { $0 } }
    }

    private static let loopback = IPAddress(bytes: [127, 0, 0, 1])

    @Test("Is told in its order, along redirects, and nothing is dialled for a connection that stands")
    func order() throws {
        let loopback = try #require(Self.loopback)
        try HostileOrigin.serve { request in
            request.path == "/secret" ? .answer(302, ["Location: /b?c=d"]) : .answer(200)
        } _: { origin in
            let log = Log()
            _ = try log.client.receive(try request(origin.url + "/secret"))
            let asking = TransferEvent.asking(scheme: .http, host: "127.0.0.1", port: origin.port)
            #expect(
                log.all == [
                    asking, .dialling(loopback, isAllowed: true), .answered(status: 302, .version11),
                    asking, .answered(status: 200, .version11),
                ])
            #expect(!"\(log.all)".contains("secret"))
        }
    }

    @Test("Tells the address that is refused, and that of a host where nobody listens")
    func failures() throws {
        let loopback = try #require(Self.loopback)
        let (socket, port) = try LoopbackSocket.bound()
        defer { LoopbackSocket.close(socket) }
        for (policy, error) in [
            (AddressPolicy.configured, TransferError.refused), (.publicOnly(allowed: []), .addressForbidden),
        ] {
            let log = Log()
            let asked = try request("http://127.0.0.1:\(port)/", policy: policy)
            #expect(throws: error) { try log.client.receive(asked) }
            #expect(
                log.all == [
                    .asking(scheme: .http, host: "127.0.0.1", port: port),
                    .dialling(loopback, isAllowed: policy == .configured),
                ])
        }
    }
}
