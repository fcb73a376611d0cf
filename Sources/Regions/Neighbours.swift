package import Caching
package import Configuration
package import Deadlines
import Digests
package import Logging
package import Management
package import Metrics
package import Processes
package import Purging
package import Redis
package import Transfer

/// The other regions as one worker sees them: asked for what is at home there, told of purges, and listened to.
package final class Neighbours: Sendable {
    /// Judges requests that come in the name of other regions.
    package let gate: RegionGate
    /// The purges of all regions; `nil` where there is no log.
    package let purges: (any Purges)?
    let talk: RegionTalk
    let neighbours: [String: Neighbour]
    private let links: [String: RegionLink]
    /// Slots that may wait for the purge log because of an exchange: others have to be left.
    private let answering: WaitingPlaces
    private let isStopped = Monitor(false)
    let metrics: Metrics

    /// - Parameter engine: the version of what makes variants.
    /// - Returns: `nil` where there is one region, or no secret by which others could be known.
    package convenience init?(
        _ configuration: Configuration, engine: String, transfer: TransferClient, redis: (any RedisClient)?,
        purges: PurgeLog?, metrics: Metrics, logger: Logger
    ) {
        let others = configuration.regions.filter { $0.key != configuration.region }
        guard !others.isEmpty else { return nil }
        guard let keys = RegionKeys(configuration.regionSecrets) else {
            logger.error("regions", metadata: ["reason": "without regionSecret none of them can be asked"])
            return nil
        }
        let callers = others.mapValues { region -> ((String) -> RegionCaller)? in
            region.url.map { url in
                { name in
                    RegionCaller(
                        name, from: configuration.region, url: url, keys: keys, transfer: transfer,
                        limits: RegionCaller.Limits(configuration.timeouts))
                }
            }
        }
        let gate = RegionGate(
            region: configuration.region, others: Set(others.keys), keys: keys, nonces: Nonces(redis: redis))
        let identity = RegionIdentity(
            region: configuration.region, configuration: configuration.version, engine: engine,
            form: Entry.formatVersion, accounts: configuration.accounts.map(\.id))
        self.init(
            identity, gate: gate, callers: Dictionary(callers.map { ($0, $1?($0)) }) { first, _ in first },
            places: configuration.workers.slots / 4, log: purges,
            timing: LinkTiming(confirm: configuration.timeouts.confirm), metrics: metrics, logger: logger)
    }

    /// - Parameters:
    ///   - callers: of all other regions; `nil` for one that cannot be reached from here.
    ///   - places: the most questions to one region at a time, and twice the number of exchanges answered at a time that
    ///     bring purges.
    package init(
        _ identity: RegionIdentity, gate: RegionGate, callers: [String: (any RegionCalling)?], places: Int,
        log: (any SharedPurges)?, timing: LinkTiming, metrics: Metrics, logger: Logger
    ) {
        let talk = RegionTalk(
            identity, others: Array(callers.keys), log: log, timing: timing, metrics: metrics, logger: logger)
        var neighbours: [String: Neighbour] = [:]
        for (name, caller) in callers {
            neighbours[name] = Neighbour(
                name, caller: caller, places: places, timing: timing, metrics: metrics, logger: logger)
        }
        let links = neighbours.filter { $0.value.isReachable }.mapValues { RegionLink($0, talk: talk) }
        purges = log.map { log in
            PurgesEverywhere(log, talk: talk) { number in
                for link in links.values { link.kick(number: number) }
            }
        }
        (self.gate, self.talk, self.neighbours, self.links) = (gate, talk, neighbours, links)
        answering = WaitingPlaces(limit: max(2, places / 2))
        self.metrics = metrics
    }

    // MARK: Questions

    /// Whether a region is to be asked for this. Cheap.
    ///
    /// - Parameter isOnly: nobody else may answer it: then one that has just come back is asked for all of it.
    package func isUsable(_ region: String, for key: EntryKey, isOnly: Bool = false) -> Bool {
        neighbours[region]?.isUsable(for: key.digest.bytes.first ?? 0, isOnly: isOnly) ?? false
    }

    /// Asks a region; at once `leftAlone` or `crowded` where that makes no sense.
    ///
    /// - Parameter answerLimit: how long the first byte may take, if less than the deadline.
    package func ask(
        _ region: String, _ question: RegionQuestion, until deadline: Deadline, answerLimit: Duration? = nil
    ) throws(RegionError) -> RegionReply {
        guard let neighbour = neighbours[region] else { throw .leftAlone }
        return try neighbour.ask(question, until: deadline, answerLimit: answerLimit)
    }

    // MARK: Purges

    /// Whether purges of all other regions are known well enough to answer without a mark. One load.
    package var isConfirmed: Bool { talk.isConfirmed }

    /// Waits a moment until the purges are known here that a question names.
    ///
    /// - Parameter region: who has named them, and so knows them.
    package func awaitPurges(_ vector: PurgeVector, from region: String, until deadline: Deadline) -> Bool {
        guard !talk.vector.covers(vector) else { return true }
        links[region]?.kick()
        return talk.log?.awaitVector(vector, until: deadline.capped(to: talk.timing.purges)) ?? false
    }

    // MARK: What others ask

    /// Takes in what another region tells, and tells it what it lacks.
    package func answerExchange(_ fields: RegionFields, from envelope: RegionEnvelope) -> RegionFields {
        guard let neighbour = neighbours[envelope.from], let message = ExchangeMessage(fields) else {
            return talk.message(to: nil).fieldsWithClock
        }
        let (way, overflows) = WallClock.unixMilliseconds.subtractingReportingOverflow(envelope.sentAt)
        let moment = Deadline.now.later(by: .milliseconds(overflows ? 0 : -max(0, way)))
        neighbour.known = message.known
        let place = message.offers.isEmpty ? nil : answering.take()
        defer { withExtendedLifetime(place) {} }
        // Without a place nothing of it counts: it is told again in a second.
        if place != nil || message.offers.isEmpty {
            _ = talk.take(message, from: envelope.from, at: moment, until: Deadline(in: talk.timing.adoption))
        }
        return talk.message(to: message.known).fieldsWithClock
    }

    // MARK: Life

    /// Exchanges news with all others, which takes a moment (`LinkTiming.start`) at most, and goes on doing so.
    package func start() throws(ProcessError) -> [WorkThread] {
        var threads: [WorkThread] = []
        for name in links.keys.sorted() {
            if let link = links[name] { threads.append(try link.start()) }
        }
        threads.append(try WorkThread(named: "region-watch") { [self] in watch() })
        let deadline = Deadline(in: talk.timing.start)
        for link in links.values { link.awaitFirst(until: deadline) }
        talk.refresh()
        updateGauges()
        return threads
    }

    /// The threads end within two or three seconds.
    package func stop() {
        for link in links.values { link.stop() }
        isStopped.update { $0 = true }
    }

    /// Time alone changes what is known, also while every link waits.
    private func watch() {
        repeat {
            talk.refresh()
        } while isStopped.wait(until: Deadline(in: talk.timing.watch)) { $0 ? true : nil } == nil
    }
}

extension ExchangeMessage {
    /// Under which an answer tells its teller's clock, in Unix milliseconds.
    static let clock = "now"

    fileprivate var fieldsWithClock: RegionFields {
        var all = fields
        all.add(Self.clock, "\(WallClock.unixMilliseconds)")
        return all
    }
}
