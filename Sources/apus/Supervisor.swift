import Configuration
import Deadlines
import FastCGI
import Glibc
import Logging
import Memory
import Processes

/// Starts the workers, replaces those that end, and lets a newer program take over. Answers nothing itself.
struct Supervisor {
    /// How often the state of things is looked at when no signal comes.
    private static let interval: Duration = .milliseconds(200)
    /// How long the check of a new configuration may take.
    private static let checkLimit: Duration = .seconds(30)

    private let options: InstanceOptions
    private let program: String
    private let listener: Listener
    private let drainLimit: Duration
    private let logger: Logger
    private let manager = ServiceManager(environment: environmentVariables())
    private var signals: Signals
    private var workers: WorkerSet
    /// Workers of the program before: each goes on serving until one of ours is ready.
    private var retiring: [ChildProcess]

    init(
        options: InstanceOptions, text: [UInt8], processes: Int, listener: Listener, signals: Signals,
        drainLimit: Duration, retiring: [ChildProcess], logger: Logger
    ) throws(SharedMemoryError) {
        self.options = options
        self.listener = listener
        self.signals = signals
        self.drainLimit = drainLimit
        self.retiring = retiring
        self.logger = logger
        program = ThisProcess.programPath(of: CommandLine.arguments[0])
        workers = try WorkerSet(
            count: processes, program: program,
            arguments: ["worker", "--supervisor", "\(getpid())"] + options.arguments, configuration: text,
            listener: listener, logger: logger)
    }

    /// Runs until SIGTERM or SIGINT, and until all workers have ended then.
    mutating func run() {
        logger.info("serving", metadata: ["workers": "\(workers.count)", "pid": "\(getpid())"])
        while true {
            let ready = workers.tend()
            for _ in 0..<ready { retireOne() }
            if workers.areAllReady { while !retiring.isEmpty { retireOne() } }
            report()
            collectRetired()
            switch signals.wait(until: Deadline(in: Self.interval)) {
            case SIGTERM, SIGINT: return drain()
            case SIGHUP: renew()
            default: break
            }
        }
    }

    // MARK: The service manager

    /// Of how many ready workers it was told last.
    private var reported: Int?

    /// Only the first time counts to it that all of them are ready; one that ends later is replaced here.
    private mutating func report() {
        let ready = workers.readyCount
        guard ready != reported else { return }
        reported = ready
        let status = ServiceManager.News.status("\(ready) of \(workers.count) workers ready")
        manager.tell(workers.areAllReady ? [.ready, status] : [status])
    }

    // MARK: Retiring

    /// Those that were told to end, and by when they have to.
    private var ending: [(worker: ChildProcess, limit: Deadline)] = []

    private mutating func retireOne() {
        guard let worker = retiring.popLast() else { return }
        worker.send(SIGTERM)
        ending.append((worker, Deadline(in: drainLimit)))
    }

    private mutating func collectRetired() {
        for (worker, limit) in ending where limit.hasPassed { worker.send(SIGKILL) }
        ending.removeAll { $0.worker.exitCode() != nil }
        retiring.removeAll { $0.exitCode() != nil }
    }

    private var everyone: [ChildProcess] { workers.all + retiring + ending.map(\.worker) }

    // MARK: Ending and renewing

    private mutating func drain() {
        logger.info("draining")
        manager.tell([.stopping, .status("answering what was accepted")])
        var left = everyone
        for worker in left { worker.send(SIGTERM) }
        let deadline = Deadline(in: drainLimit)
        while !left.isEmpty, !deadline.hasPassed {
            left.removeAll { $0.exitCode() != nil }
            if !left.isEmpty { _ = signals.wait(until: Deadline(in: Self.interval)) }
        }
        for worker in left {
            logger.warning("worker killed", metadata: ["pid": "\(worker.id)"])
            worker.send(SIGKILL)
            worker.waitForEnd()
        }
    }

    /// The program that lies on disk now judges the configuration that lies there now, and takes over if it likes it.
    private mutating func renew() {
        guard check() else {
            logger.error("the configuration is not valid; nothing is changed")
            manager.tell([.status("not renewed: the configuration is not valid")])
            return
        }
        logger.info("renewing")
        let inheritance = Inheritance(listener: listener.descriptor, workers: everyone)
        let error = inheritance.become(program, arguments: ["serve"] + options.arguments)
        logger.error("not renewed", metadata: ["reason": "\(error)"])
    }

    private mutating func check() -> Bool {
        let arguments = ["serve", "--only-check"] + options.arguments
        let environment = ServiceManager.removed(from: environmentVariables())
        guard let child = try? ChildProcess(path: program, arguments: arguments, environment: environment)
        else { return false }
        let deadline = Deadline(in: Self.checkLimit)
        var met: Int32?
        // What is met here is to be met again, and obeyed, where all signals are.
        defer { if let met { kill(getpid(), met) } }
        while !deadline.hasPassed {
            if let code = child.exitCode() { return code == 0 }
            let number = signals.wait(until: Deadline(in: Self.interval))
            if number == SIGHUP { met = SIGHUP }
            if number == SIGTERM || number == SIGINT {
                met = number
                break
            }
        }
        child.send(SIGKILL)
        child.waitForEnd()
        return false
    }
}
