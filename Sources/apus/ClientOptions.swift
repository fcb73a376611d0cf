import ArgumentParser
import Delivery
import HTTPRules
import Transformation

/// The client for whom a command acts.
struct ClientOptions: ParsableArguments {
    /// What `--hint` can tell.
    struct Hint: ExpressibleByArgument {
        enum Name: String {
            case width, dpr
        }

        let name: Name
        let value: String

        init?(argument: String) {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let name = Name(rawValue: parts[0]) else { return nil }
            (self.name, value) = (name, parts[1])
        }
    }

    @Option(help: "The formats that the client accepts: avif,webp, or a whole Accept header.")
    var accept: String?

    @Option(
        name: .customLong("hint"),
        help: ArgumentHelp(
            "What the client says of its screen, for w-auto and dpr-auto. May be given more than once.",
            valueName: "width=PIXELS|dpr=NUMBER"))
    var hints: [Hint] = []

    var width: String? { hints.last { $0.name == .width }?.value }
    var pixelRatio: String? { hints.last { $0.name == .dpr }?.value }

    var clientHints: ClientHints { ClientHints(width: width, pixelRatio: pixelRatio) }
    var acceptedFormats: AcceptedFormats {
        AcceptedFormats(AcceptHeader(ExplainQuestion.acceptHeader(accept)))
    }
}
