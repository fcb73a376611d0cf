import Configuration
import Deadlines
import Glibc
import Logging
import Metrics
import Processes
import Purging
import RedisFixture
import Regions
import Testing

/// Some regions, a worker and a purge log of each, and the wires between them, which tests cut.
final class World: Sendable {
    /// What becomes of what one region sends to another.
    enum Manner: Sendable {
        case arrives
        case connectionRefused
        case unreachable
        /// Lost, and waited for.
        case silent
        case garbage
        /// Arrives, and the answer does not.
        case answerLost
    }

    struct Region: Sendable {
        let name: String
        let log: FakeLog
        let otherRegions: OtherRegions
        let metrics: Metrics
    }

    private struct Way: Hashable {
        let from: String
        let to: String
    }

    private struct State {
        var regions: [String: Region] = [:]
        var threads: [String: [WorkThread]] = [:]
        var manners: [Way: Manner] = [:]
        var clocks: [String: Int64] = [:]
        var exchanges: [Way: Int] = [:]
        var reply: (@Sendable (RegionQuestion) throws(RegionError) -> RegionReply)?
        var questions = 0
    }

    private let state = Monitor(State())
    private let names: [String]
    private let timing: LinkTiming
    private let places: Int

    /// Exchanges follow each other quickly, so that tests do.
    static let quick: LinkTiming = {
        var timing = LinkTiming(confirm: .milliseconds(1500), edgeAge: .zero)
        timing.interval = .milliseconds(20)
        timing.pause = .milliseconds(1)
        timing.patience = .milliseconds(150)
        timing.watch = .milliseconds(10)
        timing.confidence.margin = .milliseconds(300)
        timing.confidence.refusing = .milliseconds(500)
        timing.health.ramp = .seconds(1)
        return timing
    }()

    /// Nothing is exchanged but at the beginning and where there is a reason.
    static let lazy: LinkTiming = {
        var timing = LinkTiming(confirm: .seconds(3600), edgeAge: .zero)
        timing.interval = .seconds(3600)
        timing.health.silence = .seconds(3600)
        (timing.breaker.firstHoldOff, timing.breaker.longestHoldOff) = (.seconds(3600), .seconds(3600))
        return timing
    }()

    /// Builds a world whose regions have not started yet, lends it, and stops all of it.
    static func lend(
        _ names: [String], _ timing: LinkTiming = quick, places: Int = 4, _ body: (World) throws -> Void
    ) throws {
        let world = try World(names, timing, places)
        defer { world.stop() }
        try body(world)
    }

    private init(_ names: [String], _ timing: LinkTiming, _ places: Int) throws {
        (self.names, self.timing, self.places) = (names, timing, places)
        for name in names { try make(name, FakeLog(name)) }
    }

