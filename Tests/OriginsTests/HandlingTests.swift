import Deadlines
import HTTPRules
import HostileOrigin
import Memory
import Origins
import Testing
import Transfer

@Suite("What becomes of an original")
struct HandlingTests {
    private static var soon: Deadline { Deadline(in: .seconds(30)) }

    /// Text in which every byte has its place.
    private static func text(_ count: Int) -> String {
        String((0...(count / 8)).map { number in "\(number)".padded }.joined().prefix(count))
    }

    /// Whether the origin says how long it is.
    enum Source: CaseIterable {
        case folder, server, chunks, endOfConnection
    }

    /// Fetches a text of so many bytes.
    private static func fetch(
        _ count: Int, from source: Source, maximumBytes: Int, streamsLonger: Bool,
        _ use: (OriginList.Answer, OriginList.Beginning?) throws -> Void = { _, _ in }
    ) throws {
        let text = text(count)
        func ask(_ origin: any Origin) throws {
            var beginning: OriginList.Beginning?
            let answer = try OriginList([origin]).fetch(object("a"), deadline: soon) {
                beginning = $0
                return OriginList.Handling(maximumBytes: maximumBytes, streamsLonger: streamsLonger)
            }
            try use(answer, beginning)
        }
        let actions: [Action]
        switch source {
        case .folder:
            let folder = try TemporaryFolder()
            try folder.write("a", text)
            return try ask(DiskOrigin(id: "shop", root: folder.path))
        case .server: actions = .answer(200, body: text)
        case .chunks:
            let chunk = count > 0 ? "\(String(count, radix: 16))\r\n\(text)\r\n" : ""
            actions = [.head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"), .send(chunk + "0\r\n\r\n")]
        case .endOfConnection: actions = [.head("HTTP/1.1 200 OK"), .send(text), .close]
        }
        try HostileOrigin.serve { _ in
            actions
        } _: { server in
            let settings = WebSettings(client: TransferClient())
            return try ask(try WebFolderOrigin(id: "shop", baseURL: server.url, settings: settings))
        }
    }

    @Test(
        "It is held while it is not longer than what is held", arguments: Source.allCases,
        [0, 1, 1023, 1024, 1025, 300_000])
    func held(source: Source, count: Int) throws {
        try Self.fetch(count, from: source, maximumBytes: count, streamsLonger: false) { answer, beginning in
            let original = try answer.original
            #expect(original.text == Self.text(count))
            #expect(original.metadata.originID == "shop")
            let bytes = try #require(beginning).bytes
            #expect(bytes.count >= min(count, OriginList.beginningLength))
            #expect(original.bytes.copied.starts(with: bytes.copied))
        }
    }

    @Test("A byte more is too large", arguments: Source.allCases, [1, 1023, 1024, 1025, 300_000])
    func longer(source: Source, count: Int) throws {
        #expect(throws: OriginError.tooLarge(limit: count - 1)) {
            try Self.fetch(count, from: source, maximumBytes: count - 1, streamsLonger: false)
        }
    }

    @Test(
        "Or is read by whoever asked, from its first byte to its last", arguments: Source.allCases,
        [(1, 0), (1023, 10), (1024, 1023), (300_000, 299_999), (900_000, 5), (900_000, 0), (900_000, 300_000)])
    func streamed(source: Source, size: (count: Int, limit: Int)) throws {
        try Self.fetch(size.count, from: source, maximumBytes: size.limit, streamsLonger: true) { answer, _ in
            let body = try answer.body
            #expect(body.range == nil)
            #expect(body.length == (source == .folder || source == .server ? size.count : nil))
            var text = ""
            while let piece = try body.piece() {
                #expect((1...OriginalPiece.longest).contains(piece.utf8.count))
                text += piece
            }
            #expect(text == Self.text(size.count))
            #expect(try body.piece() == nil)
        }
    }

    @Test("There is no largest number of bytes that could be held", arguments: Source.allCases)
    func limitless(source: Source) throws {
        try Self.fetch(300_000, from: source, maximumBytes: .max, streamsLonger: true) { answer, _ in
            let original = try answer.original
            #expect(original.text == Self.text(300_000))
        }
    }

    @Test("One that is announced to be longer is judged by its beginning alone")
    func announced() throws {
        let head = Action.head("HTTP/1.1 200 OK", "Content-Length: 99999999999", "Content-Type: video/mp4")
        try HostileOrigin.serve { _ in
            [head, .send(Self.text(2000)), .silence]
        } _: { server in
            let settings = WebSettings(client: TransferClient())
            let origin = try WebFolderOrigin(id: "shop", baseURL: server.url, settings: settings)
            let answer = try OriginList([origin]).fetch(object("a"), deadline: Self.soon) { beginning in
                #expect(beginning.length == 99_999_999_999)
                #expect(beginning.metadata.contentType == "video/mp4")
                return OriginList.Handling(maximumBytes: 1_000_000, streamsLonger: true)
            }
            #expect(try answer.body.text(upTo: 2000) == Self.text(2000))
        }
    }

