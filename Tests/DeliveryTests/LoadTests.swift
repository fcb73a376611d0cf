import Deadlines
import Delivery
import HostileOrigin
import Memory
import Processes
import RedisFixture
import Testing

/// What requests for the same origin do to each other, and what the shared cache keeps.
struct LoadTests {
    private static func accounts(_ url: String, host: Bool = false) -> String {
        """
          - id: demo
            insecure: true
            origins: [{ id: web, type: WEB_FOLDER, baseUrl: "\(url)", forwardHostHeaderToOrigin: \(host) }]
            urlEndpoints: [{ urlPrefix: "", origins: [web] }]
        """
    }

    /// Answers one request on a thread of its own.
    private func inBackground(_ delivery: Delivery, _ path: String) throws -> (WorkThread, Monitor<Int?>) {
        let status = Monitor<Int?>(nil)
        let thread = try WorkThread(named: "request") {
            let response = delivery.answer(DeliveryRequest(path: path, remoteAddress: "127.0.0.1"))
            status.update { $0 = response.status }
        }
        return (thread, status)
    }

    @Test func `A silent origin takes no more than its share of the slots`() throws {
        let isReleased = Monitor(false)
        try HostileOrigin.serve({ _ in
            _ = isReleased.wait(until: Deadline(in: .seconds(20))) { $0 ? true : nil }
            return .answer(200, ["ETag: \"1\""], body: "GIF89a")
        }) { origin in
            let installation = try Installation(
                accounts: Self.accounts(origin.url),
                settings: ["workers: { slots: 8 }", "timeouts: { total: 30s, firstByte: 30s, redis: 5s }"])
            let requests = try (0..<2).map { try inBackground(installation.delivery, "/demo/tr:orig-true/\($0).gif") }
            #expect(eventually { origin.requests.count == 2 })
            // A quarter of eight slots is at it: the third is refused at once, without a question.
            let third = installation.get("/demo/tr:orig-true/3.gif")
            #expect(third.status == 503)
            #expect(third.header("Retry-After") == "1")
            #expect(third.header("Cache-Control") == "no-store")
            #expect(installation.get("/_apus/live") { $0.remoteAddress = "127.0.0.1" }.status == 200)
            // Who wants what is being fetched follows, as far as half of the slots: two of ten, and the others hear so.
            let more = try (0..<10).map { _ in try inBackground(installation.delivery, "/demo/tr:orig-true/0.gif") }
            #expect(eventually { more.count { $0.1.withLock { $0 } == 503 } == 8 })
            isReleased.update { $0 = true }
            for (thread, _) in requests + more { thread.join() }
            #expect((requests + more).count { $0.1.withLock { $0 } == 200 } == 4)
            #expect(origin.requests.count == 2)
            // All places are free again.
            #expect(installation.get("/demo/tr:orig-true/4.gif").status == 200)
        }
    }

    @Test func `A missing original is asked for once while the answer is kept`() throws {
        let redis = try RedisServer()
        try HostileOrigin.serve({ _ in .answer(404) }) { origin in
            let installation = try Installation(accounts: Self.accounts(origin.url), redis: redis.address)
            for _ in 0..<3 {
                let response = installation.get("/demo/tr:w-1/a.gif")
                #expect(response.status == 404)
                #expect(response.code == "ENOENT")
                let age = response.header("Cache-Control")?.firstMatch(of: /^public, max-age=(\d+)$/)
                #expect(age.flatMap { Int($0.1) }.map { (1...60).contains($0) } == true)
            }
            #expect(origin.requests.count == 1)
            // Another worker with the same Redis knows it too.
            let other = try Installation(accounts: Self.accounts(origin.url), redis: redis.address)
            #expect(other.get("/demo/tr:w-1/a.gif").status == 404)
            #expect(origin.requests.count == 1)
            let forgetful = try Installation(
                accounts: Self.accounts(origin.url), settings: ["cache: { errorAge: 0s }"], redis: redis.address)
            for _ in 0..<2 { #expect(forgetful.get("/demo/tr:w-1/b.gif").status == 404) }
            #expect(origin.requests.count == 3)
        }
    }

    @Test func `A refusal is not kept`() throws {
        let redis = try RedisServer()
        try HostileOrigin.serve({ _ in .answer(200, ["Is-Private-File: true"], body: "GIF89a") }) { origin in
            let accounts =
                Self.accounts(origin.url)
                + "\n    namedTransformations: { untouched: \"orig-true\" }"
            let installation = try Installation(accounts: accounts, redis: redis.address)
            #expect(installation.get("/demo/tr:orig-true/a.gif").status == 401)
            #expect(installation.get("/demo/tr:n-untouched/a.gif").status == 200)
            #expect(installation.get("/demo/tr:orig-true/a.gif").status == 401)
        }
    }

    @Test func `Without Redis there are pictures all the same`() throws {
        let address = try RedisServer().address
        let folder = try TemporaryFolder()
        try folder.writePNG("photos/a.png")
        let installation = try Installation(folder: folder, redis: address)
        #expect(installation.get("/demo/tr:orig-true/a.png").status == 200)
        #expect(installation.get("/demo/tr:orig-true/b.png").status == 404)
    }

    /// The origin may hold something else under every name that it is asked by.
    @Test func `An origin that hears the client's host has entries for each`() throws {
        try HostileOrigin.serve({ request in
            .answer(200, ["ETag: \"same\""], body: "GIF89a " + (request.headers["host"] ?? ""))
        }) { origin in
            let installation = try Installation(accounts: Self.accounts(origin.url, host: true))
            let tags = ["a.example", "b.example"].map { installation.entityTag("/demo/tr:w-1/a.gif", host: $0) }
            let texts = ["a.example", "b.example"].map { host in
                installation.get("/demo/tr:orig-true/a.gif") { $0.host = host }.text
            }
            #expect(texts == ["GIF89a a.example", "GIF89a b.example"])
            #expect(Set(tags).count == 2)
        }
    }
}
