import Deadlines
import Delivery
import HostileOrigin
import Memory
import RedisFixture
import Testing

/// What becomes of originals and answers when a purge hits them, whenever that is. Its origin never changes its tag, so
/// that only the purge can bring new bytes.
struct PurgeTests {
    private static let target = "/demo/tr:orig-true/a.gif"
    private static let url = "https://img.example/demo/a.gif"

    private func worker(
        _ origin: HostileOrigin, _ folder: TemporaryFolder? = nil, redis: RedisServer? = nil,
        endpoint: String = "saveOriginals: true"
    ) throws -> Installation {
        try Installation(
            accounts: ScriptedOriginal.account(origin.url, endpoint),
            settings: ["timeouts: { total: 30s, firstByte: 30s, render: 100ms, redis: 5s }"], folder: folder,
            redis: redis?.address, hasStore: true)
    }

    @Test func `A purge gives another entity tag`() throws {
        let original = ScriptedOriginal()
        try original.serve { origin in
            let worker = try worker(origin)
            let before = try #require(worker.entityTag(Self.target))
            #expect(worker.get(Self.target) { $0.ifNoneMatch = before }.status == 304)
            #expect(worker.purge(Self.url).status == 201)
            let response = worker.get(Self.target) { $0.ifNoneMatch = before }
            #expect(response.status == 200)
            let after = try #require(response.header("ETag"))
            #expect(after != before)
            #expect(worker.get(Self.target) { $0.ifNoneMatch = after }.status == 304)
            // Twice is once more.
            #expect(worker.purge(Self.url).status == 201)
            #expect(worker.get(Self.target) { $0.ifNoneMatch = after }.status == 200)
        }
    }

    struct Case: CustomTestStringConvertible {
        let field: String
        let value: String
        let isHit: Bool
        var testDescription: String { "\(field) \(value)" }
    }

    @Test(arguments: [
        Case(field: "url", value: url, isHit: true), Case(field: "url", value: url + "*", isHit: true),
        Case(field: "url", value: "https://img.example/demo/*", isHit: true),
        Case(field: "tag", value: "bird", isHit: true), Case(field: "tag", value: "grey-heron", isHit: true),
        Case(field: "origin", value: "web", isHit: true),
        Case(field: "url", value: "https://img.example/demo/b.gif", isHit: false),
        Case(field: "url", value: "https://img.example/demo/tr:w-1/a.gif", isHit: false),
        Case(field: "url", value: "https://img.example/demo/a.gif/*", isHit: false),
        Case(field: "tag", value: "fish", isHit: false),
    ])
    func `A copy is void for every worker, and for those that begin later`(example: Case) throws {
        let original = ScriptedOriginal("Cache-Tag: bird, grey-heron")
        try original.serve { origin in
            let folder = try TemporaryFolder()
            let first = try worker(origin, folder)
            #expect(first.get(Self.target).text == "GIF89a one")
            #expect(first.hasStored(1))
            original.change { $0.body = "GIF89a two" }
            #expect(first.purge(example.value, field: example.field).status == 201)
            let second = try worker(origin, folder)
            for worker in [first, second] {
                #expect(worker.get(Self.target).text == (example.isHit ? "GIF89a two" : "GIF89a one"))
            }
            #expect(origin.requests.count >= (example.isHit ? 2 : 1))
            #expect(origin.requests.count <= (example.isHit ? 3 : 1))
            #expect(origin.requests.allSatisfy { $0.headers["if-none-match"] == nil })
        }
    }

