import ArgumentParser
import Configuration
import Glibc

/// Which configuration an instance runs with; workers are started with the same words as their supervisor.
struct InstanceOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: "The configuration file.")
    var file: String

    @Option(
        help: "Where to accept FastCGI: unix:/PATH or HOST:PORT. Not needed for a socket handed over on descriptor 0.")
    var listen: String?

    @Option(name: .customLong("state"), help: "A folder of this instance: pid file, what libvips wants at its start.")
    var directory: String

    @Option(help: "The number of worker processes, instead of the file's.")
    var workers: Int?

    @Option(
        name: .customLong("default-workers"), help: "The number of worker processes where the file names none.")
    var defaultWorkers: Int?

    @Option(
        name: .customLong("default-renders"),
        help: "The number of render processes where the file names none, instead of one for each CPU.")
    var defaultRenders: Int?

    @Option(help: "This instance's region, instead of the file's.")
    var region: String?

    @Option(name: .customLong("default-redis"), help: "The Redis to use where the file names none.")
    var redis: String?

    @Option(name: .customLong("default-store"), help: "The folder of the store where the file names none.")
    var store: String?

    @Option(
        name: .customLong("default-store-bytes"),
        help: "With --default-store: how many bytes it holds at most, instead of 10 GB.")
    var storeBytes: Int?

    @Option(
        name: .customLong("edge-cache"),
        help: "nginx' cache on this host: it is told to keep nothing while there is no room on its disk.")
    var edgeCache: String?

    func validate() throws {
        guard store != nil || storeBytes == nil else {
            throw ValidationError("--default-store-bytes goes with --default-store")
        }
    }

    /// Checks `text`, which is or was what the file holds, with what the command line says over it.
    func load(_ text: [UInt8]) throws(ConfigurationProblems) -> Configuration {
        try Configuration.load(
            text: text, of: file, environment: environmentVariables(),
            overrides: .init(
                region: region, processes: workers, defaultProcesses: defaultWorkers, defaultRenders: defaultRenders,
                redis: redis, store: store, storeBytes: storeBytes))
    }

    /// What to start another program of this instance with.
    var arguments: [String] {
        var arguments = ["--config", file, "--state", directory]
        for (name, value) in [
            ("--listen", listen), ("--workers", workers.map(String.init)), ("--region", region),
            ("--default-redis", redis), ("--default-store", store),
            ("--default-workers", defaultWorkers.map(String.init)),
            ("--default-renders", defaultRenders.map(String.init)),
            ("--default-store-bytes", storeBytes.map(String.init)), ("--edge-cache", edgeCache),
        ] {
            if let value { arguments += [name, value] }
        }
        return arguments
    }
}

/// The environment of this process.
func environmentVariables() -> [String: String] {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
        let text = String(cString: entry)
        if let equals = text.firstIndex(of: "=") {
            variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        next += 1
    }
    return variables
}
