/// What opens an installation to strangers, and is refused unless the file says `insecure: true` there.
package enum Exposure: Equatable, Sendable, CustomStringConvertible {
    /// An account without private keys: nothing can be signed, so that nothing can be kept from anybody.
    case noKey
    /// A URL endpoint that fetches whatever any stranger names, from an origin of type WEB_PROXY.
    case openProxy(origin: String)

    package var description: String {
        switch self {
        case .noKey:
            "required, because without a key nothing can be signed; make one with openssl rand -hex 32, or say "
                + "insecure: true at the account or at each of its URL endpoints"
        case .openProxy(let origin):
            "has to be deny or named, because origin \(clipped(origin)) (WEB_PROXY) fetches any URL that a stranger "
                + "names; sign the URLs, or say insecure: true at the URL endpoint or the account"
        }
    }
}

extension URLEndpoint {
    /// What allows strangers too much, unless the file says that it is meant.
    func exposure(among origins: [OriginSettings]) -> Exposure? {
        guard unsigned == .allow, !isInsecure else { return nil }
        let proxies = origins.filter { $0.kind == .webProxy }.map(\.id)
        return self.origins.first(where: proxies.contains).map { .openProxy(origin: $0) }
    }
}
