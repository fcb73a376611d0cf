import Deadlines
import Logging
import Metrics
import Purging
import Synchronization

/// What this worker tells other regions, and what it makes of what they tell. Shared by all links, and by the slots that
/// answer other regions' exchanges.
final class RegionExchanges: Sendable {
    /// What came of a message.
    struct Taken: Sendable, Hashable {
        /// Everything that its teller knows is known here.
        var isWhole: Bool
        /// Something of it was new here.
        var isNews: Bool
    }

    let identity: RegionIdentity
    let timing: LinkTiming
    let log: (any SharedPurges)?
    private let news: Monitor<RegionNews>
    private let hasMajority = Atomic(false)
    /// When this process began to listen.
    let start = Deadline.now
    private let metrics: Metrics
    private let logger: Logger

    init(
        _ identity: RegionIdentity, others: [String], log: (any SharedPurges)?, timing: LinkTiming, metrics: Metrics,
        logger: Logger
    ) {
        self.identity = identity
        self.timing = timing
        self.log = log
        news = Monitor(RegionNews(own: identity.region, others: others))
        self.metrics = metrics
        self.logger = logger
    }

    /// What is known of the purges of all.
    var vector: PurgeVector { log?.vector ?? PurgeVector() }

    // MARK: Telling

    /// - Parameter known: what the other knows; `nil` where it has not told yet, and is offered nothing.
    func message(to known: PurgeVector?) -> ExchangeMessage {
        let vector = vector
        let settled = log?.settled ?? PurgeVector()
        var message = ExchangeMessage(
            configuration: identity.configuration, engine: identity.engine, form: identity.form, known: vector,
            sightings: news.withLock { $0.sightings(settled: settled, now: .now) })
        guard let log, let known, !known.covers(vector) else { return message }
        message.offers = log.offers(to: known, mostBytes: message.roomForOffers)
        message.isCut = message.offers.contains { $0.upTo < vector[$0.source] }
        return message
    }

    // MARK: Hearing

    /// Takes in what another region tells; may wait for the purge log, until the deadline.
    ///
    /// - Parameter moment: it was told at that moment or later.
    func take(
        _ message: ExchangeMessage, from teller: String, at moment: Deadline, until deadline: Deadline
    ) -> Taken {
        news.withLock { news in
            news.hear(message, from: teller, at: moment)
            news.dialled(teller, refused: false, at: moment)
        }
        let taken = adopt(message, from: teller, until: deadline)
        if taken.isWhole { news.withLock { $0.confirm(message, from: teller, at: moment) } }
        refresh()
        return taken
    }

    private func adopt(_ message: ExchangeMessage, from teller: String, until deadline: Deadline) -> Taken {
        // Without a log nothing is kept here either that a purge could mean.
        guard let log else { return Taken(isWhole: true, isNews: false) }
        let before = log.vector
        let othersKnowMore = message.known[identity.region] > before[identity.region]
        if othersKnowMore { log.noteOwnNumber(message.known[identity.region]) }
        let offers = message.offers.filter { $0.upTo > before[$0.source] }
        // Also where nothing is offered: a log that was lost is made good in any case.
        if othersKnowMore || !offers.isEmpty {
            do {
                try log.adopt(offers, accounts: identity.accounts, deadline: deadline)
            } catch {
                metrics.add(.regionExchanges(.notAdopted))
                logger.error("purges not adopted", metadata: ["region": "\(teller)", "reason": "\(error)"])
                return Taken(isWhole: false, isNews: false)
            }
            noteAdopted(offers, above: before)
        }
        let wanted = wanted(message, after: offers)
        if othersKnowMore || !offers.isEmpty { _ = log.awaitVector(wanted, until: deadline.capped(to: timing.news)) }
        return Taken(
            isWhole: !message.isCut && log.vector.covers(wanted),
            isNews: offers.contains { log.vector[$0.source] > before[$0.source] })
    }

    /// What has to be known here before all is known that the teller knows. What it knows of regions that are none any
    /// more, and does not offer, nobody will ever tell.
    private func wanted(_ message: ExchangeMessage, after offers: [PurgeOffer]) -> PurgeVector {
        let offered = Set(offers.map(\.source))
        let regions = news.withLock { Set($0.others) }.union([identity.region])
        var wanted = PurgeVector()
        for source in message.known.regions where regions.contains(source) || offered.contains(source) {
            wanted.raise(source, to: message.known[source])
        }
        return wanted
    }

    private func noteAdopted(_ offers: [PurgeOffer], above known: PurgeVector) {
        let rules = offers.flatMap(\.rules)
        let new = rules.filter { $0.source.map { $0.number > known[$0.region] } ?? false }
        metrics.add(.adoptedRules, new.count)
        for offer in offers where offer.isReset {
            logger.warning("all of a region's purges taken for one", metadata: ["region": "\(offer.source)"])
        }
    }

    /// Takes note of how dialling another region has failed.
    func failed(_ region: String, _ error: RegionError) {
        news.withLock { $0.dialled(region, refused: error == .connectionRefused, at: .now) }
        refresh()
    }

    // MARK: Confidence

    /// Whether the purges of all are known well enough for answers to go out unmarked. One load.
    var knowsPurgesOfAll: Bool { hasMajority.load(ordering: .relaxed) }

    /// Looks anew at what time and messages have changed.
    func refresh() {
        let confidence = look().confidence
        guard hasMajority.exchange(confidence.hasMajority, ordering: .relaxed) != confidence.hasMajority else { return }
        logger.log(
            level: confidence.hasMajority ? .notice : .warning,
            confidence.hasMajority ? "purges of all regions are known" : "answers are marked as stale",
            metadata: ["unheard": "\(confidence.unheard.sorted().joined(separator: " "))"])
    }

    func look() -> (confidence: Confidence, news: RegionNews) {
        let news = news.withLock { $0 }
        return (Confidence(news, limits: timing.confidence, start: start, now: .now), news)
    }

    /// Whether all other regions obey a purge, or are gone.
    func isObeyed(_ purge: PurgeRule.Source) -> Bool {
        let (confidence, news) = look()
        return confidence.isObeyed(purge, by: news)
    }
}
