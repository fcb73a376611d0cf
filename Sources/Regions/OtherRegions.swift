package import Caching
package import Configuration
package import Deadlines
import Digests
package import Logging
package import Metrics
package import Processes
package import Purging
package import Redis
package import Transfer

/// The other regions as one worker sees them: asked for what is at home there, told of purges, and listened to.
package final class OtherRegions: Sendable {
    /// Judges requests that come in the name of other regions.
    package let gate: RegionGate
    /// The purges of all regions; `nil` where there is no log.
    package let purges: (any Purges)?
    let exchanges: RegionExchanges
    let otherRegions: [String: OtherRegion]
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
        guard configuration.regions.count > 1 else { return nil }
        guard let keys = RegionKeys(configuration.regionSecrets) else {
            logger.error("regions", metadata: ["reason": "without regionSecret none of them can be asked"])
            return nil
        }
        let callers = RegionCaller.callers(configuration, keys: keys, transfer: transfer)
        let gate = RegionGate(
            region: configuration.region, others: Set(callers.keys), keys: keys, nonces: Nonces(redis: redis))
        let identity = RegionIdentity(
            region: configuration.region, configuration: configuration.version, engine: engine,
            form: Entry.formatVersion, accounts: configuration.accounts.map(\.id))
        self.init(
            identity, gate: gate, callers: callers.mapValues { $0 }, questionPlaces: configuration.workers.slots / 4,
            exchangePlaces: max(2, configuration.workers.slots / 8), log: purges,
            timing: LinkTiming(confirm: configuration.timeouts.confirm, edgeAge: configuration.cache.edgeAge),
            metrics: metrics, logger: logger)
    }

    /// - Parameters:
    ///   - callers: of all other regions; `nil` for one that cannot be reached from here.
    ///   - questionPlaces: the most questions to one region at a time that others may answer too, and of those that only it may.
    ///   - exchangePlaces: the most exchanges that bring purges and are answered at a time.
    package init(
        _ identity: RegionIdentity, gate: RegionGate, callers: [String: (any RegionCalling)?], questionPlaces: Int,
        exchangePlaces: Int, log: (any SharedPurges)?, timing: LinkTiming, metrics: Metrics, logger: Logger
    ) {
        let exchanges = RegionExchanges(
            identity, others: Array(callers.keys), log: log, timing: timing, metrics: metrics, logger: logger)
        var otherRegions: [String: OtherRegion] = [:]
        for (name, caller) in callers {
            otherRegions[name] = OtherRegion(
                name, caller: caller, places: questionPlaces, timing: timing, metrics: metrics, logger: logger)
        }
        let links = otherRegions.filter { $0.value.isReachable }.mapValues { RegionLink($0, exchanges: exchanges) }
        purges = log.map { log in
            PurgesEverywhere(log, exchanges: exchanges) { number in
                for link in links.values { link.exchangeNow(with: number) }
            }
        }
        (self.gate, self.exchanges, self.otherRegions, self.links) = (gate, exchanges, otherRegions, links)
        answering = WaitingPlaces(limit: exchangePlaces)
        self.metrics = metrics
    }

    // MARK: Questions

    /// Whether a region would be asked now. Cheap.
    ///
    /// - Parameters:
    ///   - key: of what is wanted.
    ///   - hasSubstitute: somebody else may answer too. Otherwise one that has just come back is asked for all of it.
    package func isUsable(_ region: String, for key: EntryKey, hasSubstitute: Bool) -> Bool {
        otherRegions[region]?.isUsable(for: key, hasSubstitute: hasSubstitute) ?? false
    }

    /// Asks a region; at once `leftAlone` or `crowded` where that makes no sense.
    ///
    /// - Parameters:
    ///   - key, hasSubstitute: as for `isUsable`.
    package func ask(
        _ region: String, _ question: RegionQuestion, for key: EntryKey, hasSubstitute: Bool, until deadline: Deadline
    ) throws(RegionError) -> RegionReply {
        do throws(RegionError) {
            guard let otherRegion = otherRegions[region], otherRegion.isUsable(for: key, hasSubstitute: hasSubstitute)
            else {
                throw .leftAlone
            }
            let reply = try otherRegion.ask(question, hasSubstitute: hasSubstitute, until: deadline)
            metrics.add(.regionQuestions(reply.result))
            return reply
        } catch {
            metrics.add(.regionQuestions(.unanswered))
            throw error
        }
    }

    // MARK: Purges

    /// Whether purges of all other regions are known well enough to answer without a mark. One load.
    package var knowsPurgesOfAll: Bool { exchanges.knowsPurgesOfAll }

    /// The regions that are gone in whose place this one does what they have left, and up to which number of its own log
    /// nothing is left of each.
    package var standIns: [String: UInt64] {
        let (confidence, news) = exchanges.look()
        return confidence.standIns(news)
    }

    /// Waits a moment until the purges are known here that a question names.
    ///
    /// - Parameter region: who has named them, and so knows them.
    package func awaitPurges(_ vector: PurgeVector, from region: String, until deadline: Deadline) -> Bool {
        guard !exchanges.vector.covers(vector) else { return true }
        links[region]?.exchangeNow()
        return exchanges.log?.awaitVector(vector, until: deadline.capped(to: exchanges.timing.purges)) ?? false
    }

    // MARK: What others ask

    /// Takes in what another region tells, and tells it what it lacks.
    package func answerExchange(_ fields: RegionFields, from envelope: RegionEnvelope) -> RegionFields {
        guard let otherRegion = otherRegions[envelope.from], let message = ExchangeMessage(fields) else {
            return exchanges.message(to: nil).fields
        }
        let (way, overflows) = WallClock.unixMilliseconds.subtractingReportingOverflow(envelope.sentAt)
        let moment = Deadline.now.later(by: .milliseconds(overflows ? 0 : -max(0, way)))
        otherRegion.known = message.known
        let place = message.offers.isEmpty ? nil : answering.take()
        defer { withExtendedLifetime(place) {} }
        // Without a place nothing of it counts: it is told again in a second.
        if place != nil || message.offers.isEmpty {
            _ = exchanges.take(message, from: envelope.from, at: moment, until: Deadline(in: exchanges.timing.adoption))
        }
        return exchanges.message(to: message.known).fields
    }

    // MARK: Life

    /// Exchanges news with all others, which takes a moment (`LinkTiming.start`) at most, and goes on doing so.
    package func start() throws(ProcessError) -> [WorkThread] {
        var threads: [WorkThread] = []
        for name in links.keys.sorted() {
            if let link = links[name] { threads.append(try link.start()) }
        }
        threads.append(try WorkThread(named: "region-watch") { [self] in watch() })
        let deadline = Deadline(in: exchanges.timing.start)
        for link in links.values { link.awaitFirst(until: deadline) }
        exchanges.refresh()
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
            exchanges.refresh()
        } while isStopped.wait(until: Deadline(in: exchanges.timing.watch)) { $0 ? true : nil } == nil
    }
}
