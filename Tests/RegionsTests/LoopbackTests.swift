import Configuration
import Deadlines
import HostileOrigin
import Logging
import Metrics
import Processes
import Purging
import Redis
import RedisFixture
import Regions
import Testing
import Transfer

/// Two regions with all that is real: signed HTTP over the loopback, purge logs, Redis.
@Suite struct LoopbackTests {
    @Test func purgesGoOverTheWireAndComeBackAsCompleted() throws {
        let servers = [try RedisServer(), try RedisServer()]
        try Pair.lend(servers: servers) { one, other, _ in
            let id = try one.purge(.path("/demo/ü.jpg"))
            #expect(eventually { other.log.current.newest(matching: .init(account: "demo", path: "/demo/ü.jpg")) > 0 })
            #expect(eventually { one.otherRegions.purges?.state(of: id, account: "demo") == .completed })
            #expect(eventually { other.otherRegions.purges?.state(of: id, account: "demo") == .completed })
            #expect(other.log.vector == one.log.vector)
        }
    }

    /// Of the one's few purges, merging leaves nothing but the last.
    @Test func whoStartsAfterMuchWasMergedKnowsEnough() throws {
        let servers = [try RedisServer(), try RedisServer()]
        try Pair.lend(servers: servers) { one, other, further in
            for number in 0..<3 { _ = try one.purge(.tag("one-\(number)")) }
            #expect(eventually { other.log.vector.covers(one.log.vector) })
            for number in 0..<60 { _ = try other.purge(.tag("other-\(number)")) }
            #expect(eventually { one.log.vector.covers(other.log.vector) })
            #expect(eventually { one.otherRegions.knowsPurgesOfAll && other.otherRegions.knowsPurgesOfAll })
            let late = try further()
            #expect(eventually { late.otherRegions.knowsPurgesOfAll })
            #expect(eventually { late.log.vector.covers(one.log.vector) })
            #expect(late.log.ruleCount <= 20)
        }
    }

    /// They take more than a message holds, and three times as much where bytes are escaped.
    @Test(arguments: ["a", "ü", "\u{1}"]) func rulesThatDoNotFitComeOneAfterTheOther(_ letter: String) throws {
        let servers = [try RedisServer(), try RedisServer()]
        let text = String(repeating: letter, count: 4000 / letter.utf8.count)
        try Pair.lend(servers: servers) { one, other, _ in
            for number in 0..<18 {
                // Not told at once, as `purge` would be.
                _ = try one.log.accept(
                    account: "demo", target: .tag("\(number) \(text)"), deadline: Deadline(in: .seconds(10)))
            }
            #expect(eventually { other.log.vector == one.log.vector && other.log.ruleCount == 18 })
            #expect(one.metrics.count(of: .regionExchanges(.garbage)) == 0)
            #expect(one.metrics.count(of: .regionExchanges(.refused)) == 0)
        }
    }

    /// A step at a time no exchange is refused.
    @Test func aSecretIsReplacedWithoutARefusal() throws {
        let servers = [try RedisServer(), try RedisServer()]
        let (old, new) = ("the old secret of all", "the new secret of all")
        let steps = [
            ([old], [old]), ([old, new], [old]), ([old, new], [old, new]), ([new, old], [old, new]), ([new], [new]),
        ]
        for (one, other) in steps {
            try Pair.lend([one, other], servers: servers) { one, other, _ in
                #expect(one.otherRegions.knowsPurgesOfAll || eventually { one.otherRegions.knowsPurgesOfAll })
                #expect(eventually { other.otherRegions.knowsPurgesOfAll })
                #expect(one.metrics.count(of: .regionExchanges(.refused)) == 0)
                #expect(other.metrics.count(of: .regionExchanges(.refused)) == 0)
            }
        }
    }

    @Test func whoDoesNotKnowTheSecretIsNotListenedTo() throws {
        let servers = [try RedisServer(), try RedisServer()]
        try Pair.lend([["the old secret of all"], ["the new secret of all"]], servers: servers) { one, other, _ in
            _ = try one.purge(.path("/demo/a.jpg"))
            #expect(eventually { one.metrics.count(of: .regionExchanges(.refused)) > 1 })
            #expect(other.metrics.count(of: .regionExchanges(.done)) == 0)
            #expect(!one.otherRegions.knowsPurgesOfAll && !other.otherRegions.knowsPurgesOfAll)
            #expect(other.log.vector == PurgeVector())
            #expect(one.otherRegions.status().heard == [.init("other", age: nil, health: .down)])
        }
    }
}