    @Test(arguments: ["saveOriginals: true", "saveOriginals: false"])
    func `What was asked for before a purge is not delivered after it`(endpoint: String) throws {
        let original = ScriptedOriginal()
        try original.serve { origin in
            let worker = try worker(origin, endpoint: endpoint)
            let gate = Gate()
            original.change { $0.gate = gate }
            let slow = try worker.getInBackground(Self.target)
            #expect(eventually { origin.requests.count == 1 })
            original.change { ($0.body, $0.gate) = ("GIF89a two", nil) }
            #expect(worker.purge(Self.url).status == 201)
            // Who comes after the purge does not join the one who came before it.
            let quick = try worker.getInBackground(Self.target)
            #expect(quick.isAnswered())
            #expect(quick.response()?.text == "GIF89a two")
            gate.open()
            #expect(slow.response()?.text == "GIF89a two")
            #expect(worker.get(Self.target).text == "GIF89a two")
        }
    }

    @Test func `A purge of something else lets requests share what is under way`() throws {
        let original = ScriptedOriginal()
        try original.serve { origin in
            let worker = try worker(origin)
            let gate = Gate()
            original.change { $0.gate = gate }
            let first = try worker.getInBackground(Self.target)
            #expect(eventually { origin.requests.count == 1 })
            #expect(worker.purge("https://img.example/demo/b.gif").status == 201)
            #expect(worker.purge("https://img.example/demo/tr:w-1/a.gif").status == 201)
            let second = try worker.getInBackground(Self.target)
            #expect(!second.isAnswered(within: .milliseconds(100)))
            gate.open()
            #expect(first.response()?.text == "GIF89a one")
            #expect(second.response()?.text == "GIF89a one")
            #expect(origin.requests.count == 1)
        }
    }

    @Test func `A copy that is being revalidated when it is purged does not come back`() throws {
        let original = ScriptedOriginal("Cache-Control: no-cache")
        try original.serve { origin in
            let folder = try TemporaryFolder()
            let endpoint = "saveOriginals: true, cacheControl: origin"
            let first = try worker(origin, folder, endpoint: endpoint)
            #expect(first.get(Self.target).text == "GIF89a one")
            #expect(first.hasStored(1))
            let second = try worker(origin, folder, endpoint: endpoint)
            let gate = Gate()
            original.change { $0.gate = gate }
            let answer = try second.getInBackground(Self.target)
            #expect(eventually { origin.requests.count == 2 })
            original.change { ($0.body, $0.gate) = ("GIF89a two", nil) }
            #expect(second.purge(Self.url).status == 201)
            gate.open()
            #expect(answer.response()?.text == "GIF89a two")
            #expect(origin.requests.map { $0.headers["if-none-match"] } == [nil, "\"1\"", nil])
            #expect(second.get(Self.target).text == "GIF89a two")
            #expect(try worker(origin, folder, endpoint: endpoint).get(Self.target).text == "GIF89a two")
        }
    }

    @Test func `A negative answer goes with its URL`() throws {
        let redis = try RedisServer()
        let original = ScriptedOriginal()
        original.change { $0.status = 404 }
        try original.serve { origin in
            let worker = try worker(origin, redis: redis)
            #expect(worker.get(Self.target).status == 404)
            original.change { $0.status = 200 }
            for other in ["https://img.example/demo/b.gif", "https://img.example/demo/tr:w-1/a.gif"] {
                #expect(worker.purge(other).status == 201)
                #expect(worker.get(Self.target).status == 404)
            }
            #expect(origin.requests.count == 1)
            #expect(worker.purge(Self.url).status == 201)
            #expect(worker.get(Self.target).text == "GIF89a one")
            #expect(origin.requests.count == 2)
        }
    }

    @Test func `A negative answer from before a purge is not kept`() throws {
        let redis = try RedisServer()
        let original = ScriptedOriginal()
        try original.serve { origin in
            let worker = try worker(origin, redis: redis)
            let gate = Gate()
            original.change { ($0.status, $0.gate) = (404, gate) }
            let slow = try worker.getInBackground(Self.target)
            #expect(eventually { origin.requests.count == 1 })
            original.change { ($0.status, $0.gate) = (200, nil) }
            #expect(worker.purge(Self.url).status == 201)
            gate.open()
            #expect(slow.response()?.status == 404)
            #expect(worker.get(Self.target).text == "GIF89a one")
        }
    }
}
