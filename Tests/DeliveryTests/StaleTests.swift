import Caching
import Delivery
import HostileOrigin
import Memory
import Metrics
import Redis
import RedisFixture
import Testing

/// Variants whose time is over: renewed, revalidated, or served where nothing better is to be had. What was fetched is held
/// for a second, so the origin is asked again only after that.
@Suite(.enabled(if: Installation.canRender))
struct StaleTests {
    private static let target = "/demo/tr:w-10,f-png/a.svg"
    private static let url = "https://img.example/demo/a.svg"
    /// The origins of these tests allow no time at all.
    private static let short = "public, s-maxage=1, max-age=1, must-revalidate"
    private static let (red, blue) = (drawing("red"), drawing("blue"))

    private static func drawing(_ colour: String) -> String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\">"
            + "<rect width=\"40\" height=\"20\" fill=\"\(colour)\"/></svg>"
    }

    private struct Parts {
        let redis: RedisServer
        let original: ScriptedOriginal
        let origin: HostileOrigin
        let worker: Installation
        /// The first answer.
        let made: DeliveryResponse

        var renders: UInt64 { worker.count(.renders(.done)) }
    }

    /// Serves an original with this `Cache-Control`, and makes the first variant of it.
    private func with(_ control: String, hasStore: Bool = true, _ body: (Parts) throws -> Void) throws {
        let redis = try RedisServer()
        let original = ScriptedOriginal("Cache-Control: \(control)", body: Self.red)
        try original.serve { origin in
            let worker = try Installation(
                accounts: ScriptedOriginal.account(origin.url, "cacheControl: origin"),
                settings: ["timeouts: { total: 30s, firstByte: 25s, render: 20s, redis: 5s }"], redis: redis.address,
                hasStore: hasStore, renders: true)
            let made = worker.get(Self.target)
            #expect(made.status == 200)
            #expect(made.header("x-apus-cache") == "render")
            try body(Parts(redis: redis, original: original, origin: origin, worker: worker, made: made))
        }
    }

    @Test(arguments: [503, 500]) func `An old variant stands in for an origin that fails`(status: Int) throws {
        try with("max-age=0, stale-if-error=600") { parts in
            let worker = parts.worker
            parts.original.change { $0.status = status }
            #expect(eventually { worker.get(Self.target).header("x-apus-stale") == "true" })
            let stale = worker.get(Self.target)
            #expect(stale.status == 200)
            #expect(stale.body.copied == parts.made.body.copied)
            #expect(stale.header("Cache-Control") == Self.short)
            #expect(stale.header("X-Accel-Expires") == "10")
            // 304 would mean that it is fresh.
            let tag = try #require(stale.header("ETag"))
            #expect(tag == parts.made.header("ETag"))
            for condition in [tag, "*"] {
                let response = worker.get(Self.target) { $0.ifNoneMatch = condition }
                #expect(response.status == 200)
                #expect(response.header("x-apus-stale") == "true")
            }
            #expect(worker.count(.staleAnswers) >= 4)
            // It comes back, and nothing has changed.
            parts.original.change { $0.status = 200 }
            #expect(eventually { worker.get(Self.target).header("x-apus-stale") == nil })
            #expect(worker.get(Self.target).body.copied == parts.made.body.copied)
            #expect(parts.renders == 1)
        }
    }

    @Test func `Nobody waits again for an origin that is silent`() throws {
        try with("max-age=0, stale-if-error=600") { parts in
            let worker = parts.worker
            let gate = Gate()
            parts.original.change { $0.gate = gate }
            #expect(eventually { worker.get(Self.target).header("x-apus-stale") == "true" })
            // It is asked in the background now, and by nobody else.
            #expect(eventually { parts.origin.requests.count == 3 })
            for _ in 0..<20 { #expect(worker.get(Self.target).header("x-apus-stale") == "true") }
            #expect(parts.origin.requests.count == 3)
            gate.open()
            #expect(eventually { worker.get(Self.target).header("x-apus-stale") == nil })
            #expect(parts.renders == 1)
        }
    }

    @Test func `While it is revalidated the old one is served`() throws {
        try with("max-age=0, stale-while-revalidate=600") { parts in
            let worker = parts.worker
            let gate = Gate()
            parts.original.change { ($0.gate, $0.tag, $0.body) = (gate, "\"2\"", Self.blue) }
            let isAsked = eventually {
                let old = worker.get(Self.target)
                #expect(old.status == 200)
                #expect(old.header("x-apus-cache") == "redis")
                #expect(old.body.copied == parts.made.body.copied)
                #expect(old.header("Cache-Control") == Self.short)
                #expect(old.header("x-apus-stale") == nil)
                return parts.origin.requests.count == 2
            }
            #expect(isAsked)
            #expect(parts.origin.requests[1].headers["if-none-match"] == "\"1\"")
            #expect(worker.get(Self.target) { $0.ifNoneMatch = "*" }.status == 200)
            gate.open()
            #expect(eventually { worker.get(Self.target).body.copied != parts.made.body.copied })
            #expect(parts.renders == 2)
            #expect(eventually { worker.count(.refreshes(.replaced)) == 1 })
        }
    }

    @Test func `What is revalidated before each use is rendered once`() throws {
        try with("no-cache") { parts in
            let worker = parts.worker
            #expect(eventually { worker.get(Self.target).status == 200 && parts.origin.requests.count >= 4 })
            #expect(parts.origin.requests.dropFirst().allSatisfy { $0.headers["if-none-match"] == "\"1\"" })
            let response = worker.get(Self.target)
            #expect(response.body.copied == parts.made.body.copied)
            #expect(response.header("Cache-Control") == "no-cache")
            #expect(response.header("X-Accel-Expires") == "0")
            #expect(response.header("x-apus-stale") == nil)
            #expect(parts.renders == 1)
        }
    }

    @Test(arguments: ["max-age=0, must-revalidate", "no-cache", "s-maxage=0"])
    func `What may not be served old is not`(control: String) throws {
        try with(control) { parts in
            parts.original.change { $0.status = 503 }
            #expect(eventually { parts.worker.get(Self.target).status == 404 })
            #expect(parts.worker.get(Self.target).header("x-apus-stale") == nil)
            #expect(parts.worker.count(.staleAnswers) == 0)
        }
    }

    @Test(arguments: ["no-store", "private, max-age=0", "private, no-cache"])
    func `What may not be kept is made again`(control: String) throws {
        try with(control, hasStore: false) { parts in
            #expect(parts.made.header("Cache-Control") == control)
            for count in 2...3 {
                let again = parts.worker.get(Self.target)
                #expect(again.header("x-apus-cache") == "render")
                #expect(parts.origin.requests.count == count)
            }
            let keys = try parts.redis.ask(Command("DBSIZE"))
            #expect(keys.kind == .integer(0))
        }
    }

    @Test func `What its owner has deleted is gone`() throws {
        try with("max-age=0, stale-if-error=600, stale-while-revalidate=600") { parts in
            parts.original.change { $0.status = 404 }
            #expect(eventually { parts.worker.get(Self.target).status == 404 })
            #expect(parts.worker.get(Self.target).code == "ENOENT")
        }
    }

    @Test func `A variant that is being revalidated when it is purged does not come back`() throws {
        try with("no-cache") { parts in
            let (worker, origin) = (parts.worker, parts.origin)
            #expect(eventually { worker.get(Self.target).status == 200 && origin.requests.count >= 2 })
            let asked = origin.requests.count
            let gate = Gate()
            // It would still say that nothing has changed.
            parts.original.change { ($0.gate, $0.body) = (gate, Self.blue) }
            let answer = try worker.getInBackground(Self.target)
            #expect(eventually { origin.requests.count == asked + 1 })
            #expect(origin.requests[asked].headers["if-none-match"] == "\"1\"")
            parts.original.change { $0.gate = nil }
            #expect(worker.purge(Self.url).status == 201)
            gate.open()
            let response = try #require(answer.response())
            #expect(response.status == 200)
            #expect(response.body.copied != parts.made.body.copied)
            #expect(response.header("ETag") != parts.made.header("ETag"))
            #expect(worker.get(Self.target).body.copied == response.body.copied)
            #expect(parts.renders == 2)
        }
    }

    /// Somebody else in the region is at it first, and a purge comes meanwhile.
    @Test func `A variant that waits to be revalidated when it is purged does not come back`() throws {
        try with("no-cache") { parts in
            let (worker, origin) = (parts.worker, parts.origin)
            #expect(eventually { worker.get(Self.target).status == 200 && origin.requests.count >= 2 })
            let prefix = "apus:v\(Entry.formatVersion):"
            let first = Command("EVAL", "return redis.call('KEYS', ARGV[1])[1]", "0", .text(prefix + "*"))
            let name = try parts.redis.ask(first).text
            try #require(name.hasPrefix(prefix))
            let lease = prefix + "lease:" + name.dropFirst(prefix.count)
            try parts.redis.ask(Command("SET", .text(lease), "somebody else", "PX", "60000"))
            let (asked, found) = (origin.requests.count, worker.count(.lookups(.redis, .stale)))
            let answer = try worker.getInBackground(Self.target)
            #expect(eventually { worker.count(.lookups(.redis, .stale)) >= found + 2 })
            parts.original.change { $0.body = Self.blue }
            #expect(worker.purge(Self.url).status == 201)
            try parts.redis.ask(Command("DEL", .text(lease)))
            let response = try #require(answer.response())
            #expect(response.status == 200)
            #expect(response.body.copied != parts.made.body.copied)
            #expect(origin.requests.dropFirst(asked).allSatisfy { $0.headers["if-none-match"] == nil })
            #expect(parts.renders == 2)
        }
    }

    @Test(arguments: [
        (url, true), ("https://img.example/demo/tr:w-10,f-png/a.svg", true),
        ("https://img.example/demo/tr:w-20,f-png/a.svg", false), ("https://img.example/demo/b*", false),
    ])
    func `A purge makes void what is kept`(purged: String, isHit: Bool) throws {
        try with("max-age=600") { parts in
            let worker = parts.worker
            #expect(worker.hasStored(1))
            #expect(worker.get(Self.target).header("x-apus-cache") == "redis")
            parts.original.change { ($0.tag, $0.body) = ("\"2\"", Self.blue) }
            #expect(worker.purge(purged).status == 201)
            let next = worker.get(Self.target)
            #expect(next.header("x-apus-cache") == (isHit ? "render" : "redis"))
            #expect((next.header("ETag") == parts.made.header("ETag")) == !isHit)
            #expect(worker.count(.lookups(.redis, .purged)) == (isHit ? 1 : 0))
        }
    }
}
