import ArgumentParser
import Configuration
import Explaining
import OriginMaking
import Probing

/// `apus check FILE`: every problem of a configuration at once; with `--probe`, whether its origins can be reached.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Validates a configuration file.",
        discussion: """
            With --probe an object of every origin is fetched: one that --object names, else one that the origin lists. \
            An origin that lists nothing is asked for a name that nothing has; that it is not found shows that the \
            server is there and takes our credentials. What may be in its home region only is not fetched elsewhere.

            With --regions every other region is asked how it is: whether it can be reached and takes our signature, which \
            configuration and program it runs, what its clock says, which purges it knows, and whom it hears. \
            Exit status 1 if anything is wrong.
            """)

    @Argument(help: "The configuration file.")
    var file: String

    @Option(help: "The region to check it for.")
    var region: String?

    @Flag(help: "Print the settings that scripts need as NAME=VALUE lines.")
    var settings = false

    @Flag(help: "Fetch an object of every origin.")
    var probe = false

    @Flag(help: "Ask the other regions how they are.")
    var regions = false

    @Flag(help: "Print JSON: what --regions has found; alone the regions, the DNS and the custom hosts.")
    var json = false

    @Option(
        name: .customLong("object"),
        help: ArgumentHelp(
            """
            An object to fetch: its path as it stands in a URL, for every origin or for one; a URL for a web proxy. \
            May be given more than once.
            """,
            valueName: "[[ACCOUNT/]ORIGIN=]PATH"))
    var objects: [String] = []

    func validate() throws {
        guard probe || objects.isEmpty else { throw ValidationError("--object goes with --probe") }
        guard !json || !(settings || probe) else { throw ValidationError("--json goes alone or with --regions") }
        guard [settings, probe, regions].count(where: { $0 }) <= 1 else {
            throw ValidationError("only one of --settings, --probe and --regions at a time")
        }
    }

    func run() throws {
        let loaded = try checked()
        if settings {
            print(loaded.settingsForScripts)
            return
        }
        if regions { return try ask(loaded) }
        if json {
            print(loaded.installation.json, terminator: "")
            return
        }
        for doubt in loaded.doubts(file: file) { print("warning: \(doubt)") }
        if probe {
            try probe(loaded)
        } else {
            print("\(file) is valid\(loaded.regions.count > 1 ? ", looked at as \(loaded.region)" : "").")
        }
    }

    private func checked() throws -> Configuration {
        do {
            let loaded = try Configuration.load(
                file: file, environment: environmentVariables(),
                // A file is right or wrong for all regions; what is done is done as one of them.
                overrides: .init(region: region, takesAnyRegion: !(settings || probe || regions)))
            let problems = loaded.originProblems
            guard problems.isEmpty else { throw ConfigurationProblems(problems: problems) }
            return loaded
        } catch {
            writeError("\(error)\n")
            throw ExitCode.failure
        }
    }

    private func probe(_ configuration: Configuration) throws {
        let choices: [ObjectChoice]
        do throws(ObjectChoice.Fault) {
            choices = try objects.map { (text) throws(ObjectChoice.Fault) in try ObjectChoice(text, in: configuration) }
        } catch {
            throw ValidationError("--object: \(error)")
        }
        let findings = Probe(configuration, environment: environmentVariables()).run(choices)
        print(ProbeReport(findings, timeouts: configuration.timeouts), terminator: "")
        guard !findings.contains(where: \.hasFailed) else { throw ExitCode.failure }
    }
}
