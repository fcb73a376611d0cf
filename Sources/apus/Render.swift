import ArgumentParser
import Configuration
import Deadlines
import Delivery
import Explaining
import Glibc
import Memory
import Processes
import RenderJobs
import Transformation

/// `apus render`: one local file through the plan and the render process that a delivery URL would have.
struct Render: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Transforms a local file as a delivery URL would.",
        discussion: """
            The format is the one that f names, else that of OUT's extension. Pictures and fonts of layers are looked up \
            below the folder of FILE, or below --root. Limits, named transformations and defaults are those of --config, or \
            what holds where a configuration says nothing.

            EXAMPLES
              apus render coast.jpg tr:w-300,h-200 -o small.webp
              apus render coast.jpg 'tr:w-400:l-text,i-Hello%20World,fs-32,l-end' -o text.png
              apus render coast.jpg tr:n-thumb --config apus.yaml --account demo -o thumb.jpg
              apus render coast.jpg tr:w-300 --accept avif,webp -o - > small
            """)

    @Argument(help: "The picture.")
    var file: String

    @Argument(help: "The transformation, as in a URL; tr: in front may be left out.")
    var transformation: String = ""

    @Option(name: [.customShort("o"), .customLong("output")], help: "Where to write the result; - is standard output.")
    var output: String

    @Option(name: .customLong("config"), help: "A configuration file.")
    var configurationFile: String?

    @Option(help: "The account of the configuration; needed where there are several.")
    var account: String?

    @Option(name: .customLong("url-prefix"), help: "The account's URL endpoint, if not its first.")
    var urlPrefix: String?

    @Option(help: "Where pictures and fonts of layers are looked up.")
    var root: String?

    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard configurationFile != nil || (account == nil && urlPrefix == nil) else {
            throw ValidationError("--account and --url-prefix go with --config")
        }
    }

    func run() throws {
        Signals.ignoreBrokenPipes()
        let start = Deadline.now
        let surroundings = try FileSurroundings(configurationFile, account: account, urlPrefix: urlPrefix)
        do throws(DeliveryError) {
            let files = LocalFiles(of: file, root: root, sourceBytes: surroundings.limits.sourceBytes)
            let original = try files.original()
            switch try resolution(surroundings) {
            case .original: try write(original, "untouched", start)
            case .variant(let plan):
                let rendered = try LocalRender(surroundings).render(plan, original, files)
                let facts = rendered.facts
                let frames = facts.frames > 1 ? ", \(facts.frames) frames" : ""
                try write(
                    rendered.bytes, "\(facts.format.rawValue), \(facts.width)x\(facts.height)\(frames)", start)
            }
        } catch {
            // What the client does not get to see says more where we are to blame.
            let log = error.status >= 500 ? error.log : nil
            writeError("\(error.status) \(error.code) - \(error.message)\(log.map { " (\($0))" } ?? "")\n")
            throw ExitCode.failure
        }
    }

    private func resolution(_ surroundings: FileSurroundings) throws(DeliveryError) -> Resolution {
        do throws(TransformationError) {
            let text = try PercentDecoding.text(Array(transformation.utf8)[...])
            let read = try Transformation(text.isEmpty ? [] : [text], rules: surroundings.rules)
            let named = surroundings.named
            return try read.resolve(
                named: named, defaults: try defaults(read, surroundings), accepting: client.acceptedFormats,
                hints: client.clientHints)
        } catch {
            throw DeliveryError(error)
        }
    }

    /// With the format that the name of the output asks for.
    private func defaults(
        _ transformation: Transformation, _ surroundings: FileSurroundings
    ) throws(TransformationError) -> OutputDefaults {
        var defaults = surroundings.defaults
        let name = output.split(separator: "/").last ?? ""
        guard output != "-", let dot = name.lastIndex(of: "."), dot > name.startIndex else { return defaults }
        let word = name[name.index(after: dot)...].lowercased()
        if let format = FormatChoice(word), format != .auto, format != .source {
            defaults.format = format
        } else if !transformation.namesFormat(named: surroundings.named) {
            throw .invalidValue(parameter: "f", value: word, allowed: "jpg, jpeg, png, webp, avif, gif")
        }
        return defaults
    }

    private func write(_ bytes: SharedMemory, _ what: String, _ start: Deadline) throws(DeliveryError) {
        guard let failure = OutputFile(output).write(bytes) else {
            writeError("\(what), \(bytes.count) bytes, \(start.elapsed.wholeMilliseconds) ms\n")
            return
        }
        throw DeliveryError(
            status: 500, code: "EIO", message: "\(output): \(String(cString: strerror(failure)))", keeping: .never)
    }
}
