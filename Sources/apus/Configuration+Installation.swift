import Configuration
import Explaining

extension Configuration {
    /// What all regions together are and under which names, none of it secret: what the DNS has to know.
    var installation: Fact {
        .fields(
            Fact.Field("regions", .list(regions.sorted { $0.key < $1.key }.map(Self.fact))),
            Fact.Field("dns", dns?.fact ?? .unknown), Fact.Field("hosts", .list(customHosts)))
    }

    private static func fact(_ name: String, _ region: Region) -> Fact {
        .fields(
            Fact.Field("name", .text(name)), Fact.Field("place", region.place.map { .text($0) } ?? .unknown),
            Fact.Field("url", region.url.map { .text($0.description) } ?? .unknown),
            Fact.Field("addresses", .texts(region.addresses)),
            Fact.Field(
                "location",
                region.location.map { .list([.decimal($0.latitude), .decimal($0.longitude)]) } ?? .unknown))
    }

    /// Each once. The shared host is none of them, although a URL endpoint may answer on it.
    private var customHosts: [Fact] {
        accounts.flatMap { account in
            account.urlEndpoints.flatMap { endpoint in
                endpoint.hosts.filter { $0 != dns?.host }.map { host in
                    let home = endpoint.homeRegion ?? account.homeRegion
                    return .fields(
                        Fact.Field("host", .text(host)), Fact.Field("account", .text(account.id)),
                        Fact.Field("home", home.map { .text($0) } ?? .unknown))
                }
            }
        }
    }
}

extension Configuration.DNS {
    fileprivate var fact: Fact {
        .fields(
            Fact.Field("zone", .text(zone)), Fact.Field("host", .text(host)),
            Fact.Field("ttl", .number(ttl.wholeSecondsUp)), Fact.Field("nameservers", .texts(nameservers)))
    }
}
