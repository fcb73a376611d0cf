import ArgumentParser
import CDNPurging
import Configuration
import Deadlines
import Delivery
import FastCGI
import Glibc
import Logging
import Memory
import Metrics
import OriginMaking
import Processes
import Regions
import RenderJobs

/// One worker process: its slots answer requests, its render processes make pictures. Started by `apus serve` alone.
struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Started by serve.", shouldDisplay: false)

    /// Under which numbers a worker finds what its supervisor hands over.
    private static let listenerDescriptor: Int32 = 3
    private static let controlDescriptor: Int32 = 4
    private static let configurationDescriptor: Int32 = 5

    /// For what is on its way to the store when the last answer is given.
    private static let lastWrites: Duration = .seconds(1)
    /// How long the first picture may take, also where others leave the idle class little of the processor.
    private static let firstPicture: Duration = .seconds(15)

    @Option(help: .hidden)
    var supervisor: Int32

    @OptionGroup var options: InstanceOptions

    func run() throws {
        LineLog.start()
        let logger = Logger(label: "apus.worker")
        Signals.ignoreBrokenPipes()
        var signals = Signals(blocking: [SIGTERM, SIGINT, SIGHUP])
        guard ThisProcess.endWithParent(supervisor, signal: SIGTERM) else { return }
        guard var listener = Listener(inherited: Self.listenerDescriptor) else {
            throw Complaint("a worker is started by apus serve")
        }
        let control = MessageSocket(adopting: Self.controlDescriptor)
        let text = try SharedMemory(inherited: Self.configurationDescriptor)
        let configuration = try options.load(text.copied)
        listener.webServers = try WebServers(
            of: configuration, on: listener, environment: environmentVariables(), logger: logger)

        let names = configuration.regions.keys.filter { $0 != configuration.region }
        let metrics = Metrics(sharedIn: options.directory, regions: names)
        if let failure = metrics.failure { logger.warning("metrics", metadata: ["reason": "\(failure)"]) }
        metrics.add(.workerStarts)
        let renders = makeRenders(configuration)
        let keeper = try renders.start()
        let outside = Outside(configuration, environment: environmentVariables())
        let setup = try CacheSetup(configuration, outside: outside, metrics: metrics, logger: logger)
        let otherRegions = OtherRegions(
            configuration, engine: Engine.version, transfer: outside.transfer, redis: setup.redis,
            purges: setup.purges, metrics: metrics, logger: logger)
        let cdns = setup.purges.flatMap { log in
            PurgesOfCDNs(
                configuration, transfer: outside.transfer, roles: outside.roles, redis: setup.redis,
                purges: otherRegions?.purges ?? log, log: log, metrics: metrics, logger: logger
            ) { otherRegions?.standIns ?? [:] }
        }
        let delivery = Delivery(
            configuration: configuration, outside: outside, cache: setup.cache, purges: setup.purges,
            otherRegions: otherRegions, purgesOfCDNs: cdns, renders: renders,
            quarantine: makeQuarantine(logger),
            edgeRoom: options.edgeCache.map { EdgeRoom(folder: $0, logger: logger) }, metrics: metrics, logger: logger
        ) {
            setup.updateGauges()
            otherRegions?.updateGauges()
            cdns?.updateGauges()
        }
        var helpers = try setup.start()
        // The log is known by now, and no other region is to take for completed what a CDN has yet to be told.
        cdns?.look()
        // What others have purged meanwhile comes before the first request.
        helpers += try otherRegions?.start() ?? []
        try delivery.start()
        proveRendering(renders, logger)
        // Not before: a worker that ends there would take the turn to call a CDN along.
        if let cdns { helpers.append(try cdns.start()) }
        let drain = try Drain()
        ThisProcess.raiseDescriptorLimit()
        let files = PassingThreads(logger: logger)
        let slots = try SlotThreads(
            count: configuration.workers.slots, listener: listener, drain: drain, delivery: delivery, files: files)
        // A supervisor that is just being renewed does not listen; the next one asks nobody again.
        try? control.send([1])

        while signals.wait(until: Deadline(in: .seconds(3600))) != SIGTERM {}
        let end = Deadline(in: configuration.timeouts.total)
        drain.begin()
        delivery.stop()
        slots.join()
        files.join(until: end)
        renders.stop()
        otherRegions?.stop()
        cdns?.stop(until: Deadline(in: Self.lastWrites))
        setup.stop(until: Deadline(in: Self.lastWrites))
        for thread in helpers + [keeper] { thread.join() }
        // A refresh may still wait for its origin; it holds nothing that anybody needs.
        _exit(EXIT_SUCCESS)
    }

    /// Ends this worker if it cannot make a picture: those that can, also of a program before this one, go on meanwhile.
    private func proveRendering(_ renders: RenderPool, _ logger: Logger) {
        do throws(RenderPoolError) {
            let limit = Deadline(in: Self.firstPicture)
            try renders.awaitStart(until: limit)
            try RenderProof(of: renders).make(until: limit)
            renders.tellOfLockdown(logger)
        } catch {
            logger.error("no picture can be made; this worker accepts nothing", metadata: ["reason": "\(error)"])
            // Its render processes end with it.
            _exit(EXIT_FAILURE)
        }
    }

    private func makeQuarantine(_ logger: Logger) -> Quarantine {
        let quarantine = Quarantine(sharedIn: options.directory)
        if let failure = quarantine.failure { logger.warning("quarantine", metadata: ["reason": "\(failure)"]) }
        return quarantine
    }

    private func makeRenders(_ configuration: Configuration) -> RenderPool {
        let workers = configuration.workers
        let wanted = workers.renders > 0 ? workers.renders : ProcessorGrant.count()
        let count = (wanted + workers.processes - 1) / workers.processes
        // The other half is for what workers hold, and for the cache of files.
        let memory = workers.memoryBytes > 0 ? workers.memoryBytes : MemoryGrant.bytes() / 2
        return RenderPool(
            directory: options.directory, count: count,
            settings: RenderSettings(configuration, memory: memory, count: count * workers.processes),
            admission: RenderAdmission(grant: memory, workers: workers.processes, slots: workers.slots))
    }
}
