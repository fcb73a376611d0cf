import CDNPurging
import Configuration
import Deadlines
import Delivery
import Glibc
import Logging
import Metrics
import OriginMaking
import Processes
import Regions
import RenderJobs

/// What a worker answers with, and the order in which that begins and ends.
struct WorkerParts {
    /// For what is on its way to the store when the last answer is given.
    private static let lastWrites: Duration = .seconds(1)
    /// How long the first picture may take, also where others leave the idle class little of the processor.
    private static let firstPicture: Duration = .seconds(15)

    let delivery: Delivery
    private let renders: RenderPool
    private let cache: CacheSetup
    private let otherRegions: OtherRegions?
    private let cdns: PurgesOfCDNs?
    private let logger: Logger

    init(
        _ configuration: Configuration, _ options: InstanceOptions, renders: RenderPool, metrics: Metrics,
        logger: Logger
    ) throws {
        let outside = Outside(configuration, environment: environmentVariables())
        let cache = try CacheSetup(configuration, outside: outside, metrics: metrics, logger: logger)
        let otherRegions = OtherRegions(
            configuration, engine: Engine.version, transfer: outside.transfer, redis: cache.redis,
            purges: cache.purges, metrics: metrics, logger: logger)
        let cdns = cache.purges.flatMap { log in
            PurgesOfCDNs(
                configuration, transfer: outside.transfer, roles: outside.roles, redis: cache.redis,
                purges: otherRegions?.purges ?? log, log: log, metrics: metrics, logger: logger
            ) { otherRegions?.standIns ?? [:] }
        }
        delivery = Delivery(
            configuration: configuration, outside: outside, cache: cache.cache, purges: cache.purges,
            otherRegions: otherRegions, purgesOfCDNs: cdns, renders: renders,
            quarantine: Self.makeQuarantine(in: options.directory, logger),
            edgeRoom: options.edgeCache.map { EdgeRoom(folder: $0, logger: logger) }, metrics: metrics, logger: logger
        ) {
            cache.updateGauges()
            otherRegions?.updateGauges()
            cdns?.updateGauges()
        }
        (self.renders, self.cache, self.otherRegions, self.cdns) = (renders, cache, otherRegions, cdns)
        self.logger = logger
    }

    private static func makeQuarantine(in folder: String, _ logger: Logger) -> Quarantine {
        let quarantine = Quarantine(sharedIn: folder)
        if let failure = quarantine.failure { logger.warning("quarantine", metadata: ["reason": "\(failure)"]) }
        return quarantine
    }

    /// Returns once requests may come, with the threads to be joined after `stop`.
    func start() throws -> [WorkThread] {
        var threads = try cache.start()
        // The log is known by now, and no other region is to take for completed what a CDN has yet to be told.
        cdns?.look()
        // What others have purged meanwhile comes before the first request.
        threads += try otherRegions?.start() ?? []
        try delivery.start()
        proveRendering()
        // Not before: a worker that ends there would take the turn to call a CDN along.
        if let cdns { threads.append(try cdns.start()) }
        return threads
    }

    /// Ends this worker if it cannot make a picture: those that can, also of a program before this one, go on meanwhile.
    private func proveRendering() {
        do throws(RenderPoolError) {
            let limit = Deadline(in: Self.firstPicture)
            try renders.awaitStart(until: limit)
            try RenderProof(of: renders).make(until: limit)
            renders.tellOfConfinement(logger)
        } catch {
            logger.error("no picture can be made; this worker accepts nothing", metadata: ["reason": "\(error)"])
            // Its render processes end with it.
            _exit(EXIT_FAILURE)
        }
    }

    /// Call it once no slot answers any more. What is on its way to the store has a moment left; `delivery` is stopped
    /// before.
    func stop() {
        renders.stop()
        otherRegions?.stop()
        cdns?.stop(until: Deadline(in: Self.lastWrites))
        cache.stop(until: Deadline(in: Self.lastWrites))
    }
}
