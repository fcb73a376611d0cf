import HostileOrigin
import Origins
import Probing
import Testing

@Suite("What is found by its listing")
struct ListedObjectTests {
    private static func keys(_ keys: [String]) -> String {
        let contents = keys.map { "<Contents><Key>\($0)</Key></Contents>" }.joined()
        return "<ListBucketResult><IsTruncated>false</IsTruncated>\(contents)</ListBucketResult>"
    }

    private static func blobs(_ names: [String]) -> String {
        let blobs = names.map { "<Blob><Name>\($0)</Name><Properties><Etag>x</Etag></Properties></Blob>" }.joined()
        return
            "\u{FEFF}<?xml version=\"1.0\"?><EnumerationResults><Blobs>\(blobs)</Blobs><NextMarker/></EnumerationResults>"
    }

    /// A store in which listing is answered by `listing` and everything else by `object`; tokens are handed out.
    private static func serve(
        _ listing: [Action], _ object: [Action], _ body: (HostileOrigin) throws -> Void
    ) throws {
        try HostileOrigin.serve { request in
            if request.method == "POST" { return .answer(200, body: "{\"access_token\":\"T1\"}") }
            let isListing = ["list-type=2", "max-keys", "comp=list", "limit="].contains { request.path.contains($0) }
            return isListing ? listing : object
        } _: { server in
            try body(server)
        }
    }

    struct Store: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let origin: @Sendable (String) throws -> String
        let listing: String
        let empty: String
        /// What is asked for in the end.
        let path: String
        let asked: String
    }

    private static let stores = [
        Store(
            testDescription: "S3_COMPATIBLE", origin: { Origins.s3($0) },
            listing: keys(["own/", "own/a/", "own/a b/c.jpg"]), empty: keys([]), path: "a%20b/c.jpg",
            asked: "/photos/own/a%20b/c.jpg"),
        Store(
            testDescription: "GCS", origin: { try Origins.google($0) },
            listing: keys(["other/x.jpg", "own/a b/c.jpg"]), empty: keys([]), path: "a%20b/c.jpg",
            asked: "/photos/own/a%20b/c.jpg"),
        Store(
            testDescription: "AZURE_BLOB", origin: { Origins.azure($0) },
            listing: blobs(["a//b.jpg", "a b/c.jpg"]), empty: blobs([]), path: "a%20b/c.jpg",
            asked: "/photos/a%20b/c.jpg?sv=1&se=2030-01-01T00%3A00%3A00Z&sp=r&sig=SECRETSIG"),
        Store(
            testDescription: "AKENEO_PIM", origin: { Origins.akeneo($0) },
            listing: #"{"_embedded":{"items":[{"code":"f/d/fd_a b.png","size":1},{"code":"x"}]}}"#,
            empty: #"{"_embedded":{"items":[]}}"#, path: "media-files/f/d/fd_a%20b.png",
            asked: "/api/rest/v1/media-files/f/d/fd_a%20b.png/download"),
    ]

    @Test("Is read", arguments: stores)
    func found(store: Store) throws {
        try Self.serve(.answer(200, body: store.listing), .answer(200, body: "picture")) { server in
            let probed = try Probed(try store.origin(server.url))
            #expect(probed.finding.fetched?.path == store.path)
            #expect(probed.finding.fetched?.count == 7)
            #expect(server.requests.last?.path == store.asked)
        }
    }

    @Test("May be nothing", arguments: stores)
    func empty(store: Store) throws {
        try Self.serve(.answer(200, body: store.empty), .answer(404)) { server in
            let probed = try Probed(try store.origin(server.url))
            #expect(probed.finding.outcome == .reachable(.isEmpty))
        }
    }

    @Test("May be refused to credentials that may read", arguments: stores)
    func notListed(store: Store) throws {
        try Self.serve(.answer(403), .answer(404)) { server in
            let probed = try Probed(try store.origin(server.url))
            guard case .reachable(.notListed(.forbidden)) = probed.finding.outcome else {
                Issue.record("\(probed.finding.outcome)")
                return
            }
            #expect(probed.report.contains("ok      reachable, and does not list what it has"))
            #expect(probed.report.contains("--object"))
        }
    }

    @Test("May be nonsense", arguments: stores)
    func nonsense(store: Store) throws {
        try Self.serve(.answer(200, body: "<a>"), .answer(404)) { server in
            let probed = try Probed(try store.origin(server.url))
            #expect(!probed.finding.hasFailed)
            #expect(probed.report.contains("ok      reachable"))
        }
    }

    @Test("May have no end", arguments: stores)
    func endless(store: Store) throws {
        try Self.serve([.head("HTTP/1.1 200 OK"), .flood(String(repeating: "<a>", count: 1000))], .answer(404)) {
            server in
            let probed = try Probed(try store.origin(server.url))
            #expect(!probed.finding.hasFailed)
        }
    }
}
