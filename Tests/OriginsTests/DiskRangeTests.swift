import Deadlines
import HTTPRules
import Origins
import Testing

private var soon: Deadline { Deadline(in: .seconds(30)) }

@Suite("Parts of files in a folder")
struct DiskRangeTests {
    /// Longer than what is lent at a time.
    private static let text = String(repeating: "0123456789", count: 60_000)

    private static func open(_ range: ByteRange?) throws -> any OriginalBody {
        let folder = try TemporaryFolder()
        try folder.write("file", text)
        return try DiskOrigin(id: "photos", root: folder.path).open(object("file", range: range), deadline: soon).body
    }

    @Test(
        "Come as they are asked for, and no byte besides",
        arguments: [(0, 0), (0, 9), (5, 14), (599_999, 599_999), (0, 599_999), (100_000, 500_000), (1, 262_144)])
    func parts(first: Int, last: Int) throws {
        let range = try #require(ByteRange(first: first, last: last))
        let body = try Self.open(range)
        #expect(body.range == range)
        #expect(body.length == 600_000)
        let text = try body.text()
        #expect(text.utf8.count == range.count)
        #expect(text.utf8.elementsEqual(Self.text.utf8.dropFirst(first).prefix(range.count)))
    }

    @Test(
        "Are the whole where there is no such part",
        arguments: [nil, ByteRange(first: 0, last: 600_000), ByteRange(first: 700_000, last: Int.max - 1)])
    func whole(range: ByteRange?) throws {
        let body = try Self.open(range)
        #expect(body.range == nil)
        #expect(body.length == 600_000)
        #expect(try body.text() == Self.text)
    }

    @Test("Are lent in pieces that have a limit, and end for good")
    func pieces() throws {
        let body = try Self.open(nil)
        while let piece = try body.piece() { #expect((1...OriginalPiece.longest).contains(piece.utf8.count)) }
        #expect(try body.piece() == nil)
    }

    @Test("Are the whole of an empty file")
    func empty() throws {
        let folder = try TemporaryFolder()
        try folder.write("empty")
        let origin = DiskOrigin(id: "photos", root: folder.path)
        let body = try origin.open(object("empty", range: ByteRange(first: 0, last: 0)), deadline: soon).body
        #expect(body.range == nil && body.length == 0)
        #expect(try body.piece() == nil)
    }

    @Test("Are nothing of a file that changed while it was read")
    func changed() throws {
        let folder = try TemporaryFolder()
        try folder.write("file", Self.text)
        let origin = DiskOrigin(id: "photos", root: folder.path)
        let body = try origin.open(object("file", range: ByteRange(first: 0, last: 299_999)), deadline: soon).body
        _ = try body.piece()
        try folder.write("file", "short")
        #expect(throws: OriginError.unidentified(.changedWhileRead)) { try body.text() }
    }
}
