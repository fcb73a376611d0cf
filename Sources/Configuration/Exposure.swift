/// What opens an installation to strangers, and is refused unless the file says `insecure: true` there.
package enum Exposure: Equatable, Sendable, CustomStringConvertible {
    /// An account without private keys: nothing can be signed, so that nothing can be kept from anybody.
    case noKey
    /// A URL endpoint that fetches whatever any stranger names, from an origin of type WEB_PROXY.
    case openProxy(origin: String)
    /// The same, by the URL endpoint that stands in where the account names none.
    case openProxyByDefault(origin: String)

    /// What it means, where the file says that it is meant.
    package var consequence: String {
        switch self {
        case .noKey: "it has no private key, so that nothing can be signed, and nothing kept from anybody"
        case .openProxy(let origin), .openProxyByDefault(let origin):
            "anybody may have origin \(clipped(origin)) (WEB_PROXY) fetch any URL, because unsigned is allow"
        }
    }

    /// Why it is refused, and what to do.
    package var description: String {
        switch self {
        case .noKey:
            "required, because without a key nothing can be signed; make one with openssl rand -hex 32, or say "
                + "insecure: true at the account or at each of its URL endpoints"
        case .openProxy(let origin):
            "has to be deny, because origin \(clipped(origin)) (WEB_PROXY) fetches any URL that a stranger "
                + "names; sign the URLs, or say insecure: true at the URL endpoint or the account"
        case .openProxyByDefault(let origin):
            "required, because without it anybody may use origin \(clipped(origin)) (WEB_PROXY), which fetches any URL "
                + "that a stranger names; name a URL endpoint with unsigned: deny, or say insecure: true at the account"
        }
    }
}

extension URLEndpoint {
    /// What allows strangers too much, whether that is meant or not.
    package func exposure(among origins: [OriginSettings]) -> Exposure? {
        guard unsigned == .allow else { return nil }
        return webProxy(among: origins).map { .openProxy(origin: $0) }
    }

    /// The first of its origins that fetches whatever a URL names.
    package func webProxy(among origins: [OriginSettings]) -> String? {
        let proxies = origins.filter { $0.kind == .webProxy }.map(\.id)
        return self.origins.first(where: proxies.contains)
    }
}
