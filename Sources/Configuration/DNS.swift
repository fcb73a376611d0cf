extension Configuration {
    /// What is written for the name servers that send users to the nearest region.
    package struct DNS: Sendable, Equatable {
        /// The zone, in lower case, without a dot at its end.
        package let zone: String
        /// The host that all regions share: the zone, or a name in it.
        package let host: String
        /// How long an answer may be kept: 10 s…1 d.
        package let ttl: Duration
        /// The zone's name servers, 1…8, each once.
        package let nameservers: [String]
    }
}

extension Configuration.DNS {
    private static let nameserversRange = 1...8

    static func reading(_ section: Section) -> Self? {
        section.section("dns") { Self(from: $0) }
    }

    private init(from section: Section) {
        zone = section.required("zone", .host)
        host = section.required("host", .host)
        if !zone.isEmpty, !host.isEmpty, host != zone, !host.hasSuffix("." + zone) {
            section.report(.wrong(expected: "a name in the zone \(zone)", found: host), at: "host")
        }
        ttl = section.value("ttl", .duration(.seconds(10)...(.seconds(86_400)))) ?? .seconds(60)
        nameservers = section.distinct("nameservers", .host, counts: Self.nameserversRange) ?? []
        if !section.has("nameservers") { section.report(.required(because: nil), at: "nameservers") }
    }
}
