import ArgumentParser
import Configuration
import FastCGI
import Glibc
import Logging
import OriginMaking
import Processes

/// `apus serve`: opens the socket, and watches over the workers that answer on it.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves pictures over FastCGI.",
        discussion: """
            SIGTERM: answer what was accepted, then end. SIGHUP: check the configuration with the program as it is on \
            disk now, and if it is good, replace supervisor and workers by it without losing a request.
            """)

    @OptionGroup var options: InstanceOptions

    /// What a supervisor asks the newer program before it lets it take over.
    @Flag(name: .customLong("only-check"), help: .hidden)
    var onlyChecks = false

    func run() throws {
        if onlyChecks {
            _ = try servable().get()
            return
        }
        LineLog.start()
        let logger = Logger(label: "apus.serve")
        Signals.ignoreBrokenPipes()
        let signals = Signals(blocking: [SIGTERM, SIGINT, SIGHUP, SIGCHLD])
        let inheritance = Inheritance.taken()
        let configuration: Configuration?
        var text: [UInt8] = []
        switch servable() {
        case .success(let loaded): (configuration, text) = loaded
        // The file has changed since it was checked: the workers of before go on, until the next SIGHUP.
        case .failure(let error) where inheritance != nil:
            logger.error("not renewed", metadata: ["reason": "\(error)"])
            configuration = nil
        case .failure(let error):
            writeError("\(error)\n")
            throw ExitCode.failure
        }
        let listener = try listener(inheritance)
        if let configuration {
            for one in configuration.insecurities { logger.warning("configuration", metadata: ["insecure": "\(one)"]) }
            try tellWhoMayAsk(configuration, listener, logger)
        }
        let pidFile = PIDFile(directory: options.directory)
        try pidFile.write()
        var supervisor = try Supervisor(
            options: options, text: text, processes: configuration?.workers.processes ?? 0, listener: listener,
            signals: signals,
            drainLimit: (configuration?.timeouts.total ?? Self.longestTotal) + .seconds(2),
            retiring: inheritance?.workers ?? [], logger: logger)
        supervisor.run()
        pidFile.remove()
    }

    /// What `timeouts.total` can be at most, where the file that said it is gone.
    private static let longestTotal: Duration = .seconds(600)

    /// The file's text, once it is known to be good: workers get these very bytes, whatever lies there later.
    private func servable() -> Result<(Configuration, [UInt8]), any Error> {
        Result {
            let text = try Configuration.read(file: options.file)
            let configuration = try options.load(text)
            let problems = configuration.originProblems + configuration.purgeProblems
            guard problems.isEmpty else { throw ConfigurationProblems(problems: problems) }
            return (configuration, text)
        }
    }

    /// Workers on the network are for nginx alone (WebServers): better known now than by pictures that do not come.
    private func tellWhoMayAsk(_ configuration: Configuration, _ listener: Listener, _ logger: Logger) throws {
        let environment = environmentVariables()
        _ = try WebServers(of: configuration, on: listener, environment: environment, logger: logger)
        if let doubt = WebServers.doubt(about: configuration, on: listener, environment: environment) {
            logger.warning("configuration", metadata: ["doubt": "\(doubt)"])
        }
    }

    private func listener(_ inheritance: Inheritance?) throws -> Listener {
        if let descriptor = inheritance?.listener, let listener = Listener(inherited: descriptor) { return listener }
        if let listener = Listener(inherited: STDIN_FILENO) { return listener }
        guard let text = options.listen else {
            throw Complaint("--listen is needed, or a listening socket on descriptor 0")
        }
        return try Listener(ListenAddress(text))
    }
}

/// The file by which scripts find a running instance.
struct PIDFile {
    private let path: String

    init(directory: String) {
        path = directory + "/apus.pid"
    }

    /// In one step, so that nobody reads half a number.
    func write() throws {
        let draft = path + ".new"
        let text = [UInt8]("\(getpid())\n".utf8)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ProcessError(call: "open \(draft)", errno: errno) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, text, text.count) == text.count, rename(draft, path) == 0 else {
            throw ProcessError(call: "write \(path)", errno: errno)
        }
    }

    func remove() {
        unlink(path)
    }
}
