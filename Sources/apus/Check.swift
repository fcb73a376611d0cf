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
            loaded = try Configuration.load(
                file: file, environment: environmentVariables(), overrides: .init(region: region))
        } catch {
            writeError(error.description + "\n")
            throw ExitCode.failure
        }
        if settings {
            print(loaded.settingsForScripts)
        } else {
            for doubt in loaded.doubts { print("warning: \(doubt)") }
            print("\(file) is valid.")
        }
    }
}

extension Configuration {
    fileprivate var settingsForScripts: String {
        let lines: [(String, String)] = [
            ("region", region), ("slots", "\(workers.slots)"), ("totalSeconds", "\(timeouts.total.wholeSecondsUp)"),
            ("stallSeconds", "\(timeouts.stall.wholeSecondsUp)"), ("redis", redis == nil ? "" : "configured"),
        ]
        return lines.map { "\($0.0)=\($0.1)" }.joined(separator: "\n")
    }
}

extension Duration {
    fileprivate var wholeSecondsUp: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }
}
