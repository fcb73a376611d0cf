import Deadlines
import Delivery
import HostileOrigin
import Memory
import Metrics
import RedisFixture
import Storage
import Testing

/// Copies of originals that an endpoint keeps (`saveOriginals`). Each installation over one folder is a worker that begins
/// later, and so holds nothing in memory.
struct SavedOriginalTests {
    private static let target = "/demo/tr:orig-true/a.gif"
    /// The origins of these tests allow no time at all.
    private static let short = "public, s-maxage=1, max-age=1, must-revalidate"

    private func worker(
        _ origin: HostileOrigin, _ folder: TemporaryFolder, obeying: Bool = true
    ) throws -> Installation {
        let endpoint = "saveOriginals: true, cacheControl: \(obeying ? "origin" : "default")"
        return try Installation(
            accounts: ScriptedOriginal.account(origin.url, endpoint), folder: folder, hasStore: true)
    }

    /// A worker fetches the original and keeps it.
    private func fetch(_ origin: HostileOrigin, _ folder: TemporaryFolder, obeying: Bool = true) throws {
        let first = try worker(origin, folder, obeying: obeying)
        let response = first.get(Self.target)
        #expect(response.text == "GIF89a one")
        #expect(response.header("x-apus-cache") == "origin")
        #expect(first.hasStored(1))
        #expect(first.count(.savedOriginals) == 1)
        #expect(origin.requests.count == 1)
    }

    @Test func `The origin is asked once`() throws {
        let original = ScriptedOriginal("Cache-Control: no-store")
        try original.serve { origin in
            let folder = try TemporaryFolder()
            // The endpoint does not ask what the origin allows.
            try fetch(origin, folder, obeying: false)
            for number in 0..<2 {
                let second = try worker(origin, folder, obeying: false)
                for target in [Self.target, "/demo/a.gif?tr=orig-true"] {
                    let response = second.get(target)
                    #expect(response.text == "GIF89a one")
                    #expect(response.header("x-apus-cache") == "store")
                    #expect(response.header("ETag")?.isEmpty == false)
                }
                // Another query is another original.
                #expect(second.get(Self.target + "?v=\(number)").header("x-apus-cache") == "origin")
            }
            #expect(origin.requests.map(\.path).filter { $0 == "/a.gif" }.count == 1)
        }
    }

    @Test func `An old copy is used at once and revalidated beside it`() throws {
        let original = ScriptedOriginal("Cache-Control: max-age=0, stale-while-revalidate=600")
        try original.serve { origin in
            let folder = try TemporaryFolder()
            try fetch(origin, folder)
            let gate = Gate()
            original.change { $0.gate = gate }
            let second = try worker(origin, folder)
            let response = second.get(Self.target)
            #expect(response.text == "GIF89a one")
            #expect(response.header("Cache-Control") == Self.short)
            #expect(eventually { origin.requests.count == 2 })
            #expect(origin.requests[1].headers["if-none-match"] == "\"1\"")
            gate.open()
            #expect(eventually { second.count(.refreshes(.unchanged)) == 1 })
            // The origin has something new: so have we, once somebody has asked for it.
            original.change { ($0.tag, $0.body, $0.gate) = ("\"2\"", "GIF89a two", nil) }
            #expect(eventually { second.get(Self.target).text == "GIF89a two" })
            #expect(eventually { second.count(.refreshes(.replaced)) == 1 })
            #expect(second.count(.refreshes(.failed)) == 0)
        }
    }

    struct Away: CustomTestStringConvertible {
        let control: String
        let status: Int
        var testDescription: String { "\(control): \(status)" }
    }

