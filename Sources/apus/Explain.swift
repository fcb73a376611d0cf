import ArgumentParser
import Configuration
import Delivery
import Explaining
import Logging
import OriginMaking
import Transformation

/// `apus explain`: what a delivery URL means to an installation with that configuration.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what a delivery URL means, without carrying it out.",
        discussion: """
            Account, URL endpoint and origins; the transformation step by step and the plan that it becomes; sizes at every \
            step, where the original's is given; the format and why; what the URL endpoint's ladder and query names change; \
            limits; the string that would be signed. Nothing is looked up: what the caches of a running installation have, \
            its own /_apus/explain?url=… tells. Exit status 1 if the URL would be refused.

            EXAMPLES
              apus explain --config apus.yaml 'http://localhost:8080/demo/tr:w-300,h-200/coast.jpg'
              apus explain --config apus.yaml --accept avif,webp --size 4000x3000 '/demo/coast.jpg?tr=w-0.5:rt-90'
              apus explain --config apus.yaml --json --hint width=640 --hint dpr=2 '/demo/tr:w-auto,dpr-auto/coast.jpg'
            """)

    @Option(name: .customLong("config"), help: "The configuration file.")
    var file: String

    @Option(help: "The region for which it is explained, instead of the file's.")
    var region: String?

    @OptionGroup var client: ClientOptions

    @Option(help: "The original's size, upright, in pixels.", transform: Self.size)
    var size: Size?

    @Flag(help: "Print JSON.")
    var json = false

    @Argument(help: "The URL, percent-encoded, or what of it follows the host.")
    var url: String

    func run() throws {
        let loaded: Configuration
        do {
            loaded = try Configuration.load(
                file: file, environment: environmentVariables(), overrides: .init(region: region))
        } catch {
            writeError("\(error)\n")
            throw ExitCode.failure
        }
        let outside = Outside(loaded, environment: environmentVariables())
        let logger = Logger(label: "apus.explain") { _ in SwiftLogNoOpLogHandler() }
        let explanation = Explainer(loaded, outside: outside, logger: logger).explain(
            ExplainQuestion(
                url: url, accept: client.accept, width: client.width, pixelRatio: client.pixelRatio, size: size))
        print(json ? explanation.fact.json : explanation.fact.lines, terminator: "")
        if explanation.refusal != nil { throw ExitCode.failure }
    }

    private static func size(_ text: String) throws -> Size {
        guard let size = ExplainQuestion.size(text) else {
            throw ValidationError("--size: WIDTHxHEIGHT in pixels is allowed, such as 4000x3000")
        }
        return size
    }
}