    private func make(_ name: String, _ log: FakeLog) throws {
        let keys = try #require(RegionKeys([Secret("a secret of all regions")]))
        let others = names.filter { $0 != name }
        let wires = others.map { ($0, Wire(from: name, to: $0, world: self) as (any RegionCalling)?) }
        let metrics = Metrics(regions: others)
        let otherRegions = OtherRegions(
            RegionIdentity(region: name, configuration: "c", engine: "3", form: 3, accounts: ["demo"]),
            gate: RegionGate(region: name, others: Set(others), keys: keys, nonces: Nonces(redis: nil)),
            callers: Dictionary(uniqueKeysWithValues: wires), questionPlaces: places,
            exchangePlaces: max(2, places / 2), log: log, timing: timing, metrics: metrics,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let region = Region(name: name, log: log, otherRegions: otherRegions, metrics: metrics)
        state.withLock { $0.regions[name] = region }
    }

    private func stop() {
        for name in names { stop(name) }
        // Wires hold the world, and the world them.
        state.withLock { $0.regions = [:] }
    }

    subscript(name: String) -> Region {
        get throws { try #require(state.withLock { $0.regions[name] }) }
    }

    // MARK: Life

    func start(_ names: [String]? = nil) throws {
        for name in names ?? self.names {
            let threads = try self[name].otherRegions.start()
            state.withLock { $0.threads[name] = threads }
        }
    }

    /// Stops a region and waits for its threads.
    func stop(_ name: String) {
        let (region, threads) = state.withLock { ($0.regions[name], $0.threads.removeValue(forKey: name) ?? []) }
        region?.otherRegions.stop()
        for thread in threads { thread.join() }
    }

    /// Starts a region again that was stopped; it has its log still.
    func restart(_ name: String) throws {
        try make(name, self[name].log)
        try start([name])
    }

    // MARK: Wires

    func set(_ manner: Manner, from: String, to: String) {
        state.update { $0.manners[Way(from: from, to: to)] = manner }
    }

    func cut(_ one: String, _ other: String, _ manner: Manner = .unreachable) {
        set(manner, from: one, to: other)
        set(manner, from: other, to: one)
    }

    /// Cuts a region off from all others.
    func isolate(_ name: String, _ manner: Manner = .unreachable) {
        for other in names where other != name { cut(name, other, manner) }
    }

    func setClock(of name: String, milliseconds: Int64) {
        state.withLock { $0.clocks[name] = milliseconds }
    }

    /// How often one has dialled the other.
    func exchanges(from: String, to: String) -> Int {
        state.withLock { $0.exchanges[Way(from: from, to: to)] ?? 0 }
    }

    /// What every question is answered with from now on.
    func reply(_ reply: @escaping @Sendable (RegionQuestion) throws(RegionError) -> RegionReply) {
        state.withLock { $0.reply = reply }
    }

    /// How many questions have arrived somewhere.
    var questions: Int { state.withLock { $0.questions } }

    fileprivate func carry(
        _ fields: RegionFields, from: String, to: String, clockOffset: ClockOffset, until deadline: Deadline
    ) throws(RegionError) -> RegionTold {
        let (manner, region, clocks) = state.update { state in
            state.exchanges[Way(from: from, to: to), default: 0] += 1
            let isUp = state.threads[to] != nil
            let manner = state.manners[Way(from: from, to: to)] ?? .arrives
            return (isUp ? manner : .connectionRefused, state.regions[to], state.clocks)
        }
        switch manner {
        case .arrives, .answerLost: break
        case .connectionRefused: throw .connectionRefused
        case .unreachable: throw .unreachable
        case .garbage: throw .garbage
        case .silent:
            let way = Way(from: from, to: to)
            _ = state.wait(until: deadline) { state in
                if case .silent = state.manners[way] { return nil as Bool? }
                return true
            }
            throw .timedOut
        }
        let ahead = (from: clocks[from] ?? 0, to: clocks[to] ?? 0)
        // All that is told is told as text, and in time.
        guard let region, let sent = RegionFields(fields.text) else { throw .garbage }
        let (start, sentAt) = (Deadline.now, WallClock.unixMilliseconds + ahead.from)
        // By the receiver's clock, as this test's are one.
        let toldAt = sentAt + clockOffset.ahead.wholeMilliseconds - ahead.to
        guard abs(toldAt - WallClock.unixMilliseconds) <= RegionGate.clockTolerance else {
            throw .otherClock(ClockOffset(.milliseconds(ahead.to - ahead.from)))
        }
        let envelope = RegionEnvelope(from: from, to: to, sentAt: toldAt, nonce: "")
        let answer = region.otherRegions.answerExchange(sent, from: envelope)
        guard let told = RegionFields(answer.text), case .arrives = manner else { throw .timedOut }
        let offset = ClockOffset(
            told: WallClock.unixMilliseconds + ahead.to, sentAt: sentAt, roundTrip: start.elapsed)
        return RegionTold(told, clockOffset: offset)
    }

    fileprivate func ask(_ question: RegionQuestion) throws(RegionError) -> RegionReply {
        let reply = state.update { state in
            state.questions += 1
            return state.reply
        }
        guard let reply else { throw .unreachable }
        return try reply(question)
    }
}

/// From one region of a world to another.
private struct Wire: RegionCalling {
    let from: String
    let to: String
    let world: World

    func ask(
        _ question: RegionQuestion, clockOffset: ClockOffset, until deadline: Deadline
    ) throws(RegionError) -> RegionReply {
        try world.ask(question)
    }

    func exchange(
        _ fields: RegionFields, clockOffset: ClockOffset, until deadline: Deadline
    ) throws(RegionError) -> RegionTold {
        try world.carry(fields, from: from, to: to, clockOffset: clockOffset, until: deadline)
    }
}

extension World.Region {
    /// Enters a purge here.
    func purge(_ path: String = "/demo/a.jpg") throws -> String {
        let purges = try #require(otherRegions.purges)
        return try purges.accept(account: "demo", target: .path(path), deadline: Deadline(in: .seconds(5)))
    }

    func state(of id: String) -> PurgeState? { otherRegions.purges?.state(of: id, account: "demo") }

    /// The value of a gauge of another region.
    func gauge(_ gauge: RegionGauge, of region: String) throws -> UInt64 {
        otherRegions.updateGauges()
        return metrics.value(of: .region(gauge, place: try #require(metrics.regions.firstIndex(of: region))))
    }
}
