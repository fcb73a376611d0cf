import ArgumentParser
import Configuration
import Deadlines
import HTTPRules
import Signing

/// `apus sign`: signs a delivery URL with the first key of its account.
struct Sign: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Signs a delivery URL.")

    @Option(name: .customLong("config"), help: "The configuration file.")
    var file: String

    @Option(
        help: ArgumentHelp(
            "How long the URL is good: seconds, or such as 90s, 15m or 1d; without it, for ever.", valueName: "TIME"),
        transform: Self.seconds)
    var expires: Int64?

    @Argument(help: "The URL, percent-encoded, as clients will ask for it.")
    var url: String

    func run() throws {
        let loaded: Configuration
        do {
            loaded = try Configuration.load(
                file: file, environment: environmentVariables(), overrides: .init(takesAnyRegion: true))
        } catch {
            writeError(error.description + "\n")
            throw ExitCode.failure
        }
        guard let address = WebAddress(url) else { throw Complaint("not an absolute URL of http or https") }
        guard address.target.hasPrefix("/") else { throw Complaint("the URL has no path") }
        let (path, query) = Self.split(address.target)
        guard let (account, cut) = loaded.signer(host: address.hostName, path: path) else {
            throw Complaint("no account of the configuration has this URL")
        }
        guard let key = account.privateKeys.first else {
            throw Complaint("account \(account.id) has no private key")
        }
        let expiry = expires.map { WallClock.unixSeconds + $0 }
        let signed = try URLSignature.sign(path: path, query: query, cut: cut, key: key.value, expiry: expiry)
        print(address.origin + signed)
    }

    /// Of a duration as the configuration writes it, or of seconds alone.
    static func seconds(_ text: String) throws -> Int64 {
        guard let seconds = (Duration(configured: text) ?? Duration(configured: text + "s"))?.wholeSecondsUp,
            seconds > 0
        else { throw ValidationError("a time of at least a second is allowed, such as 90, 90s, 15m, 2h or 1d") }
        return seconds
    }

    /// The path, and the query behind it.
    private static func split(_ target: String) -> (path: String, query: String?) {
        let question = target.firstIndex(of: "?")
        let query = question.map { String(target[target.index(after: $0)...]) }
        return (String(target[..<(question ?? target.endIndex)]), query)
    }
}

extension Configuration {
    /// The account that a URL belongs to, and the part of the path that names it.
    fileprivate func signer(host: String, path: String) -> (Account, cut: String)? {
        if let account = accounts.first(where: { $0.urlEndpoints.contains { $0.hosts.contains(host) } }) {
            return (account, "/")
        }
        let id = path.dropFirst().prefix { $0 != "/" }
        return accounts.first { $0.id == id }.map { ($0, "/\(id)/") }
    }
}
