import Configuration
import Glibc

/// Where the bytes of a URL endpoint are fetched and transformed (design §1).
struct Home: Sendable {
    let region: String
    /// Whether that is this region.
    let isHere: Bool
    /// Whether they may be processed and kept nowhere else (`residency: home`).
    let keepsResidency: Bool
    /// The folders that are origins of it. On a host that lacks one nobody can tell what is in it.
    private let folders: [String]

    init(_ endpoint: URLEndpoint, _ account: Account, _ origins: [OriginSettings], _ configuration: Configuration) {
        region = configuration.home(of: endpoint, in: account)
        isHere = region == configuration.region
        keepsResidency = endpoint.residency == .home
        folders = origins.compactMap { if case .disk(let path) = $0.kind { path } else { nil } }
    }

    /// Whether this region may and can do the work of a home that is away.
    ///
    /// Looks at the folders.
    func hasSubstituteHere() -> Bool {
        !keepsResidency && folders.allSatisfy { access($0, R_OK | X_OK) == 0 }
    }
}