/// A worker of a region, with what it needs.
private final class RealWorker: Sendable {
    let otherRegions: OtherRegions
    let log: PurgeLog
    let metrics: Metrics
    private let threads = Monitor<[WorkThread]>([])

    init(_ name: String, urls: [String], secrets: [String], server: RedisServer) throws {
        let yaml = """
            region: \(name)
            regions: { one: { url: "\(urls[0])" }, other: { url: "\(urls[1])" } }
            regionSecret: [\(secrets.map { "\"\($0)\"" }.joined(separator: ", "))]
            accounts:
              - id: demo
                privateKeys: [a-key]
                origins: [{ id: photos, type: DISK, path: photos }]
                urlEndpoints: [{ urlPrefix: "", origins: [photos] }]
            """
        let configuration = try Configuration.parse(
            Array(yaml.utf8), name: "test.yaml", folder: "/", environment: [:])
        let client = ConnectionPool(
            to: server.address, limits: .init(connections: 4, timeout: .seconds(5), replyBytes: 1_000_000))
        var settings = PurgeSettings(edgeAge: .zero, maxAge: .seconds(86_400))
        (settings.region, settings.numbersFollowTime) = (name, true)
        settings.confirmLimit = .milliseconds(500)
        (settings.mostRules, settings.mergedRules) = (20, 5)
        log = PurgeLog(settings, redis: client, store: nil)
        metrics = Metrics(regions: ["one", "other"].filter { $0 != name })
        otherRegions = try #require(
            OtherRegions(
                configuration, engine: "3", transfer: TransferClient(), redis: client, purges: log, metrics: metrics,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    }

    func start() throws {
        log.synchronise()
        try log.start()
        let started = try otherRegions.start()
        threads.withLock { $0 = started }
    }

    func stop() {
        otherRegions.stop()
        log.stop()
        for thread in threads.withLock({ $0 }) { thread.join() }
    }

    func purge(_ target: PurgeTarget) throws -> String {
        try #require(otherRegions.purges).accept(account: "demo", target: target, deadline: Deadline(in: .seconds(10)))
    }
}

/// Two regions that reach each other.
private enum Pair {
    /// - Parameters:
    ///   - secrets: of the one and the other.
    ///   - body: gets a worker of each, and starts further ones of the other.
    static func lend(
        _ secrets: [[String]] = [["the secret of all"], ["the secret of all"]], servers: [RedisServer],
        _ body: (_ one: RealWorker, _ other: RealWorker, _ further: () throws -> RealWorker) throws -> Void
    ) throws {
        let doors = [Door(), Door()]
        let origins = try doors.map { door in try HostileOrigin { door.answer($0) } }
        defer { for origin in origins { origin.stop() } }
        let urls = origins.map(\.url)
        let one = try RealWorker("one", urls: urls, secrets: secrets[0], server: servers[0])
        let other = try RealWorker("other", urls: urls, secrets: secrets[1], server: servers[1])
        var workers = [one, other]
        defer { for worker in workers { worker.stop() } }
        doors[0].open(one.otherRegions)
        doors[1].open(other.otherRegions)
        for worker in workers { try worker.start() }
        try body(one, other) {
            let worker = try RealWorker("other", urls: urls, secrets: secrets[1], server: servers[1])
            workers.append(worker)
            try worker.start()
            return worker
        }
    }
}

/// Answers a region's requests over HTTP as its workers do.
private final class Door: Sendable {
    private let otherRegions = Monitor<OtherRegions?>(nil)

    func open(_ otherRegions: OtherRegions) { self.otherRegions.withLock { $0 = otherRegions } }

    func answer(_ request: HostileOrigin.Request) -> [Action] {
        guard let otherRegions = otherRegions.withLock({ $0 }) else { return [.send("HTTP/1.1 503 -\r\n\r\n")] }
        do throws(RegionRefusal) {
            let admitted = try otherRegions.gate.admit(
                path: request.path, body: request.body, signature: request.headers["x-apus-signature"],
                until: Deadline(in: .seconds(5)))
            let fields = otherRegions.answerExchange(admitted.fields, from: admitted.envelope)
            guard let sealed = otherRegions.gate.sealed(fields, for: admitted) else { return [] }
            let length = "Content-Length: \(sealed.bytes.count)"
            let head = "HTTP/1.1 200 OK\r\n\(length)\r\nx-apus-head: \(sealed.header)\r\n\r\n"
            return [.sendBytes(Array(head.utf8) + sealed.bytes)]
        } catch {
            return [.send("HTTP/1.1 403 No\r\nContent-Length: 0\r\nx-apus-refusal: \(error.rawValue)\r\n\r\n")]
        }
    }
}
