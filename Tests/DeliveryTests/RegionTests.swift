import Delivery
import HostileOrigin
import Memory
import Metrics
import RedisFixture
import Testing

/// Two workers that have nothing in common but Redis, as on two machines.
struct RegionTests {
    private func worker(
        _ origin: HostileOrigin, _ redis: RedisServer, renders: Bool = false
    ) throws -> Installation {
        try Installation(
            accounts: ScriptedOriginal.account(origin.url, "cacheControl: origin"),
            settings: ["timeouts: { total: 30s, firstByte: 25s, render: 20s, redis: 5s }"], redis: redis.address,
            renders: renders)
    }

    /// Whether it looks again and again for what another makes.
    private func waits(_ worker: Installation) -> Bool {
        eventually { worker.count(.lookups(.redis, .miss)) >= 3 }
    }

    @Test func `One fetches an original and the other has it too`() throws {
        let redis = try RedisServer()
        let original = ScriptedOriginal("Cache-Control: max-age=3600")
        try original.serve { origin in
            let gate = Gate()
            original.change { $0.gate = gate }
            let workers = [try worker(origin, redis), try worker(origin, redis)]
            let first = try workers[0].getInBackground("/demo/tr:orig-true/a.gif")
            #expect(eventually { origin.requests.count == 1 })
            let second = try workers[1].getInBackground("/demo/tr:orig-true/a.gif")
            #expect(waits(workers[1]))
            gate.open()
            for response in [first.response(), second.response()] {
                #expect(response?.text == "GIF89a one")
                // What is left of the origin's hour, for whoever has fetched it.
                let control = response?.header("Cache-Control") ?? ""
                let age = control.firstMatch(of: /^public, s-maxage=(\d+), max-age=(\d+)$/)
                #expect(age.flatMap { Int($0.1) }.map { (3000...3600).contains($0) } == true, "\(control)")
            }
            #expect(origin.requests.count == 1)
            #expect(workers[1].count(.coalesced(.original, .region)) == 1)
        }
    }

    @Test func `What must be revalidated each time is not shared`() throws {
        let redis = try RedisServer()
        let original = ScriptedOriginal("Cache-Control: no-cache")
        try original.serve { origin in
            let gate = Gate()
            original.change { $0.gate = gate }
            let workers = [try worker(origin, redis), try worker(origin, redis)]
            let first = try workers[0].getInBackground("/demo/tr:orig-true/a.gif")
            #expect(eventually { origin.requests.count == 1 })
            let second = try workers[1].getInBackground("/demo/tr:orig-true/a.gif")
            #expect(waits(workers[1]))
            gate.open()
            for response in [first.response(), second.response()] {
                #expect(response?.text == "GIF89a one")
                #expect(response?.header("Cache-Control") == "no-cache")
            }
            #expect(origin.requests.count == 2)
        }
    }

    @Test(.enabled(if: Installation.canRender)) func `One renders a variant and the other has it too`() throws {
        let redis = try RedisServer()
        let body = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\"/>"
        let original = ScriptedOriginal("Cache-Control: max-age=3600", body: body)
        try original.serve { origin in
            let gate = Gate()
            original.change { $0.gate = gate }
            let workers = [try worker(origin, redis, renders: true), try worker(origin, redis, renders: true)]
            let target = "/demo/tr:w-10,f-png/a.svg"
            let first = try workers[0].getInBackground(target)
            #expect(eventually { origin.requests.count == 1 })
            let second = try workers[1].getInBackground(target)
            #expect(waits(workers[1]))
            gate.open()
            let (made, found) = (first.response(), second.response())
            #expect(made?.header("x-apus-cache") == "render")
            #expect(found?.header("x-apus-cache") == "redis")
            #expect(made?.status == 200 && found?.body.copied == made?.body.copied)
            #expect(found?.header("ETag") == made?.header("ETag"))
            #expect(workers.reduce(0) { $0 + $1.count(.renders(.done)) } == 1)
            #expect(origin.requests.count == 1)
            #expect(workers[1].count(.coalesced(.variant, .region)) == 1)
        }
    }

    @Test func `A negative answer is shared`() throws {
        let redis = try RedisServer()
        let original = ScriptedOriginal()
        original.change { $0.status = 404 }
        try original.serve { origin in
            let gate = Gate()
            original.change { $0.gate = gate }
            let workers = [try worker(origin, redis), try worker(origin, redis)]
            let first = try workers[0].getInBackground("/demo/tr:w-1/a.gif")
            #expect(eventually { origin.requests.count == 1 })
            let second = try workers[1].getInBackground("/demo/tr:w-1/a.gif")
            #expect(waits(workers[1]))
            gate.open()
            #expect(first.response()?.code == "ENOENT")
            #expect(second.response()?.code == "ENOENT")
            #expect(origin.requests.count == 1)
        }
    }
}