    @Test(arguments: [
        Away(control: "max-age=600", status: 200), Away(control: "max-age=0, stale-if-error=600", status: 200),
        Away(control: "max-age=0", status: 200), Away(control: "max-age=0, must-revalidate", status: 404),
        Away(control: "no-cache", status: 404), Away(control: "s-maxage=0", status: 404),
    ])
    func `A copy stands in for an origin that is away as far as that allows`(example: Away) throws {
        let original = ScriptedOriginal("Cache-Control: \(example.control)")
        try original.serve { origin in
            let folder = try TemporaryFolder()
            try fetch(origin, folder)
            original.change { $0.status = 503 }
            let second = try worker(origin, folder)
            let response = second.get(Self.target)
            #expect(response.status == example.status)
            if example.status == 200 {
                #expect(response.text == "GIF89a one")
            } else {
                #expect(response.code == "UNIDENTIFIED")
                // It was not lost: the origin may be back.
                original.change { $0.status = 200 }
                #expect(eventually { second.get(Self.target).text == "GIF89a one" })
                #expect(origin.requests.last?.headers["if-none-match"] == "\"1\"")
            }
        }
    }

    @Test(arguments: ["max-age=0", "no-cache"])
    func `What its owner has deleted is not kept`(control: String) throws {
        let original = ScriptedOriginal("Cache-Control: \(control)")
        try original.serve { origin in
            let folder = try TemporaryFolder()
            try fetch(origin, folder)
            original.change { $0.status = 404 }
            let second = try worker(origin, folder)
            #expect(eventually { second.get(Self.target).status == 404 })
            #expect(second.get(Self.target).code == "ENOENT")
            #expect(try copies(folder).isEmpty)
        }
    }

    private func copies(_ folder: TemporaryFolder) throws -> [StoreName] {
        let store = DiskStore(path: folder.path + "/store", maxBytes: 100_000_000) { _ in }
        return try store.names(of: .original, until: Deadline(in: .seconds(20)))
    }

    @Test(arguments: [
        ("no-store", "no-store"), ("private", "private"), ("private, max-age=0", "private, max-age=0"),
        ("no-store, max-age=60", "no-store"),
    ])
    func `What is for nobody else is never kept`(control: String, told: String) throws {
        let original = ScriptedOriginal("Cache-Control: \(control)")
        try original.serve { origin in
            let folder = try TemporaryFolder()
            for count in 1...3 {
                let worker = try worker(origin, folder)
                let response = worker.get(Self.target)
                #expect(response.text == "GIF89a one")
                #expect(response.header("Cache-Control") == told)
                #expect(response.header("X-Accel-Expires") == "0")
                #expect(origin.requests.count == count)
                #expect(worker.count(.savedOriginals) == 0)
            }
            #expect(try copies(folder).isEmpty)
        }
    }

    @Test func `What must be revalidated before each use is, and clients are told so`() throws {
        let original = ScriptedOriginal("Cache-Control: no-cache")
        try original.serve { origin in
            let folder = try TemporaryFolder()
            try fetch(origin, folder)
            let response = try worker(origin, folder).get(Self.target)
            #expect(origin.requests.count == 2)
            #expect(origin.requests[1].headers["if-none-match"] == "\"1\"")
            #expect(response.text == "GIF89a one")
            #expect(response.header("x-apus-cache") == "store")
            #expect(response.header("Cache-Control") == "no-cache")
            #expect(response.header("X-Accel-Expires") == "0")
        }
    }

    @Test func `A private copy shows itself to who may see it alone`() throws {
        let original = ScriptedOriginal("Is-Private-File: true")
        try original.serve { origin in
            let folder = try TemporaryFolder()
            let first = try worker(origin, folder, obeying: false)
            #expect(first.get(Self.target).status == 401)
            #expect(first.get("/demo/tr:n-untouched/a.gif").text == "GIF89a one")
            #expect(first.hasStored(1))
            let second = try worker(origin, folder, obeying: false)
            for condition in [nil, "*", "\"1\""] {
                let response = second.get(Self.target) { $0.ifNoneMatch = condition }
                #expect(response.status == 401)
                #expect(!response.text.contains("GIF89a"))
                #expect(response.header("ETag") == nil)
            }
            #expect(second.get("/demo/tr:n-untouched/a.gif").text == "GIF89a one")
            #expect(origin.requests.count == 1)
        }
    }
}
