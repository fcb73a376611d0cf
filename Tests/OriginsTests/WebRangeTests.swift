import Deadlines
import HTTPRules
import HostileOrigin
import Origins
import Testing
import Transfer

private var soon: Deadline { Deadline(in: .seconds(30)) }

@Suite("Parts of files on a web server")
struct WebRangeTests {
    private static let range = ByteRange(first: 2, last: 5)

    /// Runs `body` with an origin that always answers so.
    private static func ask(_ actions: [Action], _ body: (WebFolderOrigin, HostileOrigin) throws -> Void) throws {
        try HostileOrigin.serve { _ in
            actions
        } _: { server in
            let settings = WebSettings(client: TransferClient())
            try body(try WebFolderOrigin(id: "shop", baseURL: server.url, settings: settings), server)
        }
    }

    struct Part: CustomTestStringConvertible {
        let contentRange: String
        let text: String
        let range: (Int, Int)
        let total: Int?
        var headers: [String] = []
        var testDescription: String { contentRange }
    }

    @Test(
        "Come with the place that they have in the whole",
        arguments: [
            Part(contentRange: "bytes 2-5/10", text: "2345", range: (2, 5), total: 10),
            Part(contentRange: "bytes 2-5/*", text: "2345", range: (2, 5), total: nil),
            // There is no more of it.
            Part(contentRange: "Bytes 2-3/4", text: "23", range: (2, 3), total: 4),
        ])
    func parts(item: Part) throws {
        try Self.ask(.answer(206, ["Content-Range: \(item.contentRange)"], body: item.text)) { origin, server in
            let body = try origin.open(object("a", range: Self.range), deadline: soon).body
            #expect(body.range == ByteRange(first: item.range.0, last: item.range.1))
            #expect(body.length == item.total)
            #expect(try body.text() == item.text)
            #expect(server.requests.map { $0.headers["range"] } == ["bytes=2-5"])
        }
    }

    @Test("Are the whole where the server does not know parts")
    func ignored() throws {
        try Self.ask(.answer(200, ["Accept-Ranges: none"], body: "0123456789")) { origin, _ in
            let body = try origin.open(object("a", range: Self.range), deadline: soon).body
            #expect(body.range == nil)
            #expect(body.length == 10)
            #expect(try body.text() == "0123456789")
        }
    }

