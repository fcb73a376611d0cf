import ArgumentParser
import Configuration
import Deadlines
import Signing

/// `apus sign`: signs a delivery URL with the first key of its account.
struct Sign: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Signs a delivery URL.")

    @Option(name: .customLong("config"), help: "The configuration file.")
    var file: String

    @Option(help: "Seconds until the URL expires; without it, it does not.")
    var expires: Int64?

    @Argument(help: "The URL, percent-encoded, as clients will ask for it.")
    var url: String

    func run() throws {
        let loaded: Configuration
        do { loaded = try Configuration.load(file: file, environment: environmentVariables()) } catch {
            writeError(error.description + "\n")
            throw ExitCode.failure
        }
        let (server, path, query) = try Self.split(url)
        guard let (account, cut) = loaded.signer(host: server.host, path: path) else {
            throw Complaint("no account of the configuration has this URL")
        }
        guard let key = account.privateKeys.first else {
            throw Complaint("account \(account.id) has no private key")
        }
        let expiry = expires.map { WallClock.unixSeconds.addingReportingOverflow($0).partialValue }
        let signed = try URLSignature.sign(path: path, query: query, cut: cut, key: key.value, expiry: expiry)
        print(server.text + signed)
    }

    /// `http://host/path?query` → what stands before the path, the path, the query.
    private static func split(_ url: String) throws -> (
        server: (text: String, host: String), path: String, query: String?
    ) {
        guard let scheme = url.firstRange(of: "://") else { throw Complaint("not an absolute URL: \(url)") }
        let afterScheme = url[scheme.upperBound...]
        guard let slash = afterScheme.firstIndex(of: "/") else { throw Complaint("the URL has no path: \(url)") }
        let target = afterScheme[slash...]
        let question = target.firstIndex(of: "?")
        let authority = String(afterScheme[..<slash])
        let host = authority.lowercased().split(separator: ":").first.map(String.init) ?? ""
        return (
            (String(url[..<slash]), host), String(target[..<(question ?? target.endIndex)]),
            question.map { String(target[target.index(after: $0)...]) }
        )
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
