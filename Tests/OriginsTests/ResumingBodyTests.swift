import Deadlines
import HTTPRules
import HostileOrigin
import Origins
import Testing
import Transfer

@Suite("Bodies that break off")
struct ResumingBodyTests {
    private static let text = "0123456789abcdef"
    private static let broken = OriginError.unidentified(.transfer(.truncated))

    /// What a server gives before it hangs up, which it does when the reader has it; and to whoever comes again.
    struct Server: Sendable, CustomTestStringConvertible {
        let name: String
        var tag: String? = "\"v1\""
        /// How much comes at first; of the part that is asked for, if one is.
        var first = 6
        /// Of all; `nil`: chunked.
        var length: Int? = 16
        /// The answer to the second request, where it is not the right one.
        var second: [Action]?
        var testDescription: String { name }
    }

    /// What has been read, and why no more.
    private struct Outcome {
        let text: String
        let error: OriginError?
        let ranges: [String?]
    }

    private static func read(
        _ server: Server, range: ByteRange? = nil, streams: Bool = false
    ) throws -> Outcome {
        let isRead = Monitor(false)
        let number = Monitor(0)
        return try HostileOrigin.serve { request in
            let count = number.withLock { number in
                number += 1
                return number
            }
            guard count == 1 else { return server.second ?? part(request, server) }
            let wait = Action.call { _ = isRead.wait(until: Deadline(in: .seconds(30))) { $0 ? true : nil } }
            return beginning(server, range) + [wait, .close]
        } _: { origin in
            let settings = WebSettings(client: TransferClient())
            let folder = try WebFolderOrigin(id: "shop", baseURL: origin.url, settings: settings)
            let request = object("a", range: range)
            let body = try RetryingOrigin(folder).open(request, deadline: Deadline(in: .seconds(30))).body
            if streams { body.beginStreaming() }
            var text = try body.text(upTo: server.first)
            isRead.update { $0 = true }
            var failure: OriginError?
            do throws(OriginError) {
                while let piece = try body.piece() { text += piece }
            } catch {
                failure = error
            }
            return Outcome(text: text, error: failure, ranges: origin.requests.map { $0.headers["range"] })
        }
    }

    private static func beginning(_ server: Server, _ range: ByteRange?) -> [Action] {
        let whole = range ?? ByteRange(first: 0, last: 15)
        let text = text.dropFirst(whole?.first ?? 0).prefix(server.first)
        var head = range == nil ? ["HTTP/1.1 200 OK"] : ["HTTP/1.1 206 Partial Content"]
        if let range {
            head.append("Content-Range: bytes \(range)/\(server.length.map(String.init) ?? "*")")
            head.append("Content-Length: \(range.count)")
        } else {
            head.append(server.length.map { "Content-Length: \($0)" } ?? "Transfer-Encoding: chunked")
        }
        if let tag = server.tag { head.append("ETag: \(tag)") }
        let isChunked = range == nil && server.length == nil
        let body = isChunked ? "\(String(server.first, radix: 16))\r\n\(text)\r\n" : String(text)
        return [.send(head.joined(separator: "\r\n") + "\r\n\r\n" + body)]
    }

    /// The part that is asked for, as a good server gives it.
    private static func part(_ request: HostileOrigin.Request, _ server: Server) -> [Action] {
        guard let text = request.headers["range"], case .from(let first, let last?) = RangeRequest(text),
            let range = ByteRange(first: first, last: last)
        else { return .answer(500) }
        return answer(206, range, tag: server.tag)
    }

    private static func answer(_ status: Int, _ range: ByteRange, tag: String?, of total: String = "16") -> [Action] {
        var headers = tag.map { ["ETag: \($0)"] } ?? []
        if status == 206 { headers.append("Content-Range: bytes \(range)/\(total)") }
        return .answer(status, headers, body: String(text.dropFirst(range.first).prefix(range.count)))
    }

    @Test("Go on where they did", arguments: [false, true])
    func whole(streams: Bool) throws {
        for first in [1, 6, 15] {
            let outcome = try Self.read(Server(name: "good", first: first), streams: streams)
            #expect(outcome.error == nil)
            #expect(outcome.text == Self.text)
            #expect(outcome.ranges == [nil, "bytes=\(first)-15"])
        }
    }

    @Test("Go on within the part that was asked for", arguments: [16, nil])
    func part(length: Int?) throws {
        let range = ByteRange(first: 3, last: 12)
        let server = Server(name: "parts", first: 4, length: length)
        let outcome = try Self.read(server, range: range)
        #expect(outcome.error == nil)
        #expect(outcome.text == "3456789abc")
        #expect(outcome.ranges == ["bytes=3-12", "bytes=7-12"])
    }

