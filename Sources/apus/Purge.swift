import ArgumentParser
import Configuration
import Deadlines
import Glibc
import HTTPRules
import Management
import Processes

/// `apus purge`: asks the HTTP API of a running installation to purge, as any other client does.
struct Purge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Purges what is cached of URLs, of a tag or of an origin.",
        discussion: """
            A URL without transformation means the original and everything made of it, one with a transformation that \
            variant; a URL that ends in * means all that begin with what stands before it. Prints the id of each purge.
            """)

    /// How long --wait waits: more than nginx keeps any answer for by default.
    private static let waitLimit: Duration = .seconds(300)
    private static let pollMilliseconds: Int32 = 500
    private static let defaultServer = "http://127.0.0.1:8080"

    @Option(name: .customLong("config"), help: "The configuration file, for the account's private key.")
    var file: String?

    @Option(help: "The private key, instead of a configuration file; other users of this host can read it meanwhile.")
    var key: String?

    @Option(
        help: """
            Where to ask; left out, the url of the file's own region or else of its first, else the server of the first \
            URL.
            """)
    var server: String?

    @Option(help: "Purge what came from the origin with this Cache-Tag or Surrogate-Key.")
    var tag: String?

    @Option(help: "Purge what came from the origin with this id.")
    var origin: String?

    @Option(help: "The account, where a URL does not name it.")
    var account: String?

    @Flag(help: "Wait until no cache of any region answers with old bytes.")
    var wait = false

    @Argument(help: "Delivery URLs, percent-encoded.")
    var urls: [String] = []

    func validate() throws {
        guard (file == nil) != (key == nil) else { throw ValidationError("Either --config or --key is needed.") }
        guard [!urls.isEmpty, tag != nil, origin != nil].count(where: { $0 }) == 1 else {
            throw ValidationError("Either URLs, --tag or --origin is needed.")
        }
    }

    func run() throws {
        Signals.ignoreBrokenPipes()
        let loaded = try configuration()
        let server = try address(loaded)
        let subjects =
            urls.map(PurgeCall.Subject.url) + (tag.map { [.tag($0)] } ?? [])
            + (origin.map { [.origin($0)] } ?? [])
        var accepted: [(id: String, client: ManagementClient)] = []
        var hasFailed = false
        for subject in subjects {
            do {
                let (key, account) = try keyAndAccount(for: subject, loaded)
                let client = ManagementClient(server: server, key: key, caFile: loaded?.network.caFile)
                accepted.append((try client.purge(PurgeCall(subject, account: account)), client))
            } catch let complaint as Complaint {
                writeError("\(subject.text): \(complaint)\n")
                hasFailed = true
            }
        }
        for (id, _) in accepted { print(id) }
        if wait { for (id, client) in accepted { try waitForEnd(of: id, client) } }
        if hasFailed { throw ExitCode.failure }
    }

    private func configuration() throws -> Configuration? {
        guard let file else { return nil }
        do {
            return try Configuration.load(
                file: file, environment: environmentVariables(), overrides: .init(takesAnyRegion: true))
        } catch {
            writeError(error.description + "\n")
            throw ExitCode.failure
        }
    }

    private func address(_ loaded: Configuration?) throws -> WebURL {
        let configured = loaded.flatMap { $0.regions[$0.region]?.url?.description }
        let text = server ?? configured ?? urls.first.flatMap { WebAddress($0)?.origin } ?? Self.defaultServer
        guard let url = WebURL(text) else { throw Complaint("not the URL of a server: \(text)") }
        return url
    }

    /// The key to ask with, and the account to name beside it: none where the URL does.
    private func keyAndAccount(
        for subject: PurgeCall.Subject, _ loaded: Configuration?
    ) throws -> (key: String, account: String?) {
        if let key { return (key, account) }
        let accounts = loaded?.accounts ?? []
        let found: Account?
        if let account {
            found = accounts.first { $0.id == account }
        } else if case .url(let url) = subject {
            guard let address = WebAddress(url) else {
                throw Complaint("not a delivery URL: it has to begin with http:// or https://")
            }
            found = loaded?.account(of: address)
        } else if accounts.count == 1 {
            found = accounts.first
        } else {
            throw Complaint("the file has several accounts: --account is needed")
        }
        guard let found else { throw Complaint("no account of that name in the configuration") }
        guard let key = found.privateKeys.first else { throw Complaint("account \(found.id) has no private key") }
        if case .url = subject { return (key.value, account) }
        return (key.value, found.id)
    }

    private func waitForEnd(of id: String, _ client: ManagementClient) throws {
        let deadline = Deadline(in: Self.waitLimit)
        while try !client.isCompleted(id) {
            guard !deadline.hasPassed else {
                throw Complaint("purge \(id) is still pending; is Redis away, or half of the regions?")
            }
            poll(nil, 0, Self.pollMilliseconds)
        }
    }
}

extension PurgeCall.Subject {
    /// For messages.
    fileprivate var text: String {
        switch self {
        case .url(let text): text
        case .tag(let text): "tag \(text)"
        case .origin(let text): "origin \(text)"
        }
    }
}

extension Configuration {
    /// The account that a delivery URL belongs to: by its custom host, else by the first segment of its path.
    fileprivate func account(of address: WebAddress) -> Account? {
        let host = address.hostName
        if let owner = accounts.first(where: { $0.urlEndpoints.contains { $0.hosts.contains(host) } }) { return owner }
        let id = address.target.dropFirst().prefix { !"/?".contains($0) }
        return accounts.first { $0.id == id }
    }
}
