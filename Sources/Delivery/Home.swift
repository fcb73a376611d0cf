import Caching
import Configuration
import Glibc

/// Where the bytes of a URL endpoint are fetched and transformed (design §1).
struct Home: Sendable {
    let region: String
    /// Whether that is this region.
    let isHere: Bool
    /// Whether they may be processed and kept nowhere else (`residency: home`).
    let isOnly: Bool
    /// The folders that are origins of it. On a host that lacks one nobody can tell what is in it.
    private let folders: [String]

    init(_ endpoint: URLEndpoint, _ account: Account, _ origins: [OriginSettings], _ configuration: Configuration) {
        region = configuration.home(of: endpoint, in: account)
        isHere = region == configuration.region
        isOnly = endpoint.residency == .home
        folders = origins.compactMap { if case .disk(let path) = $0.kind { path } else { nil } }
    }

    /// Whether this region may and can do the work of a home that is away.
    ///
    /// Looks at the folders.
    func hasSubstituteHere() -> Bool {
        !isOnly && folders.allSatisfy { access($0, R_OK | X_OK) == 0 }
    }
}

/// What the home region is asked for one request: what nginx has handed over, so that it is read there as it would be
/// here.
///
/// A reference, because orders are copied and few of them have one.
final class HomeQuestion: Sendable {
    let region: String
    let host: String
    let path: String
    let query: String
    let accept: String?
    let widthHint: String?
    let pixelRatioHint: String?
    let range: String?
    let ifRange: String?

    /// `nil` where the home is here, and for what another region asks: whoever is asked by a region asks no other, so that
    /// no request goes round, whatever the configurations say.
    init?(_ request: DeliveryRequest, _ home: Home) {
        guard !home.isHere, !request.isFromRegion else { return nil }
        region = home.region
        (host, path, query) = (request.host, request.path, request.query)
        (accept, widthHint, pixelRatioHint) = (request.accept, request.widthHint, request.pixelRatioHint)
        (range, ifRange) = (request.range, request.ifRange)
    }
}

extension Order {
    /// Whether it only goes through here: nothing of it may be kept or looked at.
    var isRelayed: Bool { home != nil && route.home.isOnly }

    /// Under which the others of this region know who is at it. One who works for another region, because both are taken
    /// for the home, does not wait for one who asks that region.
    var flightName: String { home == nil && !route.home.isHere ? key.leaseName + ":for-region" : key.leaseName }
}