    @Test("Go on beyond the deadline where they are streamed, and only there")
    func late() throws {
        for streams in [true, false] {
            let rest = SaidBody("456", tag: "\"v1\"", length: 7, range: ByteRange(first: 4, last: 6))
            let origin = SaidOrigin(
                .opened { SaidBody("0123", tag: "\"v1\"", length: 7, failure: Self.broken) },
                .opened { rest })
            // Less than what a second try takes.
            let body = try RetryingOrigin(origin).open(object("a"), deadline: Deadline(in: .milliseconds(400))).body
            if streams {
                body.beginStreaming()
                #expect(try body.text() == "0123456")
            } else {
                #expect(throws: Self.broken) { try body.text() }
            }
            #expect(rest.isStreaming == streams)
            #expect(origin.requests.count == (streams ? 2 : 1))
        }
    }

    private static let rest = ByteRange(first: 6, last: 15)

    private static let others: [Server] = {
        guard let rest, let early = ByteRange(first: 5, last: 15), let late = ByteRange(first: 6, last: 14) else {
            return []
        }
        return [
            Server(name: "another tag", second: answer(206, rest, tag: "\"v2\"")),
            Server(name: "a weak tag", second: answer(206, rest, tag: "W/\"v1\"")),
            Server(name: "no tag any more", second: answer(206, rest, tag: nil)),
            Server(name: "the whole", second: .answer(200, ["ETag: \"v1\""], body: text)),
            Server(name: "an earlier part", second: answer(206, early, tag: "\"v1\"")),
            Server(name: "less than the rest", second: answer(206, late, tag: "\"v1\"")),
            Server(name: "a longer whole", second: answer(206, rest, tag: "\"v1\"", of: "17")),
            Server(name: "not modified", second: [.head("HTTP/1.1 304 -", "ETag: \"v1\"")]),
            Server(name: "gone", second: .answer(404)),
            Server(name: "beyond the end", second: .answer(416)),
            Server(name: "failure", second: .answer(500)),
            Server(name: "nothing", second: [.close]),
        ]
    }()

    @Test(
        "Are broken where nobody can say that it is the same",
        arguments: [
            Server(name: "weak tag", tag: "W/\"v1\""), Server(name: "no tag", tag: nil),
            Server(name: "no length", length: nil),
        ])
    func unsure(server: Server) throws {
        let outcome = try Self.read(server)
        #expect(outcome.error == Self.broken)
        #expect(outcome.text == "012345")
        #expect(outcome.ranges == [nil])
    }

    @Test(
        "Are broken where something else comes",
        arguments: others)
    func other(server: Server) throws {
        let outcome = try Self.read(server)
        #expect(outcome.error == Self.broken)
        #expect(outcome.text == "012345")
        #expect(outcome.ranges == [nil, "bytes=6-15"])
    }

    @Test("Go on once only")
    func once() throws {
        let head = Action.head(
            "HTTP/1.1 206 Partial Content", "Content-Range: bytes 6-15/16", "Content-Length: 10", "ETag: \"v1\"")
        let outcome = try Self.read(Server(name: "again", second: [head, .send("678"), .close]))
        #expect(outcome.error == Self.broken)
        #expect("012345678".hasPrefix(outcome.text))
        #expect(outcome.ranges == [nil, "bytes=6-15"])
    }

    @Test("Are not asked for again by reading on after they have failed")
    func failed() throws {
        let origin = SaidOrigin(
            .opened { SaidBody("0123", tag: "\"v1\"", length: 16, failure: Self.broken) },
            .error(.notFound))
        let body = try RetryingOrigin(origin).open(object("a"), deadline: Deadline(in: .seconds(30))).body
        for _ in 0..<3 { #expect(throws: Self.broken) { try body.text() } }
        #expect(origin.requests.count == 2)
    }

    @Test("Ask for nothing where all has come, or more than there can be")
    func nothingMissing() throws {
        let end = Int.max - 1
        for (length, range) in [(4, nil), (3, nil), (0, nil), (Int.max, ByteRange(first: end - 2, last: end))] {
            let origin = SaidOrigin(
                .opened { SaidBody("0123", tag: "\"v1\"", length: length, range: range, failure: Self.broken) })
            let body = try RetryingOrigin(origin).open(object("a"), deadline: Deadline(in: .seconds(30))).body
            #expect(throws: Self.broken) { try body.text() }
            #expect(origin.requests.count == 1)
        }
    }

    @Test(
        "Are broken where it was no accident",
        arguments: [OriginError.timedOut(.stall), .timedOut(.total), .unidentified(.changedWhileRead), .refused])
    func noAccident(error: OriginError) throws {
        let origin = SaidOrigin(.opened { SaidBody("0123", tag: "\"v1\"", length: 16, failure: error) })
        let body = try RetryingOrigin(origin).open(object("a"), deadline: Deadline(in: .seconds(30))).body
        #expect(throws: error) { try body.text() }
        #expect(origin.requests.count == 1)
    }

    @Test("Of a folder are read from there")
    func folder() throws {
        let folder = try TemporaryFolder()
        try folder.write("a", Self.text)
        let origin = RetryingOrigin(DiskOrigin(id: "photos", root: folder.path))
        #expect(try origin.open(object("a"), deadline: Deadline(in: .seconds(30))).body.text() == Self.text)
    }
}