    @Test(
        "Are none where another part comes",
        arguments: [
            nil, "bytes 0-3/10", "bytes 2-6/10", "bytes 3-5/10", "bytes 2-5/5", "bytes 5-2/10", "bytes 2-5", "2-5/10",
            "bytes */10", "bytes 2-5/ten", "items 2-5/10", "bytes 2-5/10/10", "bytes -2-5/10", "",
            "bytes 2-99999999999999999999/*", "bytes 2-5/99999999999999999999",
            // Not as long as it says.
            "bytes 2-4/10", "bytes 2-3/10",
        ])
    func another(contentRange: String?) throws {
        let headers = contentRange.map { ["Content-Range: \($0)"] } ?? []
        try Self.ask(.answer(206, headers, body: "2345")) { origin, _ in
            #expect(throws: OriginError.unidentified(.otherRange)) {
                try origin.open(object("a", range: Self.range), deadline: soon)
            }
        }
    }

    @Test("Are none where a part comes in another coding")
    func coded() throws {
        let headers = ["Content-Range: bytes 2-5/10", "Content-Encoding: gzip"]
        try Self.ask(.answer(206, headers, body: "2345")) { origin, _ in
            #expect(throws: OriginError.unidentified(.contentCoding)) {
                try origin.open(object("a", range: Self.range), deadline: soon)
            }
        }
    }

    private static let chunked = Action.head(
        "HTTP/1.1 206 Partial Content", "Transfer-Encoding: chunked", "Content-Range: bytes 2-5/10")

    @Test(
        "Are an error where they end up shorter or longer than they say",
        arguments: [
            ([Action.send("3\r\n234\r\n0\r\n\r\n")], OriginError.unidentified(.transfer(.truncated)), "234"),
            ([.send("5\r\n23456\r\n0\r\n\r\n")], .unidentified(.otherRange), ""),
            ([.send("4\r\n2345\r\n"), .flood("4\r\nabcd\r\n")], .unidentified(.otherRange), "2345"),
        ])
    func otherLength(actions: [Action], error: OriginError, text: String) throws {
        try Self.ask([Self.chunked] + actions) { origin, _ in
            let body = try origin.open(object("a", range: Self.range), deadline: soon).body
            var got = ""
            #expect(throws: error) {
                while let piece = try body.piece() { got += piece }
            }
            #expect(text.hasPrefix(got))
        }
    }

    @Test("Are taken as they come where their length shows only in the end")
    func chunks() throws {
        try Self.ask([Self.chunked, .send("1\r\n2\r\n3\r\n345\r\n0\r\n\r\n")]) { origin, _ in
            let body = try origin.open(object("a", range: Self.range), deadline: soon).body
            #expect(try body.text() == "2345")
            #expect(body.range == Self.range && body.length == 10)
        }
    }

    @Test("Are no answer to who has asked for the whole")
    func unasked() throws {
        try Self.ask(.answer(206, ["Content-Range: bytes 0-9/10"], body: "0123456789")) { origin, server in
            #expect(throws: OriginError.unidentified(.status(206))) {
                try origin.open(object("a"), deadline: soon)
            }
            #expect(server.requests.map { $0.headers["range"] } == [nil])
        }
    }

    @Test("Beyond the end are refused")
    func beyond() throws {
        try Self.ask(.answer(416, ["Content-Range: bytes */2"])) { origin, _ in
            #expect(throws: OriginError.unidentified(.status(416))) {
                try origin.open(object("a", range: Self.range), deadline: soon)
            }
        }
    }

    @Test("Are asked for on every hop")
    func redirected() throws {
        try HostileOrigin.serve { request in
            request.path == "/a"
                ? .answer(302, ["Location: /b"])
                : .answer(206, ["Content-Range: bytes 2-5/10"], body: "2345")
        } _: { server in
            let settings = WebSettings(client: TransferClient())
            let origin = try WebFolderOrigin(id: "shop", baseURL: server.url, settings: settings)
            #expect(try origin.open(object("a", range: Self.range), deadline: soon).body.text() == "2345")
            #expect(server.requests.map { $0.headers["range"] } == ["bytes=2-5", "bytes=2-5"])
        }
    }

    struct Announced: CustomTestStringConvertible {
        let name: String
        let head: [String]
        let body: String
        let length: Int?
        let text: String
        var testDescription: String { name }
    }

    @Test(
        "Have the length of the whole only where that is certain",
        arguments: [
            Announced(name: "one length", head: ["Content-Length: 3"], body: "abc", length: 3, text: "abc"),
            Announced(
                name: "twice the same", head: ["Content-Length: 3", "Content-Length: 3"], body: "abc", length: 3,
                text: "abc"),
            // RFC 9112 §6.3: chunks count, the length beside them does not.
            Announced(
                name: "chunks and a length", head: ["Content-Length: 3", "Transfer-Encoding: chunked"],
                body: "5\r\nabcde\r\n0\r\n\r\n", length: nil, text: "abcde"),
            Announced(
                name: "chunks and then a length", head: ["Transfer-Encoding: chunked", "Content-Length: 3"],
                body: "5\r\nabcde\r\n0\r\n\r\n", length: nil, text: "abcde"),
            Announced(name: "none", head: ["Connection: close"], body: "abcde", length: nil, text: "abcde"),
            Announced(
                name: "too long for a number", head: ["Content-Length: 99999999999999999999"], body: "abc",
                length: nil, text: "abc"),
        ])
    func lengths(item: Announced) throws {
        let head = "HTTP/1.1 200 OK\r\n" + item.head.map { $0 + "\r\n" }.joined() + "\r\n"
        try Self.ask([.send(head + item.body), .close]) { origin, _ in
            let body = try origin.open(object("a"), deadline: soon).body
            #expect(body.length == item.length)
            #expect(try body.text() == item.text)
        }
    }

    @Test(
        "Are no answer with two lengths, or one that is none",
        arguments: [["Content-Length: 3", "Content-Length: 5"], ["Content-Length: -3"]])
    func badLength(head: [String]) throws {
        let text = "HTTP/1.1 200 OK\r\n" + head.map { $0 + "\r\n" }.joined() + "\r\nabcde"
        try Self.ask([.send(text), .close]) { origin, _ in
            #expect(throws: OriginError.unidentified(.transfer(.protocolError))) {
                try origin.open(object("a"), deadline: soon).body.text()
            }
        }
    }
}
