import ArgumentParser
import Configuration
import Deadlines
import Delivery
import FastCGI
import Glibc
import Logging
import Memory
import Metrics
import Processes
import RenderJobs

/// One worker process: its slots answer requests, its render processes make pictures. Started by `apus serve` alone.
struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Started by serve.", shouldDisplay: false)

    /// Under which numbers a worker finds what its supervisor hands over.
    private static let listenerDescriptor: Int32 = 3
    private static let controlDescriptor: Int32 = 4
    private static let configurationDescriptor: Int32 = 5

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

        let metrics = makeMetrics(configuration, logger)
        let metronome = makeMetronome(configuration)
        let renders = makeRenders(configuration, metronome)
        let keepers = try [renders.start()] + (metronome?.start() ?? [])
        let parts = try WorkerParts(configuration, options, renders: renders, metrics: metrics, logger: logger)
        let helpers = try parts.start() + keepers
        let drain = try Drain()
        ThisProcess.raiseDescriptorLimit()
        let files = PassingThreads(logger: logger)
        let slots = try SlotThreads(
            count: configuration.workers.slots, listener: listener, drain: drain, delivery: parts.delivery,
            files: files)
        // A supervisor that is just being renewed does not listen; the next one asks nobody again.
        try? control.send([1])

        while signals.wait(until: Deadline(in: .seconds(3600))) != SIGTERM {}
        let end = Deadline(in: configuration.timeouts.total)
        drain.begin()
        parts.delivery.stop()
        slots.join()
        files.join(until: end)
        parts.stop()
        metronome?.stop()
        for thread in helpers { thread.join() }
        // A refresh may still wait for its origin; it holds nothing that anybody needs.
        _exit(EXIT_SUCCESS)
    }

    private func makeMetrics(_ configuration: Configuration, _ logger: Logger) -> Metrics {
        let others = configuration.regions.keys.filter { $0 != configuration.region }
        let metrics = Metrics(sharedIn: options.directory, regions: others)
        if let failure = metrics.failure { logger.warning("metrics", metadata: ["reason": "\(failure)"]) }
        metrics.add(.workerStarts)
        return metrics
    }

    /// Linux before this chose a processor's next thread so that nothing of the idle class came before others.
    private static let firstToNeedMetronome = KernelVersion(6, 6)

    /// None where renders leave processors to others, as in a container that may use two of sixty-four.
    private func makeMetronome(_ configuration: Configuration) -> Metronome? {
        let processes = configuration.workers.processes
        let processors = ProcessorGrant.allowed
        guard KernelVersion.current ?? Self.firstToNeedMetronome >= Self.firstToNeedMetronome,
            processors <= Self.renders(configuration) * processes
        else { return nil }
        return Metronome(processors: processors, count: processes)
    }

    /// Render processes of each worker.
    private static func renders(_ configuration: Configuration) -> Int {
        let workers = configuration.workers
        let wanted = workers.renders > 0 ? workers.renders : ProcessorGrant.count()
        return (wanted + workers.processes - 1) / workers.processes
    }

    private func makeRenders(_ configuration: Configuration, _ metronome: Metronome?) -> RenderPool {
        let workers = configuration.workers
        let count = Self.renders(configuration)
        // The other half is for what workers hold, and for the cache of files.
        let memory = workers.memoryBytes > 0 ? workers.memoryBytes : MemoryGrant.bytes() / 2
        return RenderPool(
            directory: options.directory, count: count,
            settings: RenderSettings(configuration, memory: memory, count: count * workers.processes),
            admission: RenderAdmission(grant: memory, workers: workers.processes, slots: workers.slots),
            metronome: metronome)
    }
}
