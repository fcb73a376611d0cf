import Deadlines
import HTTPRules
import HostileOrigin
import Origins
import Testing
import Transfer

@Suite("Bodies that are streamed")
struct StreamingTests {
    private static let deadline: Duration = .seconds(1)

    /// Opens what a server gives with little time, as an origin is in service: guarded and retried.
    private static func open(
        _ actions: [Action], timeouts: OriginTimeouts = OriginTimeouts(),
        _ use: (any OriginalBody, Deadline) throws -> Void
    ) throws {
        try HostileOrigin.serve { _ in
            actions
        } _: { server in
            let settings = WebSettings(client: TransferClient(), timeouts: timeouts)
            let origin = try WebFolderOrigin(id: "shop", baseURL: server.url, settings: settings)
            let list = OriginList([GuardedOrigin(RetryingOrigin(origin))])
            let deadline = Deadline(in: deadline)
            try use(try list.open(object("a"), deadline: deadline), deadline)
        }
    }

    private static let dripping = [Action.head("HTTP/1.1 200 OK"), .drip("x", milliseconds: 5)]

    @Test("End at the deadline until somebody streams them")
    func deadline() throws {
        try Self.open(Self.dripping) { body, _ in
            #expect(throws: OriginError.timedOut(.total)) { try body.text(upTo: .max) }
        }
    }

    @Test("Go on beyond the deadline from then on")
    func lifted() throws {
        try Self.open(Self.dripping) { body, deadline in
            let first = try body.text(upTo: 1)
            body.beginStreaming()
            while !deadline.hasPassed { _ = try #require(try body.piece()) }
            let more = try body.text(upTo: 20)
            #expect(first.utf8.count >= 1 && more.utf8.count >= 20)
        }
    }

    @Test("End where the origin is silent, also then")
    func stalled() throws {
        let actions = [Action.head("HTTP/1.1 200 OK", "Content-Length: 9"), .send("abc"), .silence]
        // The deadline would have been earlier.
        try Self.open(actions, timeouts: OriginTimeouts(stall: Self.deadline + .milliseconds(200))) { body, _ in
            body.beginStreaming()
            #expect(throws: OriginError.timedOut(.stall)) { try body.text(upTo: 9) }
        }
    }

    @Test("Of which the beginning is held go on beyond the deadline, too")
    func begun() throws {
        try HostileOrigin.serve { _ in
            [.head("HTTP/1.1 200 OK"), .send(String(repeating: "y", count: 5000)), .drip("x", milliseconds: 5)]
        } _: { server in
            let settings = WebSettings(client: TransferClient())
            let origin = try WebFolderOrigin(id: "shop", baseURL: server.url, settings: settings)
            let deadline = Deadline(in: Self.deadline)
            let answer = try OriginList([origin]).fetch(object("a"), deadline: deadline) { _ in
                OriginList.Handling(maximumBytes: 10, streamsLonger: true)
            }
            let body = try answer.body
            body.beginStreaming()
            var text = ""
            while !deadline.hasPassed || text.utf8.count < 5010 { text += try #require(try body.piece()) }
            #expect(text.prefix(5000).allSatisfy { $0 == "y" } && text.dropFirst(5000).allSatisfy { $0 == "x" })
        }
    }

    @Test("Of a folder have no deadline either")
    func folder() throws {
        let folder = try TemporaryFolder()
        try folder.write("a", "text")
        let body = try DiskOrigin(id: "photos", root: folder.path).open(object("a"), deadline: .now).body
        body.beginStreaming()
        #expect(try body.text() == "text")
    }

    @Test("Give no more after they have failed")
    func afterwards() throws {
        let actions = [Action.head("HTTP/1.1 200 OK", "Content-Length: 90"), .send("abc"), .close]
        try HostileOrigin.serve { _ in
            actions
        } _: { server in
            let settings = WebSettings(client: TransferClient())
            let origin = try WebFolderOrigin(id: "shop", baseURL: server.url, settings: settings)
            guard let body = try? origin.open(object("a"), deadline: Deadline(in: .seconds(30))).body else { return }
            #expect(throws: OriginError.unidentified(.transfer(.truncated))) { try body.text() }
            #expect(try body.piece() == nil)
        }
    }
}
