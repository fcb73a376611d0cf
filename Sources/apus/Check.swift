import ArgumentParser
import Configuration

/// `apus check FILE`: every problem of a configuration at once.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Validates a configuration file.")

    @Argument(help: "The configuration file.")
    var file: String

    @Option(help: "The region to check it for.")
    var region: String?

    @Flag(help: "Print the settings that scripts need as NAME=VALUE lines.")
    var settings = false

    func run() throws {
        let loaded: Configuration
        do {
            loaded = try ConfigurationFile.load(file, overrides: .init(region: region))
        } catch {
            writeError(error.description + "\n")
            throw ExitCode.failure
        }
        print(settings ? loaded.settingsForScripts : "\(file) is valid.")
    }
}

extension Configuration {
    fileprivate var settingsForScripts: String {
        let disk: String =
            switch store {
            case .disk(let path): path
            case .s3: "s3"
            case nil: ""
            }
        let lines: [(String, String)] = [
            ("region", region), ("processes", "\(workers.processes)"), ("slots", "\(workers.slots)"),
            ("totalSeconds", "\(timeouts.total.wholeSecondsUp)"), ("stallSeconds", "\(timeouts.stall.wholeSecondsUp)"),
            ("edgeSeconds", "\(cache.edgeAge.wholeSecondsUp)"), ("redis", redis == nil ? "" : "configured"),
            ("store", disk),
        ]
        return lines.map { "\($0.0)=\($0.1)" }.joined(separator: "\n")
    }
}

extension Duration {
    fileprivate var wholeSecondsUp: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }
}
