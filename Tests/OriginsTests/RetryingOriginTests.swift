import Deadlines
import HTTPRules
import HostileOrigin
import Origins
import Testing
import Transfer

@Suite("Origins that are asked once more")
struct RetryingOriginTests {
    private static func open(
        _ origin: any Origin, within time: Duration = .seconds(30), _ request: OriginRequest = object("a")
    ) throws -> OriginAnswer {
        try RetryingOrigin(origin).open(request, deadline: Deadline(in: time))
    }

    struct Failure: CustomTestStringConvertible {
        let error: OriginError
        let isRetried: Bool
        var testDescription: String { error.detail }

        init(_ error: OriginError, _ isRetried: Bool) {
            self.error = error
            self.isRetried = isRetried
        }
    }

    private static let failures = [
        Failure(.unidentified(.transfer(.truncated)), true),
        Failure(.unidentified(.transfer(.unreachable)), true),
        Failure(.unidentified(.status(500)), false),
        Failure(.unidentified(.status(502)), true),
        Failure(.unidentified(.status(503)), true),
        Failure(.unidentified(.status(504)), true),
        Failure(.unidentified(.status(503, retryAfter: 0)), false),
        Failure(.unidentified(.status(503, retryAfter: 5)), false),
        Failure(.unidentified(.status(429)), false),
        Failure(.unidentified(.status(429, retryAfter: 5)), false),
        Failure(.unidentified(.status(501)), false),
        Failure(.unidentified(.status(400)), false),
        Failure(.notFound, false), Failure(.forbidden(), false), Failure(.refused, false), Failure(.crowded, false),
        Failure(.tooLarge(limit: 1), false),
        Failure(.timedOut(.connect), false), Failure(.timedOut(.firstByte), false),
        Failure(.timedOut(.stall), false), Failure(.timedOut(.total), false),
        Failure(.unidentified(.transfer(.tls(.expired))), false),
        Failure(.unidentified(.transfer(.nameNotFound)), false),
        Failure(.unidentified(.transfer(.addressForbidden)), false),
        Failure(.unidentified(.transfer(.protocolError)), false),
        Failure(.unidentified(.contentCoding), false), Failure(.unidentified(.otherRange), false),
        Failure(.unidentified(.noToken), false), Failure(.unidentified(.folderMissing), false),
    ]

    @Test("Are those that failed by accident", arguments: failures)
    func second(item: Failure) throws {
        let origin = SaidOrigin(
            .error(item.error), .opened { SaidBody("there") })
        if item.isRetried {
            #expect(try Self.open(origin).body.text() == "there")
            #expect(origin.requests.count == 2)
        } else {
            #expect(throws: item.error) { try Self.open(origin) }
            #expect(origin.requests.count == 1)
        }
    }

    @Test("Are not asked a third time", arguments: failures.filter(\.isRetried))
    func third(item: Failure) {
        let last = OriginError.unidentified(.status(599))
        let origin = SaidOrigin(
            .error(item.error), .error(last))
        #expect(throws: last) { try Self.open(origin) }
        #expect(origin.requests.count == 2)
    }

    @Test("Are not asked again when there is no time for it")
    func late() {
        let error = OriginError.unidentified(.status(502))
        let origin = SaidOrigin(.error(error))
        #expect(throws: error) { try Self.open(origin, within: .milliseconds(400)) }
        #expect(origin.requests.count == 1)
    }

    @Test("Get the same question")
    func question() throws {
        let origin = SaidOrigin(
            .error(.unidentified(.status(502))), .notModified)
        var request = object("a", query: "b=c", range: ByteRange(first: 1, last: 2))
        request.known = .unknown
        guard case .notModified = try Self.open(origin, request) else {
            Issue.record("the second answer is lost")
            return
        }
        #expect(origin.requests.map(\.range) == [request.range, request.range])
        #expect(origin.requests.map(\.query) == ["b=c", "b=c"])
        #expect(origin.requests.map(\.known) == [.unknown, .unknown])
    }

    struct Mishap: CustomTestStringConvertible {
        let name: String
        let actions: [Action]
        var error: OriginError?
        var timeouts = OriginTimeouts()
        var testDescription: String { name }
    }

    @Test(
        "Are real servers",
        arguments: [
            Mishap(name: "that hang up", actions: [.close]),
            Mishap(name: "that break off", actions: [.reset]),
            Mishap(name: "that hang up in the head", actions: [.send("HTTP/1.1 200 OK\r\nX-"), .close]),
            Mishap(name: "that fail", actions: .answer(502, body: "sorry")),
            Mishap(
                name: "that are busy", actions: .answer(503, ["Retry-After: 3"]),
                error: .unidentified(.status(503, retryAfter: 3))),
            Mishap(
                name: "that are silent", actions: [.silence], error: .timedOut(.firstByte),
                timeouts: OriginTimeouts(firstByte: .milliseconds(80))),
            Mishap(name: "that have nothing", actions: .answer(404), error: .notFound),
        ])
    func servers(item: Mishap) throws {
        let isFirst = Monitor(true)
        try HostileOrigin.serve { _ in
            isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            } ? item.actions : .answer(200, body: "there")
        } _: { server in
            let settings = WebSettings(client: TransferClient(), timeouts: item.timeouts)
            let origin = try WebFolderOrigin(id: "shop", baseURL: server.url, settings: settings)
            if let error = item.error {
                #expect(throws: error) { try Self.open(origin) }
                #expect(server.requests.count == 1)
            } else {
                #expect(try Self.open(origin).body.text() == "there")
                #expect(server.requests.count == 2)
            }
        }
    }
}

extension Original.Metadata {
    fileprivate static let unknown = Original.Metadata(originID: "shop", fetchedAt: 0)
}
