extension Configuration {
    /// One installation, with the sections in force there: its own, and what they leave out from the top of the file.
    package struct Region: Sendable, Equatable {
        /// Where it stands, for people to read.
        package let place: String?
        /// How other regions reach it; where there are several its scheme is https, its host is loopback, or `insecure` is
        /// true. `nil`: they do not.
        package let url: WebURL?
        /// Whether other regions may reach it over plain HTTP.
        package let insecure: Bool
        /// Its addresses in the public DNS, each once, at most 16.
        package let addresses: [String]
        /// Where it stands, for the DNS to find the nearest.
        package let location: Location?
        /// Its processes and slots.
        package let workers: Workers
        /// `nil` where the file names none for it.
        package let redis: Redis?
        /// `nil` where the file names none for it.
        package let store: Store?
        /// How long answers stay there.
        package let cache: Cache
    }
}

extension Configuration.Region {
    private static let addressesRange = 0...16

    init(from section: Section, defaults: RegionDefaults) {
        place = section.value("place", .text(max: 100))
        url = section.value("url", .baseURL)
        insecure = section.value("insecure", .boolean) ?? false
        addresses = section.distinct("addresses", .address, counts: Self.addressesRange) ?? []
        location = .reading(section)
        workers = .reading(section, defaults: defaults.workers)
        redis = RedisDraft.reading(section, defaults: defaults.redis).settings
        store = .reading(section) ?? defaults.store
        cache = .reading(section, defaults: defaults.cache)
    }
}

/// The four sections that a region may have of its own, as the top of the file has them.
struct RegionDefaults {
    let workers: Configuration.Workers
    let redis: RedisDraft
    let store: Configuration.Store?
    let cache: Configuration.Cache

    init(from section: Section) {
        workers = .reading(section, defaults: Configuration.Workers())
        redis = .reading(section, defaults: RedisDraft())
        store = .reading(section)
        cache = .reading(section, defaults: Configuration.Cache())
    }

    /// A region that has nothing of its own.
    var region: Configuration.Region {
        Configuration.Region(
            place: nil, url: nil, insecure: false, addresses: [], location: nil, workers: workers,
            redis: redis.settings, store: store, cache: cache)
    }
}
