import Configuration
import HTTPRules
import OriginMaking
import Origins
import Transfer
import Transformation

/// A URL endpoint with everything that its requests need, made once from the configuration.
struct Route: Sendable {
    let account: Account
    let endpoint: URLEndpoint
    let origins: OriginList
    /// The leading path segments that name account and prefix.
    var consumedSegments: Int
    let hasWebProxy: Bool
    /// Whether any of the origins is more than a folder of this host.
    let reachesOverNetwork: Bool
    /// Whether an origin is told the host that the client has asked, and may answer by it.
    let forwardsHost: Bool
    /// What canonical links begin with, for each origin that wants them.
    let canonicalBases: [String: String]
    /// What of it cannot be carried out yet.
    let notAvailable: String?
    /// Where its bytes are fetched and transformed.
    let home: Home

    /// Tells apart what two endpoints, or one before and after its origins were changed, may hold under the same path.
    let identity: [String]
}

/// Which URL endpoint a request is for.
struct Site: Sendable {
    /// By account and prefix.
    private var accounts: [String: [String: Route]] = [:]
    private var hosts: [String: Route] = [:]
    /// In `Via` of the requests that are sent from here: one that carries it has come in a circle.
    let via: String

    init(_ configuration: Configuration, makeOrigin: (OriginSettings) -> (any Origin)?) {
        via = configuration.via
        for account in configuration.accounts {
            // One of each, whatever the number of endpoints: how many may ask an origin is bounded there.
            let made = account.origins.reduce(into: [String: any Origin]()) { $0[$1.id] = makeOrigin($1) }
            var routes: [String: Route] = [:]
            for endpoint in account.urlEndpoints {
                let settings = endpoint.origins.compactMap { id in account.origins.first { $0.id == id } }
                let origins = endpoint.origins.compactMap { made[$0] }
                let route = Route(
                    account: account, endpoint: endpoint, origins: OriginList(origins),
                    consumedSegments: endpoint.urlPrefix.isEmpty ? 1 : 2,
                    hasWebProxy: settings.contains { $0.kind == .webProxy },
                    reachesOverNetwork: settings.contains { $0.kindName != .disk },
                    forwardsHost: settings.contains { $0.kind.forwardsHost },
                    canonicalBases: Self.canonicalBases(settings),
                    notAvailable: Self.notAvailable(settings, made),
                    home: Home(endpoint, account, settings, configuration),
                    identity: [account.id, endpoint.urlPrefix] + settings.map(\.kind.place))
                routes[endpoint.urlPrefix] = route
                for host in endpoint.hosts { hosts[host] = route.withoutPathSegments }
            }
            accounts[account.id] = routes
        }
    }

    private static func canonicalBases(_ origins: [OriginSettings]) -> [String: String] {
        origins.reduce(into: [:]) { bases, origin in
            guard origin.includeCanonicalHeader, let base = origin.baseUrlForCanonicalHeader else { return }
            bases[origin.id] = base.description
        }
    }

    /// What is only refused when it is asked for: the file may name it already (design §4.2).
    private static func notAvailable(
        _ origins: [OriginSettings], _ made: [String: any Origin]
    ) -> String? {
        origins.first { made[$0.id] == nil }.map { origin in
            "An origin of this type (\(origin.kindName.rawValue)) with these settings"
        }
    }

    /// The endpoint by custom host, else by account and prefix, the first segments of the path.
    func route(host: String, path: RequestPath) throws(DeliveryError) -> Route {
        if let route = customHost(host) { return try route.checked() }
        guard let id = path.text(at: 0), accounts[id] != nil else { throw .notFound("There is no such account.") }
        guard let route = endpoint(account: id, path: path) else { throw .notFound("There is no such URL endpoint.") }
        return try route.checked()
    }

    /// The URL endpoint whose own host this is.
    func customHost(_ host: String) -> Route? { hosts[Self.nameOnly(host)] }

    /// The URL endpoint of an account that a path leads to.
    func endpoint(account: String, path: RequestPath) -> Route? {
        guard let routes = accounts[account] else { return nil }
        if let prefix = path.text(at: 1), !prefix.isEmpty, let route = routes[prefix] { return route }
        return routes[""]
    }

    /// The host of `Host`, as configurations write it.
    static func nameOnly(_ host: String) -> String { WebAddress.hostName(host) }
}

extension Route {
    /// The same endpoint by its own host, whose paths name neither account nor prefix.
    fileprivate var withoutPathSegments: Route {
        var route = self
        route.consumedSegments = 0
        return route
    }

    fileprivate func checked() throws(DeliveryError) -> Route {
        if let notAvailable { throw .notAvailable(notAvailable) }
        return self
    }
}

extension OriginSettings.Kind {
    fileprivate var forwardsHost: Bool {
        if case .webFolder(let folder) = self { folder.forwardHostHeaderToOrigin } else { false }
    }
}
