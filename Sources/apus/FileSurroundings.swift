import ArgumentParser
import Configuration
import Delivery
import Transformation

/// What holds for a local file that is rendered: that of an account's URL endpoint, or what holds where nobody says
/// anything.
struct FileSurroundings {
    let limits: Configuration.Limits
    let timeout: Duration
    let named: [String: String]
    let endpoint: URLEndpoint

    init(_ file: String?, account id: String?, urlPrefix: String?) throws {
        guard let file else {
            (limits, timeout) = (Configuration.Limits(), Configuration.Timeouts().render)
            (named, endpoint) = ([:], URLEndpoint(origins: []))
            return
        }
        let loaded: Configuration
        do {
            loaded = try Configuration.load(
                file: file, environment: environmentVariables(), overrides: .init(takesAnyRegion: true))
        } catch {
            writeError("\(error)\n")
            throw ExitCode.failure
        }
        guard id != nil || loaded.accounts.count == 1 else {
            throw Complaint("the file has several accounts: --account is needed")
        }
        guard let account = loaded.accounts.first(where: { $0.id == id ?? $0.id }) else {
            throw Complaint("no account of that name in the configuration")
        }
        let endpoint = account.urlEndpoints.first { $0.urlPrefix == urlPrefix ?? $0.urlPrefix }
        guard let endpoint else { throw Complaint("no URL endpoint of that prefix in the account") }
        (limits, timeout) = (loaded.limits, loaded.timeouts.render)
        (named, self.endpoint) = (account.namedTransformations, endpoint)
    }

    var rules: TransformationRules {
        TransformationRules(endpoint, limits: TransformationLimits(limits), isSigned: true)
    }
    var defaults: OutputDefaults { OutputDefaults(endpoint, isThumbnail: false) }
}