    @Test("One that is announced to be of no use is not waited for")
    func useless() throws {
        try HostileOrigin.serve { _ in
            [.head("HTTP/1.1 200 OK", "Content-Length: 101"), .silence]
        } _: { server in
            let settings = WebSettings(client: TransferClient())
            let list = OriginList([try WebFolderOrigin(id: "shop", baseURL: server.url, settings: settings)])
            var isJudged = false
            #expect(throws: OriginError.tooLarge(limit: 100)) {
                try list.fetch(object("a"), longest: 100, deadline: Self.soon) { _ in
                    isJudged = true
                    return OriginList.Handling(maximumBytes: .max, streamsLonger: true)
                }
            }
            #expect(!isJudged)
        }
    }

    @Test("One that says too little of its length is judged by what comes")
    func understated() throws {
        let origin = SaidOrigin(.opened { SaidBody([Self.text(2000), "def"], length: 3) })
        #expect(throws: OriginError.tooLarge(limit: 2002)) { try origin.fetch(object("a"), maximumBytes: 2002) }
        #expect(try origin.fetch(object("a"), maximumBytes: 2003).bytes.count == 2003)
    }

    struct Failing: CustomTestStringConvertible {
        let pieces: Int
        let error: OriginError
        var testDescription: String { "\(error.detail) after \(pieces) pieces" }
    }

    @Test(
        "Where it breaks off, the next origin is asked",
        arguments: [0, 1, 5, 50].flatMap { pieces in
            [
                OriginError.unidentified(.transfer(.truncated)), .timedOut(.stall), .timedOut(.total),
                .unidentified(.changedWhileRead),
            ].map { Failing(pieces: pieces, error: $0) }
        })
    func next(item: Failing) throws {
        let pieces = Array(repeating: Self.text(100), count: item.pieces)
        let broken = SaidOrigin(.opened { SaidBody(pieces, of: "a", failure: item.error) })
        let whole = SaidOrigin(.opened { SaidBody("whole", of: "b") })
        var attempts: [OriginList.Attempt] = []
        let answer = try OriginList([broken, whole]).fetch(
            object("a"), deadline: Self.soon, report: { attempts.append($0) }, handling: holding())
        #expect(try answer.original.text == "whole")
        #expect(attempts.map(\.error) == [item.error, nil])
    }

    @Test("Where a server hangs up in the middle of it, so it is", arguments: [100, 1500, 4999])
    func hangsUp(count: Int) throws {
        let folder = try TemporaryFolder()
        try folder.write("a", "whole")
        try HostileOrigin.serve { _ in
            [.head("HTTP/1.1 200 OK", "Content-Length: 5000"), .send(Self.text(count)), .close]
        } _: { server in
            let settings = WebSettings(client: TransferClient())
            let broken = try WebFolderOrigin(id: "a", baseURL: server.url, settings: settings)
            let list = OriginList([broken, DiskOrigin(id: "b", root: folder.path)])
            let original = try list.fetch(object("a"), deadline: Self.soon, handling: holding()).original
            #expect(original.text == "whole" && original.metadata.originID == "b")
        }
    }

    @Test("Where it is too large, the next origin is asked")
    func smaller() throws {
        let large = SaidOrigin(.opened { SaidBody(Self.text(100)) })
        let small = SaidOrigin(.opened { SaidBody("small") })
        let answer = try OriginList([large, small]).fetch(object("a"), deadline: Self.soon, handling: holding(10))
        #expect(try answer.original.text == "small")
        #expect(throws: OriginError.tooLarge(limit: 4)) {
            try OriginList([large, small]).fetch(object("a"), deadline: Self.soon, handling: holding(4))
        }
    }

    @Test("Who only wants it to begin gets the first that does")
    func open() throws {
        let missing = SaidOrigin(.error(.notFound))
        let there = SaidOrigin(.opened { SaidBody("there") })
        var attempts: [OriginList.Attempt] = []
        let range = ByteRange(first: 0, last: 4)
        let body = try OriginList([missing, there, missing]).open(object("a", range: range), deadline: Self.soon) {
            attempts.append($0)
        }
        #expect(try body.text() == "there")
        #expect(attempts.map(\.error) == [.notFound, nil])
        #expect(there.requests.map(\.range) == [range])
        #expect(throws: OriginError.notFound) { try OriginList([missing]).open(object("a"), deadline: Self.soon) }
        #expect(throws: OriginError.timedOut(.total)) { try OriginList([there]).open(object("a"), deadline: .now) }
    }
}

extension String {
    /// Eight characters.
    fileprivate var padded: String { String(repeating: "-", count: Swift.max(0, 8 - count)) + self }
}
